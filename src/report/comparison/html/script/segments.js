// Which stretch of A comes from where in B: one colour and one name for each, on every lane.

COLOURS.push("s1", "s2", "s3", "s4", "s5", "s6", "foreign");

/** The segment at a time of A. */
const segmentAt = (time) => data.segments.find((segment) => time >= segment.a[0] && time < segment.a[1]);
const segmentColour = (segment) => ink["s" + segment.colour];
const colourAt = (time) => { const segment = segmentAt(time); return segment ? segmentColour(segment) : ink.foreign; };

/** Time in B of a time of A, `null` where A is not from B. */
function sourceTime(time) {
  const segment = segmentAt(time);
  if (!segment) return null;
  const [[a0, a1], [b0, b1]] = [segment.a, segment.b];
  return b0 + ((time - a0) / (a1 - a0)) * (b1 - b0);
}

function addSegmentLane() {
  addLane({
    name: "From B", height: 34, note: "time in B",
    spoken: data.segments.length ? data.segments.map((s) => `${s.id} at ${clock(s.a[0])}: ${s.text}`).join("; ") : "nothing of A was found in B",
    value(time) {
      const there = sourceTime(time);
      return there === null ? "not from B" : `B ${clock(there)}`;
    },
    draw(pen, width, x, height) {
      stroke(pen, 0, height / 2, width, height / 2, ink.rule, 1, [2, 4]);
      for (const segment of data.segments) {
        const from = Math.max(-2, x(segment.a[0])), to = Math.min(width + 2, x(segment.a[1]));
        if (to < 0 || from > width) continue;
        pen.fillStyle = segmentColour(segment);
        pen.fillRect(from + 0.5, 7, Math.max(1.5, to - from - 1), height - 14);
        const long = `${segment.id} · ${segment.text}`;
        const text = [long, segment.id].find((text) => pen.measureText(text).width + 12 < to - from);
        if (!text) continue;
        pen.fillStyle = ink.paper;
        pen.textAlign = "left";
        pen.fillText(text, from + 7, height / 2 + 0.5);
      }
    },
  });
}

/** The sign of an edit: form tells the kind, never colour alone. */
function editSign(pen, x, y, kind) {
  const lines = {
    deletion: [[-5, -5, 0, 0], [0, 0, -5, 5], [5, -5, 0, 0], [0, 0, 5, 5]],
    insertion: [[-5, 0, 5, 0], [0, -5, 0, 5]],
    replacement: [[-5, 0, 5, 0], [0, -5, 0, 5], [-5, 6, 5, 6]],
    move: [[-6, 0, 6, 0], [2, -4, 6, 0], [2, 4, 6, 0]],
    repeat: [[-5, -3, 5, -3], [-5, 3, 5, 3]],
    addition: [[-5, 3, 0, -4], [0, -4, 5, 3]],
  };
  for (const [x1, y1, x2, y2] of lines[kind]) stroke(pen, x + x1, y + y1, x + x2, y + y2, ink.mark, 1.8);
}

function addMarkLane(name, marks) {
  if (!marks.length) return;
  addLane({
    name, height: 44, marks,
    spoken: `${name}: ${marks.map((mark) => `${mark.id} at ${clock(mark.time_s)}, ${mark.text}`).join("; ")}`,
    draw(pen, width, x, height) {
      let free = -Infinity;
      for (const mark of marks) {
        const at = x(mark.time_s);
        if (x(mark.end_s) < -30 || at > width + 30) continue;
        spanBar(pen, mark, x, 22, 16);
        stroke(pen, at, 18, at, height, ink.mark, 1.5);
        // The sign of a stretch stands inside it.
        const inside = x(mark.end_s) - at > 22;
        editSign(pen, inside ? at + 12 : at + 9, 30, mark.kind);
        if (isSelected(mark)) ring(pen, inside ? at + 12 : at + 9, 30);
        const text = [`${mark.id} ${mark.kind}`, mark.id].find((text) => fits(pen, text, at, mark, marks, x, width)) || "";
        const left = clamp(at, 0, width - pen.measureText(text).width);
        if (!text || left < free) continue;
        label(pen, text, left, 9, "left", ink.mark);
        free = left + pen.measureText(text).width + 5;
      }
    },
  });
}

/** Whether a name ends before the next mark begins. */
function fits(pen, text, at, mark, marks, x, width) {
  const next = marks[marks.indexOf(mark) + 1];
  return at + pen.measureText(text).width + 5 < (next ? x(next.time_s) : width + 40);
}
