#!/usr/bin/env bash
# Makes the benchmark hour: 160 s of music and 80 s of speech in turn, 44.1 kHz stereo, in the usual
# codecs.
#   usage: hour.sh FOLDER [SECONDS]      (default 3600)
# Needs ffmpeg, python3 and apt-get: music comes from Debian's wesnoth-1.16-music, speech from
# asterisk-core-sounds-en-wav.
set -euo pipefail
out=${1:?folder}; seconds=${2:-3600}
mkdir -p "$out/packages"; cd "$out"
if ! ls packages/*.deb >/dev/null 2>&1; then
  (cd packages && apt-get download wesnoth-1.16-music asterisk-core-sounds-en-wav)
  for deb in packages/*.deb; do dpkg -x "$deb" packages/files; done
fi
ff="ffmpeg -hide_banner -loglevel error -nostdin -y"
raw() { # file: decoded on its own, since joined Vorbis files would share the first one's codebooks
  $ff -i "$1" -ar 44100 -ac 2 -f s16le -
}
[ -s music.raw ] || find packages/files -name '*.ogg' | sort | while read -r f; do raw "$f"; done \
  | head -c $((seconds * 176400)) > music.raw || true
[ -s speech.raw ] || find packages/files -name '*.wav' | sort | while read -r f; do raw "$f"; done \
  | head -c $((seconds * 176400)) > speech.raw || true
python3 - "$seconds" <<'PY'
import sys
left = int(sys.argv[1]); rate = 176400
beds = [[open('music.raw', 'rb').read(), 0, 160], [open('speech.raw', 'rb').read(), 0, 80]]
with open('hour.raw', 'wb') as out:
    while left > 0:
        for bed in beds:
            n = min(left, bed[2]); want = n * rate
            while want > 0:
                part = bed[0][bed[1]:bed[1] + want]; out.write(part)
                bed[1] = (bed[1] + len(part)) % len(bed[0]); want -= len(part)
            left -= n
PY
in="-f s16le -ar 44100 -ac 2 -i hour.raw"
$ff $in hour.wav
$ff $in -c:a flac hour.flac
$ff $in -c:a libmp3lame -b:a 128k hour.mp3
$ff $in -c:a aac -b:a 128k hour.m4a
$ff $in -c:a libvorbis -q:a 4 hour.ogg
$ff $in -ar 16000 -ac 1 -c:a libopus -application voip -b:a 24k hour.opus
rm hour.raw music.raw speech.raw
ls -l hour.*
