// Puts the page together and draws it anew when its size, colours or medium change.

function redraw() {
  readColours();
  drawLegend();
  drawSpectrumKey();
  drawSpectrum();
  draw();
}

function preparePrint() {
  document.documentElement.dataset.print = "";
  for (const details of document.querySelectorAll("details")) details.open = true;
  readColours();
  drawLegend();
  drawSpectrumKey();
  drawSpectrum();
  // At once: the browser takes its picture before the next frame.
  shownLanes().forEach(paint);
}

function start() {
  addOverviewLane();
  addTimeLane();
  addPointLane();
  addWaveLane();
  addSpectrogramLane();
  data.families.forEach(addFamilyLane);
  data.series.forEach(addSeriesLane);
  addLaneChoice();
  setUpPlayer();
  setUpSpectrum();
  listenForInput();
  listenForTimes();
  redraw();
  new ResizeObserver(redraw).observe(timeline);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  window.addEventListener("beforeprint", preparePrint);
  window.addEventListener("afterprint", () => { delete document.documentElement.dataset.print; redraw(); });
}

for (const element of document.querySelectorAll(".js")) element.hidden = false;
listenForCopying();
if (timeline) start();
