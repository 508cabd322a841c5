// Lanes of indicators: edit points and the findings of each family.

function addPointLane() {
  if (!data.points.length) return;
  addLane({
    name: "Edit points", height: 42, marks: data.points,
    spoken: `Edit points at ${data.points.map((point) => clock(point.time_s)).join(", ")}`,
    draw(pen, width, x, height) {
      let free = -Infinity;
      for (const point of data.points) {
        const at = x(point.time_s);
        if (x(point.end_s) < -30 || x(point.start_s) > width + 30) continue;
        spanBar(pen, point, x, 21, 16);
        stroke(pen, at, 21, at, height, ink.mark, 1.5);
        sign(pen, at, 29, point.strength, 6);
        if (isSelected(point)) ring(pen, at, 29);
        const half = pen.measureText(point.id).width / 2;
        const text = clamp(at, half, width - half);
        // Where names would overlap, zooming in brings them.
        if (text - half < free) continue;
        label(pen, point.id, text, 10, "center", ink.mark);
        free = text + half + 4;
      }
    },
  });
}

function addFamilyLane(family) {
  addLane({
    name: sentence(family.name), height: 30, marks: family.marks,
    spoken: `${family.name}: findings at ${family.marks.slice(0, 20).map((mark) => clock(mark.time_s)).join(", ")}`,
    draw(pen, width, x, height) {
      const visible = family.marks.filter((mark) => x(mark.end_s) > -10 && x(mark.start_s) < width + 10);
      for (const mark of visible) spanBar(pen, mark, x, height / 2 - 6, 12);
      for (const mark of visible) {
        sign(pen, x(mark.time_s), height / 2, mark.strength);
        if (isSelected(mark)) ring(pen, x(mark.time_s), height / 2);
      }
    },
  });
}
