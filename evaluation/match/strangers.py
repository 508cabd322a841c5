#!/usr/bin/env python3
"""Counts false matches: windows of 10 s of talkers of whom nothing is archived.

usage: strangers.py PROGRAM TAKES ARCHIVE TALKER... [--every SECONDS] [--most N]

Recordings of each TALKER are put together from TAKES as evaluate.py does, and a window is cut from them
every 2.5 s, so that windows overlap. Those that match are named with their score; where the waveform
agrees as well, the take stands in both (see README.md).
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from evaluate import RATE, is_same_take, read, recordings, write

# Windows that are on disk at a time.
AT_ONCE = 100


def windows(takes, talkers, folder, every_s):
    """Paths of windows; each file is gone when the next hundred are made."""
    made = []
    for talker in talkers:
        for recording in recordings(takes, talker, folder):
            samples = read(recording)
            recording.unlink()
            for start in range(0, len(samples) - 10 * RATE, int(every_s * RATE)):
                path = folder / f"{recording.stem}-{start / RATE:.1f}.wav"
                write(path, samples[start : start + 10 * RATE])
                made.append(path)
                if len(made) == AT_ONCE:
                    yield made
                    [old.unlink() for old in made]
                    made = []
    yield made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("takes", type=Path)
    parser.add_argument("archive", type=Path)
    parser.add_argument("talkers", nargs="+")
    parser.add_argument("--every", type=float, default=2.5)
    parser.add_argument("--most", type=int, default=1_000_000)
    options = parser.parse_args()
    asked = unsaid = false = same = 0
    with tempfile.TemporaryDirectory() as folder:
        for paths in windows(options.takes, options.talkers, Path(folder), options.every):
            paths = paths[: options.most - asked]
            if not paths:
                break
            run = subprocess.run([options.program, "match", *paths, "--archive", options.archive,
                                  "--json", "--quiet"], stdout=subprocess.PIPE, check=True, text=True)
            for path, line in zip(paths, run.stdout.splitlines()):
                answer = json.loads(line)
                asked += 1
                unsaid += "inconclusive" in answer
                if answer["matches"]:
                    taken = is_same_take(options.program, path, answer)
                    same, false = same + taken, false + (not taken)
                    best = answer["matches"][0]
                    print(path.name, Path(best["path"]).name, best["score"],
                          "same take" if taken else "", flush=True)
            print(f"{asked} windows, {unsaid} inconclusive, {same} of the same take, {false} matched",
                  flush=True)


if __name__ == "__main__":
    main()
