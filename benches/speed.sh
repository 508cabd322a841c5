#!/usr/bin/env bash
# CPU time and peak memory of `analyze`, as a ratio to ffmpeg's decode in the same run.
#   usage: speed.sh FOLDER [RUNS]        FOLDER made by hour.sh; default 3 runs, the median counts
# Needs ffmpeg and GNU time. Prints Markdown. A run is one pass of both programs, one after the other.
set -euo pipefail
folder=${1:?folder made by hour.sh}; runs=${2:-3}
cd "$(dirname "$0")/.."
cargo build --locked --release --quiet --example decode_only --bin spliceprint
bin=target/release/spliceprint; decode=target/release/examples/decode_only
measure() { # prints CPU seconds and peak MiB
  local seen; seen=$(mktemp)
  "$(type -P time)" -q -o "$seen" -f '%U %S %M' "$@" >/dev/null 2>&1 || true
  awk '{printf "%.2f %.0f\n", $1 + $2, $3 / 1024}' "$seen"; rm -f "$seen"
}
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
echo "| file | ffmpeg decode, CPU s | decode alone | analyze | analyze, CPU s | analyze, peak MiB |"
echo "|---|---|---|---|---|---|"
for file in "$folder"/hour.*; do
  : > /tmp/rows.$$
  for _ in $(seq "$runs"); do
    read -r reference _ < <(measure ffmpeg -nostdin -v error -threads 1 -i "$file" -map 0:a -f null -)
    read -r decoded _ < <(measure "$decode" "$file")
    read -r whole peak < <(measure "$bin" analyze "$file" --json -q)
    echo "$reference $decoded $whole $peak" >> /tmp/rows.$$
  done
  column() { awk "{print $1}" /tmp/rows.$$ | median; }
  printf '| %s | %s | %.2fx | %.2fx | %s | %s |\n' "$(basename "$file")" "$(column '$1')" \
    "$(column '$2 / $1')" "$(column '$3 / $1')" "$(column '$3')" "$(column '$4')"
  rm -f /tmp/rows.$$
done
