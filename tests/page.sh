#!/usr/bin/env bash
# Opens a report page in headless Chromium: no console error, nothing requested, plots drawn.
#   usage: page.sh REPORT.html
set -euo pipefail
page=$(realpath "$1"); work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
  --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
  --user-data-dir="$work/profile" --enable-logging=stderr --v=0 --window-size=1280,2400 \
  --virtual-time-budget=4000 --screenshot="$work/page.png" \
  --log-net-log="$work/net.json" "file://$page" 2> "$work/log" || { cat "$work/log"; exit 1; }
if grep -E 'CONSOLE' "$work/log"; then echo "the page logs to the console"; exit 1; fi
if grep -oE '"url":"https?://[^"]*' "$work/net.json" | grep -vE '://(clients|accounts|update|optimizationguide|content-autofill|www\.google|edgedl|redirector)' ; then
  echo "the page requests something"; exit 1
fi
size=$(stat -c %s "$work/page.png")
[ "$size" -gt 50000 ] || { echo "the screenshot has $size bytes: an empty page"; exit 1; }
echo "page ok: no console line, no request, screenshot of $size bytes"
