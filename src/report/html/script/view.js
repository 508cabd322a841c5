// One stretch of time for all lanes, and the needles that cross them.

const timeline = $("timeline");
const whole = Math.max(data.duration_s, 0.001);
const narrowest = Math.min(whole, 0.05);
const view = { from: 0, to: whole };
/** `{ time, lane, y }` under the pointer. */
let cursor = null;
/** Where playing starts, in seconds. */
let playhead = null;
const lanes = [];
let waiting = false;
/** Called with the time under the pointer, else of the playhead; `null` for neither. */
const followers = [];

/** A lane has `name`, `height` and `draw(pen, width, x, height)`; it may have `marks`, a `note`, and
 * `value(time, y)` for the readout. `overview` lanes always show the whole clip. */
function addLane(lane) {
  lane.row = timeline.appendChild(make("div", "lane"));
  const title = lane.row.appendChild(make("div", "lane-name", lane.name));
  lane.readout = title.appendChild(make("small"));
  if (!lane.value && !lane.note) title.classList.add("one");
  lane.canvas = lane.row.appendChild(make("canvas"));
  lane.canvas.setAttribute("role", "img");
  lane.canvas.setAttribute("aria-label", lane.spoken || lane.name);
  lane.row.hidden = lane.shown === false;
  lanes.push(lane);
}

const shownLanes = () => lanes.filter((lane) => !lane.row.hidden);

function paint(lane) {
  const [pen, width] = prepare(lane.canvas, lane.height);
  const span = lane.overview ? { from: 0, to: whole } : view;
  const x = (time) => ((time - span.from) / (span.to - span.from)) * width;
  lane.draw(pen, width, x, lane.height);
  if (lane.overview || lane.marks === data.points) return;
  for (const point of data.points) {
    const at = x(point.time_s);
    if (at >= 0 && at <= width) stroke(pen, at, 0, at, lane.height, ink.mark, 1, [2, 3]);
  }
}

function draw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    shownLanes().forEach(paint);
    moveNeedles();
  });
}

function show(from, to) {
  const width = clamp(to - from, narrowest, whole);
  view.from = clamp(from, 0, whole - width);
  view.to = view.from + width;
  draw();
}

function zoom(factor, around = (view.from + view.to) / 2) {
  const width = clamp((view.to - view.from) * factor, narrowest, whole);
  const share = (around - view.from) / (view.to - view.from);
  show(around - share * width, around + (1 - share) * width);
}

function pan(share) {
  const shift = share * (view.to - view.from);
  show(view.from + shift, view.to + shift);
}

/** Centre for zooming without a pointer. */
const focusTime = () => (playhead !== null && playhead >= view.from && playhead <= view.to ? playhead : undefined);

/** A lane whose canvas shows the view, to measure by. */
const ruler = () => lanes.find((lane) => !lane.overview && !lane.row.hidden).canvas;

function placeNeedle(element, time) {
  const inside = time !== null && time >= view.from && time <= view.to;
  element.style.visibility = inside ? "visible" : "hidden";
  if (!inside) return;
  const plot = ruler();
  const x = plot.offsetLeft + ((time - view.from) / (view.to - view.from)) * plot.clientWidth;
  element.style.transform = `translateX(${x}px)`;
  // The overview above has a scale of its own.
  element.style.top = `${plot.offsetTop}px`;
}

function moveNeedles() {
  placeNeedle($("cursor"), cursor && cursor.time);
  placeNeedle($("playhead"), playhead);
  const time = cursor ? cursor.time : playhead;
  for (const lane of shownLanes()) {
    const y = cursor && cursor.lane === lane ? cursor.y : null;
    lane.readout.textContent = lane.value && time !== null ? lane.value(time, y) : lane.note || "";
  }
  const parts = [`shown ${clock(view.from)} – ${clock(view.to)}`];
  if (playhead !== null) parts.unshift(`playhead ${clock(playhead)}`);
  if (cursor) parts.unshift(`cursor ${clock(cursor.time)}`);
  $("readout").textContent = parts.join("  ·  ");
  followers.forEach((follower) => follower(time));
}
