// Lanes of every timeline: waveforms, ruler and series.

/** A waveform of the page's block, ready to draw up to a magnitude of `scale`; `null` for none. */
function unpackWave(wave) {
  if (!wave) return null;
  const peaks = new Int8Array(bytes(wave.peaks).buffer);
  if (!peaks.length) return null;
  const loudest = peaks.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return { peaks, loudest, scale: loudest, step_s: wave.step_s };
}

const clip = unpackWave(data.wave);

/** Lowest and highest sample between two times, in 1/127 of full scale. */
function extremes({ peaks, step_s }, from, to) {
  const count = peaks.length / 2;
  const first = clamp(Math.floor(from / step_s), 0, count - 1);
  const last = clamp(Math.ceil(to / step_s), first + 1, count);
  let low = 127, high = -128;
  for (let i = first; i < last; i++) {
    low = Math.min(low, peaks[2 * i]);
    high = Math.max(high, peaks[2 * i + 1]);
  }
  return [low, high];
}

/** `colour(time)` may set stretches of the waveform off against each other. */
function drawWave(pen, width, height, span, wave, colour = () => ink.wave) {
  const middle = height / 2;
  const scale = (middle - 2) / wave.scale;
  const per = (span.to - span.from) / width;
  const end = (wave.step_s * wave.peaks.length) / 2;
  for (let x = 0; x < width && span.from + x * per < end; x++) {
    const [low, high] = extremes(wave, span.from + x * per, span.from + (x + 1) * per);
    pen.fillStyle = colour(span.from + (x + 0.5) * per);
    pen.fillRect(x, middle - high * scale, 1, Math.max(1, (high - low) * scale));
  }
}

function addOverviewLane(colour) {
  if (!clip) return;
  addLane({
    name: "Whole clip", height: 34, overview: true,
    draw(pen, width, x, height) {
      drawWave(pen, width, height, { from: 0, to: whole }, clip, colour);
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

function addWaveLane(wave, name = "Waveform", colour = undefined) {
  if (!wave) return;
  addLane({
    name, height: 110, choice: true, note: `peak ${dbfs(wave.loudest / 127)}`,
    value: (time) => dbfs(Math.max(...extremes(wave, time, time).map(Math.abs)) / 127),
    draw(pen, width, x, height) {
      stroke(pen, 0, height / 2, width, height / 2, ink.rule);
      drawWave(pen, width, height, view, wave, colour);
    },
  });
}

function addSeriesLane(series) {
  const text = (value) => (series.decimals ? minus(value.toFixed(series.decimals)) : number(value));
  const present = [...series.values, ...(series.beneath || [])].filter((value) => value !== null);
  const low = present.reduce((a, b) => Math.min(a, b), Infinity);
  const high = present.reduce((a, b) => Math.max(a, b), -Infinity);
  const slack = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1;
  addLane({
    name: sentence(series.label), height: present.length ? 84 : 34, shown: series.shown, choice: true,
    note: present.length ? `${text(low)} … ${text(high)} ${series.unit}` : "no values",
    value(time) {
      const value = series.values[Math.round((time - series.start) / series.step)] ?? null;
      return value === null ? "no value here" : `${text(value)} ${series.unit}`;
    },
    draw(pen, width, x, height) {
      if (!present.length) return;
      const y = (value) => height - ((value - low + slack) / (high - low + 2 * slack)) * height;
      const marks = ticks(low - slack, high + slack, 3).found;
      for (const value of marks) stroke(pen, 0, y(value), width, y(value), ink.rule);
      if (series.beneath) {
        pen.setLineDash([5, 3]);
        drawSeries(pen, { ...series, values: series.beneath }, x, y, ink.line2);
        pen.setLineDash([]);
      }
      drawSeries(pen, series, x, y);
      for (const value of marks) {
        if (y(value) > 7 && y(value) < height - 7) label(pen, text(value), 3, y(value));
      }
    },
  });
}

function drawSeries(pen, series, x, y, colour = ink.line) {
  const index = (time) => (time - series.start) / series.step;
  const first = Math.max(0, Math.floor(index(view.from)) - 1);
  const last = Math.min(series.values.length - 1, Math.ceil(index(view.to)) + 1);
  let down = false;
  pen.strokeStyle = colour;
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
