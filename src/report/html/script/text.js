// Numbers as text, elements, and copying to the clipboard.

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);

const pad = (n, width) => String(n).padStart(width, "0");
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const minus = (text) => text.replace("-", "−");

/** `mm:ss.mmm`, with hours before it where there are any. */
function clock(seconds, decimals = 3) {
  const unit = 10 ** decimals;
  const parts = Math.round(Math.max(0, seconds) * unit);
  const whole = Math.floor(parts / unit);
  const hours = Math.floor(whole / 3600);
  const text = `${hours ? hours + ":" : ""}${pad(Math.floor(whole / 60) % 60, 2)}:${pad(whole % 60, 2)}`;
  return decimals ? `${text}.${pad(parts % unit, decimals)}` : text;
}

/** Three significant digits, or whole units where there are more. */
function number(value) {
  const decimals = clamp(2 - Math.floor(Math.log10(Math.abs(value) || 1)), 0, 6);
  return minus(String(+value.toFixed(decimals)));
}

const hertz = (hz) => (hz >= 1000 ? `${number(hz / 1000)} kHz` : `${number(Math.round(hz))} Hz`);
const dbfs = (amplitude) => (amplitude > 0 ? `${minus((20 * Math.log10(amplitude)).toFixed(1))} dBFS` : "silent");
const sentence = (text) => (text && text[0].toUpperCase() + text.slice(1)).replace(/[-_]/g, " ");

/** Round values, 1, 2 or 5 times a power of ten apart, about `count` of them from `low` to `high`. */
function ticks(low, high, count) {
  const rough = (high - low || 1) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => power * m >= rough * 0.75);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return { step, found };
}

/** The same for times, in steps of a clock. */
function timeTicks(from, to, count) {
  const rough = (to - from) / Math.max(1, count);
  if (rough <= 1) return ticks(from, to, count);
  const step = [2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].find((s) => s >= rough) || 14400;
  const found = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) found.push(time);
  return { step, found };
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.body.appendChild(make("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const before = button.textContent;
  if (before === "Copied") return;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 1200);
}

function listenForCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("copyBefore" in button.dataset) copyText(button.previousElementSibling.textContent, button);
    if (button.dataset.copy) copyText($(button.dataset.copy).textContent, button);
    if (button.id === "copy-summary") copyText(data.summary, button);
  });
}
