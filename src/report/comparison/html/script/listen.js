// Playing A, B laid on A's time, or the residual: all three run at once, one of them is heard.

const NAMES = ["a", "b", "residual"];
let context = null;
let buffers = null;
/** `{ sources, gains, from, since }` while something plays. */
let playing = null;
let chosen = "a";
let loop = null;

const isLoaded = () => Boolean(data.listen);

/** Samples of mu-law bytes (ITU-T G.711), in -1..=1. */
function decodeMulaw(base64) {
  const table = Float32Array.from({ length: 256 }, (_, i) => {
    const byte = ~i & 255;
    const magnitude = ((((byte & 15) << 3) + 132) << ((byte >> 4) & 7)) - 132;
    return (byte & 128 ? -magnitude : magnitude) / 32768;
  });
  return Float32Array.from(bytes(base64), (byte) => table[byte]);
}

/** Sound is unpacked when it is first asked for: a page is allowed to play from then on only. */
function unpackSound() {
  if (context) return;
  context = new AudioContext();
  buffers = NAMES.map((name) => {
    const samples = decodeMulaw(data.listen[name]);
    const buffer = context.createBuffer(1, Math.max(1, samples.length), data.listen.rate_hz);
    buffer.copyToChannel(samples, 0);
    return buffer;
  });
}

const now = () => (playing ? Math.min(whole, playing.from + context.currentTime - playing.since) : playhead ?? 0);

function play(from) {
  unpackSound();
  context.resume();
  stop();
  const since = context.currentTime + 0.02;
  const gains = [];
  const sources = buffers.map((buffer, i) => {
    const gain = context.createGain();
    gain.gain.value = NAMES[i] === chosen ? 1 : 0;
    gain.connect(context.destination);
    gains.push(gain);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(gain);
    source.start(since, from);
    return source;
  });
  playing = { sources, gains, from, since };
  playhead = from;
  $("play").textContent = "Pause";
  requestAnimationFrame(follow);
}

function stop() {
  if (!playing) return;
  playhead = Math.max(0, now());
  for (const source of playing.sources) source.stop();
  playing = null;
  $("play").textContent = "Play";
}

function togglePlay() {
  if (!isLoaded()) return;
  if (playing) { stop(); return draw(); }
  const start = loop ? loop.from : playhead ?? 0;
  play(start >= whole - 0.05 ? 0 : start);
}

function follow() {
  if (!playing) return;
  playhead = Math.max(0, now());
  if (loop && playhead > loop.to) return play(loop.from);
  if (playhead >= whole) stop();
  if (playhead > view.to && !drag && !loop) show(playhead, playhead + view.to - view.from);
  moveNeedles();
  if (playing) requestAnimationFrame(follow);
}

/** Sets the playhead, in seconds of A. */
function seek(time) {
  playhead = time;
  if (loop) loop = loopAround();
  if (playing) play(time);
  draw();
}

function toggleLoop() {
  if (!isLoaded()) return;
  loop = loop ? null : loopAround();
  $("loop").setAttribute("aria-pressed", String(Boolean(loop)));
  if (loop && !playing) togglePlay();
}

/** Hears another of the three at the same place; a short fade keeps the change from clicking. */
function choose(name) {
  chosen = name;
  $("listen").querySelector(`[value="${name}"]`).checked = true;
  playing?.gains.forEach((gain, i) => gain.gain.setTargetAtTime(NAMES[i] === name ? 1 : 0, context.currentTime, 0.006));
}

function setUpListening() {
  if (!isLoaded()) return;
  NAMES.forEach((name, i) => {
    KEYS[i + 1] = () => choose(name);
    ANYWHERE.add(String(i + 1));
  });
  ANYWHERE.add(" ");
  $("play").addEventListener("click", togglePlay);
  $("loop").addEventListener("click", toggleLoop);
  $("listen").addEventListener("change", (event) => choose(event.target.value));
  // On the choice, which arrow keys move, the other keys keep their meaning.
  $("listen").addEventListener("keydown", (event) => {
    if (event.target.type !== "radio" || ![" ", "1", "2", "3", "l"].includes(event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}
