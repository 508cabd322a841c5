#!/usr/bin/env python3
"""Counts false matches: windows of 10 s of talkers or packages of music of which nothing is archived.

usage: strangers.py PROGRAM SOUND ARCHIVE NAME... [--music] [--every SECONDS] [--most N]

Recordings of each talker NAME (with `--music`: pieces of each package NAME) are made from SOUND as
evaluate.py does, and a window is cut from them every 10 s, so that none overlap. Matches are named with
their score; where the waveform agrees as well, the take stands in both (see README.md).
"""

import argparse
import tempfile
from pathlib import Path

from evaluate import ask
from queries import RATE, ffmpeg, pieces, read, recordings, write
from scores import table, waveforms_agree

WINDOW_S = 10
# Windows that are on disk at a time.
AT_ONCE = 100


def sounds(folder, name, scratch, is_music):
    """Name and samples of each recording of a talker, or piece of a package."""
    if is_music:
        for piece in pieces(folder / "packages", name, scratch):
            plain = scratch / "plain.wav"
            ffmpeg("-i", piece, "-map", "0:a:0", "-ac", 1, "-ar", RATE, "-c:a", "pcm_s16le", plain)
            piece.unlink()
            yield piece.stem, read(plain)
    else:
        for recording in recordings(folder / "takes", name, scratch, least_s=WINDOW_S, once=True):
            samples = read(recording)
            recording.unlink()
            yield recording.stem, samples


def windows(folder, name, scratch, is_music, every_s):
    """Paths of windows; each file is gone when the next hundred are made."""
    made = []
    for stem, samples in sounds(folder, name, scratch, is_music):
        for start in range(0, len(samples) - WINDOW_S * RATE + 1, int(every_s * RATE)):
            path = scratch / f"{stem}-{start / RATE:.1f}.wav"
            write(path, samples[start : start + WINDOW_S * RATE])
            made.append(path)
            if len(made) == AT_ONCE:
                yield made
                [old.unlink() for old in made]
                made = []
    yield made


def count(program, archive, batches, most):
    """Windows asked, inconclusive, of the same take, and falsely matched."""
    asked = unsaid = same = false = 0
    for paths in batches:
        paths = paths[: most - asked]
        if not paths:
            break
        for path, answer in zip(paths, ask(program, archive, paths, [])[0]):
            asked += 1
            unsaid += "inconclusive" in answer
            if answer["matches"]:
                best = answer["matches"][0]
                taken = waveforms_agree(program, path, best["path"])
                same, false = same + taken, false + (not taken)
                print(path.name, Path(best["path"]).name, best["score"], "same take" if taken else "", flush=True)
    return [asked, unsaid, same, false]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("sound", type=Path)
    parser.add_argument("archive", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--music", action="store_true")
    parser.add_argument("--every", type=float, default=WINDOW_S)
    parser.add_argument("--most", type=int, default=1_000_000, help="windows of each name")
    options = parser.parse_args()
    lines = []
    for name in options.names:
        with tempfile.TemporaryDirectory() as scratch:
            batches = windows(options.sound, name, Path(scratch), options.music, options.every)
            lines.append([name, *count(options.program, options.archive, batches, options.most)])
            print(*lines[-1], flush=True)
    table(["of", "windows", "inconclusive", "same take", "matched"],
          [*lines, ["all", *(sum(column) for column in list(zip(*lines))[1:])]])


if __name__ == "__main__":
    main()
