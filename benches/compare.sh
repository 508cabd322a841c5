#!/usr/bin/env bash
# CPU time and peak memory of `compare`, beside ffmpeg's decode of both files in the same run.
#   usage: compare.sh FOLDER [RUNS]        FOLDER made by hour.sh; default 3 runs, the median counts
# Needs ffmpeg and GNU time. Prints Markdown. A minute of the hour as a voice note against the hour; the
# hour in one codec against itself in another; and against itself played backwards, where all of it is
# looked up and nothing found. "reading" is what both files take without the comparison: each against a
# second of silence.
set -euo pipefail
folder=${1:?folder made by hour.sh}; runs=${2:-3}
cd "$(dirname "$0")/.."
cargo build --locked --release --quiet --bin spliceprint
bin=target/release/spliceprint; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
ff="ffmpeg -hide_banner -loglevel error -nostdin -y"
$ff -ss 1800 -t 60 -i "$folder/hour.mp3" -ac 1 -c:a libopus -b:a 16k "$work/minute.ogg"
$ff -i "$folder/hour.wav" -af areverse -c:a libmp3lame -b:a 128k "$work/backwards.mp3"
$ff -f lavfi -i anullsrc=r=8000:cl=mono -t 1 "$work/silence.wav"
measure() { # prints CPU seconds and peak MiB
  "$(type -P time)" -q -o "$work/time" -f '%U %S %M' "$@" >/dev/null 2>&1 || true
  awk '{printf "%.2f %.0f\n", $1 + $2, $3 / 1024}' "$work/time"
}
decode() { measure ffmpeg -nostdin -v error -threads 1 -i "$1" -map 0:a -f null -; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
echo "| A against B | ffmpeg decode of both, CPU s | reading both, CPU s | compare, CPU s | compare / ffmpeg | peak MiB |"
echo "|---|---|---|---|---|---|"
row() { # name, A, B
  : > "$work/rows"
  for _ in $(seq "$runs"); do
    read -r first _ < <(decode "$2"); read -r second _ < <(decode "$3")
    read -r read_a _ < <(measure "$bin" compare "$2" "$work/silence.wav" --json -q)
    read -r read_b _ < <(measure "$bin" compare "$3" "$work/silence.wav" --json -q)
    read -r whole peak < <(measure "$bin" compare "$2" "$3" --json -q)
    echo "$first $second $read_a $read_b $whole $peak" >> "$work/rows"
  done
  column() { awk "{print $1}" "$work/rows" | median; }
  printf '| %s | %.2f | %.2f | %.2f | %.2fx | %s |\n' "$1" "$(column '$1 + $2')" "$(column '$3 + $4')" \
    "$(column '$5')" "$(column '$5 / ($1 + $2)')" "$(column '$6')"
}
row "a minute in Opus, an hour in MP3" "$work/minute.ogg" "$folder/hour.mp3"
row "an hour in AAC, the same in MP3" "$folder/hour.m4a" "$folder/hour.mp3"
row "an hour in AAC, the same backwards in MP3" "$folder/hour.m4a" "$work/backwards.mp3"
