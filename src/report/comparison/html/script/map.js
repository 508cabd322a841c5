// The map: times under the pointer, and the cursor of the lanes.

const map = $("map");

/** Times of A and B under the pointer; `null` outside of the plot. */
function mapTimes(event) {
  const box = map.getBoundingClientRect();
  const scale = map.viewBox.baseVal.width / box.width;
  const time = ([from, to, first, last], place) => {
    const share = (place * scale - first) / (last - first);
    return share >= 0 && share <= 1 ? from + share * (to - from) : null;
  };
  const a = time(data.map.a, event.clientX - box.left);
  const b = time(data.map.b, event.clientY - box.top);
  return a === null || b === null ? null : { a, b };
}

const mapPlace = ([from, to, first, last], time) => first + ((time - from) / (to - from)) * (last - first);

/** A line across the plot, between two times of A and two of B. */
function placeLine(line, x1, x2, y1, y2) {
  for (const [name, value] of Object.entries({ x1, x2, y1, y2 })) line.setAttribute(name, value.toFixed(1));
}

/** Shows a time of A, and where in B it comes from. */
function followOnMap(time) {
  const [upright, across] = $("map-cursor").children;
  $("map-cursor").setAttribute("visibility", time === null ? "hidden" : "visible");
  if (time === null) return;
  const [, , left, right] = data.map.a, [, , bottom, top] = data.map.b;
  const x = mapPlace(data.map.a, time);
  const there = sourceTime(time);
  const y = there === null ? top : mapPlace(data.map.b, there);
  placeLine(upright, x, x, bottom, y);
  placeLine(across, left, there === null ? left : x, y, y);
}

function setUpMap() {
  if (!map) return;
  const hint = $("map-readout").textContent;
  const tell = (text) => ($("map-readout").textContent = text || hint);
  const told = (event) => event.target.closest("[data-tell]")?.dataset.tell;
  map.addEventListener("pointermove", (event) => {
    const at = mapTimes(event);
    const times = at ? `A ${clock(at.a)}  ·  B ${clock(at.b)}` : "";
    tell([times, told(event)].filter(Boolean).join("  ·  "));
    followOnMap(at && at.a);
  });
  map.addEventListener("pointerleave", () => { tell(); followOnMap(playhead); });
  map.addEventListener("focusin", (event) => tell(told(event)));
  map.addEventListener("focusout", () => tell());
  map.addEventListener("click", (event) => {
    const at = mapTimes(event);
    if (at && !event.target.closest("a")) seek(at.a);
  });
  followers.push(followOnMap);
}
