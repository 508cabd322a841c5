// Drawing a page anew when its size, colours or medium change.

/** What is drawn beside the lanes. */
const drawings = [];

function redraw() {
  readColours();
  drawings.forEach((drawing) => drawing());
  draw();
}

function preparePrint() {
  document.documentElement.dataset.print = "";
  for (const details of document.querySelectorAll("details")) details.open = true;
  readColours();
  drawings.forEach((drawing) => drawing());
  // At once: the browser takes its picture before the next frame.
  shownLanes().forEach(paint);
}

/** Draws everything, now and whenever something around it changes. */
function keepDrawn() {
  redraw();
  new ResizeObserver(redraw).observe(timeline);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  window.addEventListener("beforeprint", preparePrint);
  window.addEventListener("afterprint", () => { delete document.documentElement.dataset.print; redraw(); });
}
