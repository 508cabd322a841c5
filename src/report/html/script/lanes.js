// The lanes of the timeline but the spectrogram: waveform, ruler, indicators and series.

const peaks = data.wave ? new Int8Array(bytes(data.wave.peaks).buffer) : new Int8Array();
const loudest = peaks.reduce((most, value) => Math.max(most, Math.abs(value)), 1);

/** Lowest and highest sample between two times, in 1/127 of full scale. */
function extremes(from, to) {
  const count = peaks.length / 2;
  const first = clamp(Math.floor(from / data.wave.step_s), 0, count - 1);
  const last = clamp(Math.ceil(to / data.wave.step_s), first + 1, count);
  let low = 127, high = -128;
  for (let i = first; i < last; i++) {
    low = Math.min(low, peaks[2 * i]);
    high = Math.max(high, peaks[2 * i + 1]);
  }
  return [low, high];
}

function drawWave(pen, width, height, span) {
  const middle = height / 2;
  const scale = (middle - 2) / loudest;
  const per = (span.to - span.from) / width;
  const end = (data.wave.step_s * peaks.length) / 2;
  pen.fillStyle = ink.wave;
  for (let x = 0; x < width && span.from + x * per < end; x++) {
    const [low, high] = extremes(span.from + x * per, span.from + (x + 1) * per);
    pen.fillRect(x, middle - high * scale, 1, Math.max(1, (high - low) * scale));
  }
}

function addOverviewLane() {
  if (!peaks.length) return;
  addLane({
    name: "Whole clip", height: 34, overview: true,
    draw(pen, width, x, height) {
      drawWave(pen, width, height, { from: 0, to: whole });
      for (const point of data.points) stroke(pen, x(point.time_s), 0, x(point.time_s), height, ink.mark, 1.5);
      pen.fillStyle = ink.paper;
      pen.globalAlpha = 0.72;
      pen.fillRect(0, 0, x(view.from), height);
      pen.fillRect(x(view.to), 0, width - x(view.to), height);
      pen.globalAlpha = 1;
      pen.strokeStyle = ink.soft;
      pen.lineWidth = 1;
      pen.strokeRect(x(view.from) + 0.5, 0.5, Math.max(2, x(view.to) - x(view.from) - 1), height - 1);
    },
  });
}

function addTimeLane() {
  addLane({
    name: "Time", height: 24,
    draw(pen, width, x, height) {
      const { step, found } = timeTicks(view.from, view.to, width / 110);
      const decimals = step >= 1 ? 0 : clamp(Math.ceil(-Math.log10(step)), 1, 3);
      for (const time of found) {
        const text = clock(time, decimals);
        const half = pen.measureText(text).width / 2;
        stroke(pen, x(time), height - 5, x(time), height, ink.soft);
        label(pen, text, clamp(x(time), half, width - half), height / 2 - 3, "center");
      }
    },
  });
}

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

function addWaveLane() {
  if (!peaks.length) return;
  addLane({
    name: "Waveform", height: 110, choice: true, note: `peak ${dbfs(loudest / 127)}`,
    value: (time) => dbfs(Math.max(...extremes(time, time).map(Math.abs)) / 127),
    draw(pen, width, x, height) {
      stroke(pen, 0, height / 2, width, height / 2, ink.rule);
      drawWave(pen, width, height, view);
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

function addSeriesLane(series) {
  const present = series.values.filter((value) => value !== null);
  const low = present.reduce((a, b) => Math.min(a, b), Infinity);
  const high = present.reduce((a, b) => Math.max(a, b), -Infinity);
  const slack = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1;
  addLane({
    name: sentence(series.label), height: present.length ? 84 : 34, shown: series.shown, choice: true,
    note: present.length ? `${number(low)} … ${number(high)} ${series.unit}` : "no values",
    value(time) {
      const value = series.values[Math.round((time - series.start) / series.step)] ?? null;
      return value === null ? "no value here" : `${number(value)} ${series.unit}`;
    },
    draw(pen, width, x, height) {
      if (!present.length) return;
      const y = (value) => height - ((value - low + slack) / (high - low + 2 * slack)) * height;
      const marks = ticks(low - slack, high + slack, 3).found;
      for (const value of marks) stroke(pen, 0, y(value), width, y(value), ink.rule);
      drawSeries(pen, series, x, y);
      for (const value of marks) {
        if (y(value) > 7 && y(value) < height - 7) label(pen, number(value), 3, y(value));
      }
    },
  });
}

function drawSeries(pen, series, x, y) {
  const index = (time) => (time - series.start) / series.step;
  const first = Math.max(0, Math.floor(index(view.from)) - 1);
  const last = Math.min(series.values.length - 1, Math.ceil(index(view.to)) + 1);
  let down = false;
  pen.strokeStyle = ink.line;
  pen.lineWidth = 1.4;
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  for (let i = first; i <= last; i++) {
    const value = series.values[i];
    if (value !== null) {
      const at = x(series.start + i * series.step);
      // A value between gaps is a dot: a line to where it is.
      if (!down) pen.moveTo(at, y(value));
      pen.lineTo(at, y(value));
    }
    down = value !== null;
  }
  pen.stroke();
}

function addLaneChoice() {
  for (const lane of lanes.filter((lane) => lane.choice)) {
    const box = make("input");
    box.type = "checkbox";
    box.checked = !lane.row.hidden;
    box.addEventListener("change", () => { lane.row.hidden = !box.checked; draw(); });
    $("lane-choice").appendChild(make("label")).append(box, lane.name);
  }
  $("lane-choice").hidden = !lanes.some((lane) => lane.choice);
}
