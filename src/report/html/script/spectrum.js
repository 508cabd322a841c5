// Level over frequency, for the whole clip and for the background in pauses.

const LINES = [["line", []], ["line2", [5, 3]]];
const CHART = { height: 260, left: 40, bottom: 24, top: 8 };
/** Deepest part of the spectrum that is drawn, in dB below the highest. */
const DEEPEST_DB = 120;
/** Lowest frequency of the logarithmic axis, in Hz. */
const LOWEST_HZ = 20;
/** Pixels from the chart's left side to the pointer. */
let chartPointer = null;

function drawSpectrum() {
  const chart = $("spectrum");
  if (!chart || !data.spectra.length) return;
  const { height, left, bottom, top } = CHART;
  const [pen, width] = prepare(chart, height);
  const log = $("log").checked;
  const topEnd = Math.max(...data.spectra.map((s) => s.start + s.step * (s.values.length - 1)));
  const shareOf = (hz) => (log ? Math.log(Math.max(hz, LOWEST_HZ) / LOWEST_HZ) / Math.log(topEnd / LOWEST_HZ) : hz / topEnd);
  const x = (hz) => left + shareOf(hz) * (width - left);
  const levels = data.spectra.flatMap((s) => s.values);
  const high = levels.reduce((a, b) => Math.max(a, b), -Infinity) + 3;
  const low = Math.max(levels.reduce((a, b) => Math.min(a, b), Infinity), high - DEEPEST_DB);
  const y = (db) => top + ((high - db) / (high - low || 1)) * (height - bottom - top);
  for (const db of ticks(low, high, 6).found) {
    stroke(pen, left, y(db), width, y(db), ink.rule);
    label(pen, number(db), left - 8, y(db), "right");
  }
  const decades = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000].filter((hz) => hz <= topEnd);
  for (const hz of log ? decades : ticks(0, topEnd, width / 90).found) {
    const half = pen.measureText(hertz(hz)).width / 2;
    stroke(pen, x(hz), height - bottom, x(hz), height - bottom + 4, ink.soft);
    label(pen, hertz(hz), clamp(x(hz), half, width - half), height - 10, "center");
  }
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, width - left, height - bottom);
  pen.clip();
  data.spectra.forEach((spectrum, i) => {
    pen.strokeStyle = ink[LINES[i][0]];
    pen.setLineDash(LINES[i][1]);
    pen.lineWidth = 1.4;
    pen.beginPath();
    spectrum.values.forEach((db, bin) => pen.lineTo(x(spectrum.start + bin * spectrum.step), y(db)));
    pen.stroke();
  });
  pen.restore();
  if (data.bandwidth_hz) {
    const at = x(data.bandwidth_hz);
    const side = at > width - 170 ? -1 : 1;
    stroke(pen, at, top, at, height - bottom, ink.mark, 1.2, [2, 3]);
    label(pen, `signal up to ${hertz(data.bandwidth_hz)}`, at + 6 * side, top + 8, side < 0 ? "right" : "left", ink.mark);
  }
  $("spectrum-readout").textContent = "level in dBFS over frequency";
  if (chartPointer === null) return;
  const share = clamp((chartPointer - left) / (width - left), 0, 1);
  const hz = log ? LOWEST_HZ * (topEnd / LOWEST_HZ) ** share : share * topEnd;
  stroke(pen, x(hz), 0, x(hz), height - bottom, ink.soft);
  const level = (s) => s.values[clamp(Math.round((hz - s.start) / s.step), 0, s.values.length - 1)];
  const parts = data.spectra.map((s) => `${s.label} ${number(level(s))} dBFS`);
  $("spectrum-readout").textContent = [hertz(hz), ...parts].join("  ·  ");
}

function drawSpectrumKey() {
  if (!$("spectrum-key")) return;
  $("spectrum-key").replaceChildren();
  data.spectra.forEach((spectrum, i) => {
    const item = $("spectrum-key").appendChild(make("span"));
    const canvas = item.appendChild(make("canvas"));
    item.append(" " + spectrum.label);
    stroke(prepare(canvas, 10)[0], 0, 5, 28, 5, ink[LINES[i][0]], 2, LINES[i][1]);
  });
}

function setUpSpectrum() {
  const chart = $("spectrum");
  if (!chart) return;
  const point = (x) => { chartPointer = x; drawSpectrum(); };
  chart.addEventListener("pointermove", (event) => point(event.offsetX));
  chart.addEventListener("pointerleave", () => point(null));
  $("log").addEventListener("change", drawSpectrum);
}
