// Spectrogram lanes: grey pictures from the page, coloured here.

const PALETTES = {
  viridis: [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [109, 205, 89], [180, 222, 44], [253, 231, 37]],
  magma: [[0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122], [229, 80, 100], [251, 135, 97], [254, 194, 135], [252, 253, 191]],
  ink: [[255, 255, 255], [0, 0, 0]],
};
/** Spectrograms with a lane; each has `strips` of `{ canvas, column, grey }` from left to right. */
const images = [];
let topHz = 0;

/** Red, green and blue of each grey value, by palette, brightness and contrast. */
function colourTable() {
  const stops = PALETTES[$("palette").value];
  const shift = +$("brightness").value;
  const contrast = 2 ** (+$("contrast").value / 20);
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const place = (clamp((i - 128 + shift) * contrast + 128, 0, 255) / 255) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) table[3 * i + c] = stops[low][c] + (stops[low + 1][c] - stops[low][c]) * (place - low);
  }
  return table;
}

function colourStrips() {
  const table = colourTable();
  for (const { canvas, grey } of images.flatMap((image) => image.strips)) {
    const pen = canvas.getContext("2d");
    const picture = pen.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < grey.length; i++) {
      for (let c = 0; c < 3; c++) picture.data[4 * i + c] = table[3 * grey[i] + c];
      picture.data[4 * i + 3] = 255;
    }
    pen.putImageData(picture, 0, 0);
  }
  draw();
}

/** Unpacks the pictures of one spectrogram. */
async function loadStrips(image, packed) {
  let column = 0;
  for (const strip of packed) {
    const picture = new Image();
    picture.src = "data:image/png;base64," + strip;
    await picture.decode();
    const canvas = make("canvas");
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(picture, 0, 0);
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    const grey = new Uint8Array(pixels.length / 4);
    for (let i = 0; i < grey.length; i++) grey[i] = pixels[4 * i];
    image.strips.push({ canvas, column, grey });
    column += canvas.width;
  }
  colourStrips();
}

/** Level at a time and frequency, `null` outside the picture. */
function cellLevel(image, time, hz) {
  const column = Math.floor(time / image.step_s);
  const row = image.rows - 1 - Math.floor((hz / image.max_hz) * image.rows);
  const strip = image.strips.find((s) => column >= s.column && column < s.column + s.canvas.width);
  if (!strip || row < 0 || row >= image.rows) return null;
  return image.floor_db + (strip.grey[row * strip.canvas.width + column - strip.column] / 255) * image.range_db;
}

function drawStrips(image, pen, width, x, height) {
  const share = topHz / image.max_hz;
  // Cells wider than a few pixels are shown as the cells they are.
  pen.imageSmoothingEnabled = (view.to - view.from) / image.step_s > width / 3;
  for (const { canvas, column } of image.strips) {
    const first = clamp(Math.floor(view.from / image.step_s) - column, 0, canvas.width);
    const last = clamp(Math.ceil(view.to / image.step_s) - column, 0, canvas.width);
    if (last <= first) continue;
    const left = x((column + first) * image.step_s), right = x((column + last) * image.step_s);
    pen.drawImage(canvas, first, canvas.height * (1 - share), last - first, canvas.height * share, left, 0, right - left, height);
  }
}

function setUpPictureControls(image) {
  topHz = image.max_hz;
  const select = $("top-hz");
  for (const hz of [topHz, 16000, 8000, 4000, 2000].filter((hz, i) => !i || hz < topHz * 0.95)) {
    select.appendChild(make("option", "", hertz(hz))).value = hz;
  }
  select.addEventListener("change", () => { topHz = +select.value; draw(); });
  for (const id of ["brightness", "contrast", "palette"]) $(id).addEventListener("input", colourStrips);
  $("picture-controls").hidden = false;
}

function addSpectrogramLane(packed, name = "Spectrogram", height = 230) {
  if (!packed) return;
  const image = { ...packed, strips: [] };
  if (!images.length) setUpPictureControls(image);
  images.push(image);
  addLane({
    name, height, choice: true, note: "level over frequency",
    value(time, y) {
      if (y === null) return this.note;
      const hz = topHz * (1 - y / this.height);
      const level = cellLevel(image, time, hz);
      return level === null ? hertz(hz) : `${hertz(hz)}, ${minus(level.toFixed(0))} dBFS`;
    },
    draw(pen, width, x, height) {
      drawStrips(image, pen, width, x, height);
      const dark = $("palette").value !== "ink";
      const colours = dark ? ["#fff", "rgba(0, 0, 0, 0.55)"] : ["#000", "rgba(255, 255, 255, 0.7)"];
      for (const hz of ticks(0, topHz, 5).found) {
        const y = height * (1 - hz / topHz);
        if (y < 8 || y > height - 4) continue;
        stroke(pen, 0, y, 5, y, colours[0]);
        label(pen, hertz(hz), 9, y, "left", ...colours);
      }
    },
  });
  loadStrips(image, packed.strips);
}
