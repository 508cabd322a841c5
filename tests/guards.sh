#!/usr/bin/env bash
# Guards that hold on a noisy machine: binary size, peak memory, instructions per second of audio.
#   usage: guards.sh PROGRAM WORK_FOLDER      needs valgrind and ffmpeg
# Limits are the values of tests/guards.txt plus 5 %, for memory plus 15 %; after an intended change, put
# the new ones there and say why in CHANGELOG.md. Size and instructions are the same on every run. Memory
# varies by 1 % between runs on one machine and was seen 8 % higher on another.
set -euo pipefail
bin=$(realpath "$1"); work=$2; cd "$(dirname "$0")"
check() { # name, value, percent of the value in guards.txt that is allowed
  local most; most=$(awk -v k="$1" -v percent="$3" '$1 == k {printf "%d", $2 * percent / 100}' guards.txt)
  echo "$1: $2 (limit $most)"
  [ "$2" -le "$most" ] || { echo "$1 is above its limit"; exit 1; }
}
check binary_bytes "$(stat -c %s "$bin")" 105
[ "$(stat -c %s "$bin")" -le 12000000 ] || { echo "the binary is over 12 MB"; exit 1; }

# Real speech, repeated: 20 s and 60 s of MP3; the difference is the cost of 40 s without start-up.
for seconds in 20 60; do
  ffmpeg -hide_banner -loglevel error -nostdin -y -stream_loop -1 -i ../fixtures/clean/columbia-118s.flac \
    -t $seconds -ac 2 -c:a libmp3lame -b:a 128k "$work/$seconds.mp3"
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bin" analyze "$work/$seconds.mp3" --json -q \
    2>"$work/$seconds.log" >/dev/null
done
count() { awk '/Collected/ {print $NF}' "$work/$1.log"; }
check kilo_instructions_per_second $(( ($(count 60) - $(count 20)) / 40000 )) 105

# Ten minutes and forty: memory grows with the series alone.
for minutes in 10 40; do
  ffmpeg -hide_banner -loglevel error -nostdin -y -stream_loop -1 -i ../fixtures/clean/columbia-118s.flac \
    -t $((minutes * 60)) -c:a pcm_s16le -ar 16000 "$work/$minutes.wav"
done
peak() { "$bin" analyze "$work/$1.wav" --json -q >/dev/null & local pid=$! most=0 now
  while now=$(awk '/VmHWM/ {print $2}' /proc/$pid/status 2>/dev/null) && [ -n "$now" ]; do most=$now; sleep 0.02; done
  wait $pid; echo "$most"; }
check peak_kib_10_min "$(peak 10)" 115
check peak_kib_40_min "$(peak 40)" 115
