// Pointer, wheel and keys on the timeline.

const pointers = new Map();
let drag = null;

function spot(event) {
  const plot = ruler().getBoundingClientRect();
  const share = (event.clientX - plot.left) / plot.width;
  const lane = lanes.find((lane) => lane.canvas === event.target);
  const y = lane ? event.clientY - lane.canvas.getBoundingClientRect().top : null;
  return { share, lane, y, x: event.clientX, time: clamp(view.from + share * (view.to - view.from), 0, whole) };
}

/** The mark within a few pixels, or the one whose stretch is under the pointer. */
function markAt(at) {
  if (!at.lane || !at.lane.marks) return undefined;
  const reach = (9 / ruler().clientWidth) * (view.to - view.from);
  const gap = (mark) => Math.abs(mark.time_s - at.time);
  const close = at.lane.marks.filter((mark) => gap(mark) <= reach).sort((a, b) => gap(a) - gap(b));
  return close[0] || at.lane.marks.find((mark) => mark.start_s <= at.time && mark.end_s >= at.time);
}

function centreOn(share) {
  const half = (view.to - view.from) / 2;
  show(share * whole - half, share * whole + half);
}

function press(event) {
  const at = spot(event);
  if (!at.lane || event.button) return;
  pointers.set(event.pointerId, event.clientX);
  event.target.setPointerCapture(event.pointerId);
  drag = { ...at, view: { ...view }, moved: pointers.size > 1 };
}

function move(event) {
  const at = spot(event);
  if (pointers.has(event.pointerId)) {
    const before = [...pointers.values()];
    pointers.set(event.pointerId, event.clientX);
    const after = [...pointers.values()];
    if (after.length === 2) {
      return zoom(Math.abs(before[0] - before[1]) / Math.max(8, Math.abs(after[0] - after[1])), at.time);
    }
    if (Math.abs(event.clientX - drag.x) > 4) drag.moved = true;
    const shift = ((drag.x - event.clientX) / ruler().clientWidth) * (drag.view.to - drag.view.from);
    if (drag.moved && drag.lane.overview) centreOn(at.share);
    else if (drag.moved) show(drag.view.from + shift, drag.view.to + shift);
  }
  cursor = at.lane && !at.lane.overview && at.share >= 0 && at.share <= 1 ? at : null;
  if (at.lane) at.lane.canvas.style.cursor = markAt(at) ? "pointer" : "";
  moveNeedles();
}

function release(event) {
  const held = drag;
  pointers.delete(event.pointerId);
  if (!pointers.size) drag = null;
  if (!held || held.moved || event.type === "pointercancel") return;
  const at = spot(event);
  if (!at.lane) return;
  if (at.lane.overview) return centreOn(at.share);
  const mark = markAt(at);
  if (mark) return select(indicators.indexOf(mark), false);
  deselect();
  seek(at.time);
}

/** A wheel over a page scrolls it; it belongs to the timeline once that is in focus. */
function wheel(event) {
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(event.deltaX / 800);
  else if (event.ctrlKey || event.metaKey || document.activeElement === timeline) zoom(Math.exp(event.deltaY / 400), spot(event).time);
  else return;
  event.preventDefault();
}

const KEYS = {
  ArrowLeft: () => pan(-0.15),
  ArrowRight: () => pan(0.15),
  "+": () => zoom(0.6, focusTime()),
  "=": () => zoom(0.6, focusTime()),
  "-": () => zoom(1 / 0.6, focusTime()),
  0: () => show(0, whole),
  " ": () => togglePlay(),
  l: () => toggleLoop(),
  n: () => step(1),
  p: () => step(-1),
};

/** Keys that work wherever nothing else has the focus; the others on the timeline alone. */
const ANYWHERE = new Set(["n", "p"]);

function key(event) {
  const here = document.activeElement === timeline || (event.target === document.body && ANYWHERE.has(event.key));
  const action = KEYS[event.key];
  if (!action || !here || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
}

function listenForInput() {
  timeline.addEventListener("pointerdown", press);
  timeline.addEventListener("pointermove", move);
  timeline.addEventListener("pointerup", release);
  timeline.addEventListener("pointercancel", release);
  timeline.addEventListener("pointerleave", () => { cursor = null; moveNeedles(); });
  timeline.addEventListener("dblclick", (event) => zoom(0.4, spot(event).time));
  timeline.addEventListener("wheel", wheel, { passive: false });
  document.addEventListener("keydown", key);
  const buttons = { previous: KEYS.p, next: KEYS.n, in: KEYS["+"], out: KEYS["-"], all: KEYS[0] };
  for (const [id, action] of Object.entries(buttons)) $(id).addEventListener("click", action);
  $("previous").hidden = $("next").hidden = !indicators.length;
}
