// Drawing on canvases, in the colours of the style sheet, so that dark mode and print need no more.

const ink = {};
/** Names of the colours that canvases use, as the style sheet has them. */
const COLOURS = ["paper", "ink", "soft", "rule", "mark", "wave", "line", "line2"];

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of COLOURS) {
    ink[name] = style.getPropertyValue("--" + name).trim();
  }
  ink.font = `11px ${getComputedStyle(document.body).fontFamily}`;
}

/** A pen for a cleared canvas of `height` CSS pixels, and the canvas's width in the same. */
function prepare(canvas, height) {
  const width = canvas.clientWidth || 600;
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = height + "px";
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = ink.font;
  pen.textBaseline = "middle";
  return [pen, width];
}

/** Text with a halo, so that it reads on any ground. */
function label(pen, text, x, y, align = "left", colour = ink.soft, halo = ink.paper) {
  pen.textAlign = align;
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = halo;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

function stroke(pen, x1, y1, x2, y2, colour, width = 1, dash = []) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
  pen.setLineDash([]);
}

const STRENGTHS = ["uncalibrated", "limited", "moderate", "strong", "very-strong"];

/** The sign of a strength: form and filling tell it, never colour alone. */
function sign(pen, x, y, strength, size = 5) {
  const rank = STRENGTHS.indexOf(strength);
  const shape = (...corners) => {
    pen.beginPath();
    corners.forEach(([dx, dy]) => pen.lineTo(x + dx, y + dy));
    pen.closePath();
  };
  const diamond = (r) => shape([0, -r], [r, 0], [0, r], [-r, 0]);
  pen.strokeStyle = ink.mark;
  pen.lineWidth = 1.4;
  if (rank <= 0) {
    pen.beginPath();
    pen.arc(x, y, size - 1, 0, 2 * Math.PI);
    pen.fillStyle = ink.paper;
    pen.fill();
    pen.stroke();
    return;
  }
  diamond(size);
  pen.fillStyle = rank > 2 ? ink.mark : ink.paper;
  pen.fill();
  pen.stroke();
  if (rank === 2) {
    shape([0, -size], [0, size], [-size, 0]);
    pen.fillStyle = ink.mark;
    pen.fill();
  }
  if (rank === 4) {
    diamond(size + 3);
    pen.stroke();
  }
}

/** The stretch a mark stands for, if it is wide enough to be seen. */
function spanBar(pen, mark, x, y, height) {
  const from = x(mark.start_s), to = x(mark.end_s);
  if (to - from < 2) return;
  pen.globalAlpha = 0.2;
  pen.fillStyle = ink.mark;
  pen.fillRect(from, y, to - from, height);
  pen.globalAlpha = 1;
  stroke(pen, from, y, from, y + height, ink.mark);
  stroke(pen, to, y, to, y + height, ink.mark);
}

function ring(pen, x, y) {
  pen.strokeStyle = ink.ink;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(x, y, 11, 0, 2 * Math.PI);
  pen.stroke();
}
