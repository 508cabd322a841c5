#!/usr/bin/env python3
"""Counts what the detectors of structure say of untouched files, and what of planted faults they find.

usage: evaluate.py PROGRAM UNTOUCHED TAMPERED

UNTOUCHED is what make_untouched.sh made, TAMPERED what tamper.py made. Prints two Markdown tables: findings in
untouched files by detector, and for each planted fault the detectors that name its place.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

# Every file has a writer: that one is known is no indicator.
WRITERS = "encoder-signature"
# Detectors of another family that name breaks in the coded stream.
BREAKS = {"chained-streams", "concatenated-frames"}
# Detectors whose finding anywhere in the file names a fault of this kind; others must name its place.
WHOLE_FILE = {
    "wrong MD5": "checksum-mismatch",
    "wrong extension": "extension-mismatch",
    "forged writer": "editor-trace",
    "saved by an editor": "editor-trace",
    "frames with a wrong checksum": "concatenated-frames",
    "cluster removed": "stream-mismatch",
    "sizes that lie": "stream-mismatch",
}
# How far from the planted place a finding may lie, in bytes and in seconds: parts before it, frames round it.
BYTES_OFF, SECONDS_OFF = 64, 0.1


def main(program, untouched, tampered):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "scan"
        subprocess.run([program, "scan", untouched, "--profile", "fast", "--out-dir", out, "-q"], stderr=subprocess.DEVNULL)
        documents = [json.loads(path.read_text()) for path in sorted((out / "reports").glob("*.json"))]
    read = [d for d in documents if d["status"] != "unreadable"]
    raised = Counter(d["id"] for document in read for d in of_structure(document) if d["findings"])
    print("| detector | untouched files with a finding |\n|---|---|")
    for detector in of_structure(read[0]):
        print(f"| {detector['id']} | {raised[detector['id']]} of {len(read)} |")
    for document in read:
        for detector in of_structure(document):
            for finding in detector["findings"]:
                print(f"- {Path(document['source']['path']).name}: {detector['id']}: {finding['note']}")
    named = sum(bool(d["provenance"].get("writers")) for d in read)
    print(f"\n{named} of {len(read)} files are consistent with a known writer; {len(documents) - len(read)} were not read.\n")

    truth = json.loads((Path(tampered) / "truth.json").read_text())
    print("| file | planted | at byte | found by |\n|---|---|---|---|")
    found = 0
    for fault in truth:
        run = subprocess.run([program, "analyze", "--json", "-q", Path(tampered) / fault["file"]], capture_output=True)
        by = finders(json.loads(run.stdout), fault)
        found += bool(by)
        print(f"| {fault['file']} | {fault['fault']} | {fault['offset']} | {', '.join(by) or '**none**'} |")
    print(f"\n{found} of {len(truth)} found.")


def of_structure(document):
    return [d for d in document["detectors"] if d["family"] == "structure" and d["id"] != WRITERS]


def finders(document, fault):
    """Detectors that name the planted fault's place, or the file where the fault is of all of it."""
    by = []
    for detector in document["detectors"]:
        if detector["family"] != "structure" and detector["id"] not in BREAKS:
            continue
        for finding in detector["findings"]:
            evidence = {e["name"]: e["value"] for e in finding["evidence"]}
            places = [evidence[name] for name in ("at_byte", "and_at_byte", "second_header_at_byte") if name in evidence]
            placed = fault["offset"] is not None
            by_byte = placed and any(abs(place - fault["offset"]) <= BYTES_OFF for place in places)
            by_time = "note" not in finding and fault["time"] is not None and abs(finding["time_s"] - fault["time"]) <= SECONDS_OFF
            if by_byte and detector["id"] != WRITERS or by_time:
                by.append(detector["id"])
            elif WHOLE_FILE.get(fault["fault"]) == detector["id"]:
                by.append(detector["id"] + " (the whole file)")
    return sorted(set(by))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
