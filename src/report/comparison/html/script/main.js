// Puts the page together.

function start() {
  addOverviewLane(colourAt);
  addTimeLane();
  addSegmentLane();
  addMarkLane("Edits", data.points);
  addMarkLane("Laid over", data.families[0].marks);
  const source = data.segments.length ? unpackWave(data.wave_b) : null;
  // One scale for both, so that a change of level is seen.
  if (clip && source) clip.scale = source.scale = Math.max(clip.loudest, source.loudest);
  addWaveLane(clip, "Waveform of A", colourAt);
  addWaveLane(source, "Waveform of B, on A's time", colourAt);
  addSpectrogramLane(data.spectrogram, "Spectrogram of A", 180);
  if (source) addSpectrogramLane(data.spectrogram_b, "Spectrogram of B, on A's time", 180);
  data.series.forEach(addSeriesLane);
  addLaneChoice();
  setUpListening();
  setUpMap();
  listenForInput();
  listenForTimes();
  keepDrawn();
}

for (const element of document.querySelectorAll(".js")) element.hidden = false;
listenForCopying();
if (timeline) start();
