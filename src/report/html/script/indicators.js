// Going from one indicator to the next, and what the signs mean.

/** Every edit point and finding, by time. */
const indicators = data.points.concat(...data.families.map((family) => family.marks)).sort((a, b) => a.time_s - b.time_s);
let selected = -1;

const isSelected = (mark) => indicators[selected] === mark;

/** Selects an indicator, sets the playhead to it and, with `move`, brings it to the middle. */
function select(index, move = true) {
  const mark = indicators[index];
  if (!mark) return;
  selected = index;
  if (move) {
    const width = Math.min(view.to - view.from, Math.max(whole / 4, 4));
    show(mark.time_s - width / 2, mark.time_s + width / 2);
  }
  const more = make("a", "", "details");
  more.href = "#" + mark.anchor;
  $("selected").replaceChildren(
    make("b", "", `${mark.id}, ${clock(mark.time_s)}`),
    ...(mark.strength ? [make("span", `strength ${mark.strength}`, mark.strength.replace("-", " "))] : []),
    make("span", "text", mark.text),
    more,
  );
  seek(mark.time_s);
}

function deselect() {
  selected = -1;
  $("selected").replaceChildren();
}

/** Selects the next (1) or previous (-1) indicator from the selected one or from the playhead. */
function step(direction) {
  if (indicators[selected]) return select(clamp(selected + direction, 0, indicators.length - 1));
  const from = playhead ?? (direction > 0 ? -1 : whole + 1);
  const later = indicators.findIndex((mark) => mark.time_s > from);
  const split = later < 0 ? indicators.length : later;
  select(clamp(direction > 0 ? split : split - 1, 0, indicators.length - 1));
}

/** Times in the text lead to their place on the timeline. */
function listenForTimes() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (!button) return;
    const time = +button.dataset.seek;
    const anchor = button.closest("article, tr[id]")?.id;
    const same = indicators.findIndex((mark) => mark.time_s === time && mark.anchor === anchor);
    const index = same < 0 ? indicators.findIndex((mark) => mark.time_s === time) : same;
    $("h-timeline").scrollIntoView();
    timeline.focus({ preventScroll: true });
    if (index >= 0) return select(index);
    deselect();
    seek(time);
  });
}

/** A second on each side of the selected indicator or the playhead. */
function loopAround() {
  const centre = indicators[selected] ? indicators[selected].time_s : playhead ?? 0;
  return { from: Math.max(0, centre - 1), to: Math.min(whole, centre + 1) };
}

function drawLegend() {
  const used = new Set(indicators.map((mark) => mark.strength));
  $("legend").replaceChildren();
  for (const strength of STRENGTHS.filter((strength) => used.has(strength))) {
    const item = $("legend").appendChild(make("span"));
    const canvas = item.appendChild(make("canvas"));
    item.append(strength.replace("-", " "));
    sign(prepare(canvas, 16)[0], 8, 8, strength);
  }
}
