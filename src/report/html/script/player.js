// The reader's own copy of the clip, played through an address that exists on this page alone.

const audio = $("audio");
/** Largest file whose hash is computed, in bytes: the whole file has to be in memory for it. */
const MOST_HASHED = 5e8;
let loop = null;

const isLoaded = () => Boolean(audio.src);

/** Sets the playhead, in seconds of the examined part. */
function seek(time) {
  playhead = time;
  if (isLoaded()) audio.currentTime = time + data.offset_s;
  if (loop) loop = loopAround();
  draw();
}

function togglePlay() {
  if (!isLoaded()) return $("file").click();
  if (!audio.paused) return audio.pause();
  if (loop) audio.currentTime = loop.from + data.offset_s;
  audio.play().catch(() => tell("This browser cannot play the file."));
}

function toggleLoop() {
  if (!isLoaded()) return;
  loop = loop ? null : loopAround();
  $("loop").setAttribute("aria-pressed", String(Boolean(loop)));
  if (loop && audio.paused) togglePlay();
}

function follow() {
  playhead = audio.currentTime - data.offset_s;
  if (loop && playhead > loop.to) audio.currentTime = loop.from + data.offset_s;
  if (playhead > view.to && !drag && !loop) show(playhead, playhead + view.to - view.from);
  moveNeedles();
  if (!audio.paused) requestAnimationFrame(follow);
}

const tell = (text) => ($("file-note").textContent = text);

async function load() {
  const file = $("file").files[0];
  if (!file) return;
  if (isLoaded()) URL.revokeObjectURL(audio.src);
  audio.src = URL.createObjectURL(file);
  if (playhead !== null) audio.currentTime = playhead + data.offset_s;
  $("player").hidden = false;
  tell("The file stays on this device.");
  if (!data.sha256 || !window.crypto?.subtle || file.size > MOST_HASHED) return;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const same = Array.from(hash, (byte) => pad(byte.toString(16), 2)).join("") === data.sha256;
  tell(same
    ? "This is the examined file: its SHA-256 is the one above. It stays on this device."
    : "This is not the examined file: its SHA-256 differs, so times may not match. It stays on this device.");
}

function setUpPlayer() {
  audio.addEventListener("play", () => { $("play").textContent = "Pause"; follow(); });
  audio.addEventListener("pause", () => ($("play").textContent = "Play"));
  audio.addEventListener("error", () => tell("This browser cannot play the file."));
  $("play").addEventListener("click", togglePlay);
  $("loop").addEventListener("click", toggleLoop);
  $("speed").addEventListener("change", () => (audio.playbackRate = +$("speed").value));
  $("file").addEventListener("change", load);
}
