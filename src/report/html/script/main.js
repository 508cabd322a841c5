// Puts the page together.

function start() {
  addOverviewLane();
  addTimeLane();
  addPointLane();
  addWaveLane(clip);
  addSpectrogramLane(data.spectrogram);
  data.families.forEach(addFamilyLane);
  data.series.forEach(addSeriesLane);
  addLaneChoice();
  setUpPlayer();
  setUpSpectrum();
  listenForInput();
  listenForTimes();
  drawings.push(drawLegend, drawSpectrumKey, drawSpectrum);
  keepDrawn();
}

for (const element of document.querySelectorAll(".js")) element.hidden = false;
listenForCopying();
if (timeline) start();
