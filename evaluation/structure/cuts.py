#!/usr/bin/env python3
"""Cuts MP3 files between frames, without decoding them, and counts which cuts are placed.

usage: cuts.py PROGRAM WORK [SOURCE_FOLDER] [--cuts N]

SOURCE_FOLDER holds recordings of speech that ffmpeg reads; without it, fixtures/clean of this repository. All
of them, one after the other, are encoded by each encoder at each of its settings; N copies of every such file
(40) lose 5 to 200 frames at a random place each. Prints a Markdown table: frames of the untouched files and
edit points in these, cuts with an edit point within 0.1 s, and edit points elsewhere in the cut files. Cuts of
which no sound is left before or behind are not made. Needs ffmpeg; of lame, shineenc and gst-launch-1.0, those
that are missing are left out.
"""

import argparse
import json
import random
import shutil
import subprocess
from pathlib import Path

RATES_HZ = [44_100, 48_000, 32_000]
RATES_KBIT_S = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]
TOLERANCE_S = 0.1
# Seconds of sound at both ends that no cut touches.
MARGIN_S = 2.0


def encoders(wav, out):
    """Encoder, setting, channels of the source, command."""
    for rate in (64, 96, 128, 192, 320):
        yield "lame", f"CBR {rate}", 1 if rate < 128 else 2, ["lame", "--quiet", "-b", rate, wav, out]
    yield "lame", "ABR 96", 1, ["lame", "--quiet", "--abr", 96, wav, out]
    yield "lame", "VBR V2", 2, ["lame", "--quiet", "-V", 2, wav, out]
    yield "lame", "VBR V5", 1, ["lame", "--quiet", "-V", 5, wav, out]
    yield "lame", "no reservoir, CBR 128", 2, ["lame", "--quiet", "--nores", "-b", 128, wav, out]
    ffmpeg = ["ffmpeg", "-loglevel", "error", "-y", "-i", wav, "-c:a"]
    for rate in (64, 128, 192):
        options = ["libmp3lame", "-b:a", f"{rate}k", "-write_xing", 0]
        yield "libmp3lame, no tag", f"CBR {rate}", 1 if rate < 128 else 2, [*ffmpeg, *options, out]
    yield "libmp3lame, no tag", "VBR 4", 1, [*ffmpeg, "libmp3lame", "-q:a", 4, "-write_xing", 0, out]
    for rate in (64, 96, 128):
        pipe = f"filesrc location={wav} ! wavparse ! audioconvert ! lamemp3enc target=bitrate cbr=true"
        pipe = [*pipe.split(), f"bitrate={rate}", "!", "filesink", f"location={out}"]
        yield "gst lamemp3enc", f"CBR {rate}", 1, ["gst-launch-1.0", "-q", *pipe]
    for rate in (64, 96, 128):
        yield "shineenc", f"CBR {rate}", 1, ["shineenc", "-q", "-b", rate, wav, out]


def frames(data):
    """Offset and length of each frame, and seconds of one."""
    at = 10 + sum(byte << 7 * (3 - i) for i, byte in enumerate(data[6:10])) if data[:3] == b"ID3" else 0
    found = []
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xE0 == 0xE0:
        version, rate = data[at + 1] >> 3 & 3, data[at + 2] >> 4
        rate_hz = RATES_HZ[data[at + 2] >> 2 & 3] >> [2, 0, 1, 0][version]
        samples = 1152 if version == 3 else 576
        kbit_s = RATES_KBIT_S[version != 3][rate]
        size = samples // 8 * kbit_s * 1000 // rate_hz + (data[at + 2] >> 1 & 1)
        found.append((at, size))
        at += size
    return found, samples / rate_hz


def edit_points(program, path):
    run = subprocess.run(
        [program, "analyze", "--json", "-q", "--only", "concatenated-frames", path], capture_output=True, check=True
    )
    return [point["time_s"] for point in json.loads(run.stdout)["edit_points"]]


def sources(folder, work):
    """All recordings one after the other as WAV, in mono and in stereo."""
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file() and path.suffix != ".md")
    made = {}
    for channels in (1, 2):
        made[channels] = work / f"{channels}.wav"
        graph = "".join(f"[{n}:a]aresample=44100,aformat=channel_layouts=mono[a{n}];" for n in range(len(files)))
        graph += "".join(f"[a{n}]" for n in range(len(files))) + f"concat=n={len(files)}:v=0:a=1"
        inputs = [part for path in files for part in ("-i", path)]
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *inputs, "-filter_complex", graph, "-ac", str(channels),
                        "-fflags", "+bitexact", made[channels]], check=True)
    return made


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:])
    parser.add_argument("program")
    parser.add_argument("work", type=Path)
    parser.add_argument("sources", nargs="?", default=Path(__file__).parents[2] / "fixtures/clean")
    parser.add_argument("--cuts", type=int, default=40)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    made = sources(options.sources, options.work)
    print("| encoder | setting | frames | edit points in them | cuts placed | edit points elsewhere |")
    print("|---|---|---|---|---|---|")
    out = options.work / "whole.mp3"
    count = len(list(encoders("", "")))
    for n in range(count):
        channels = list(encoders("", ""))[n][2]
        name, setting, _, command = list(encoders(made[channels], out))[n]
        if not shutil.which(command[0]):
            continue
        subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        data = out.read_bytes()
        places, frame_s = frames(data)
        untouched = edit_points(options.program, out)
        rng = random.Random(f"{name} {setting}")
        margin = int(MARGIN_S / frame_s)
        placed = elsewhere = 0
        for _ in range(options.cuts):
            length = rng.randint(5, 200)
            first = rng.randrange(margin, len(places) - margin - length)
            start, end = places[first][0], places[first + length][0]
            cut = options.work / "cut.mp3"
            cut.write_bytes(data[:start] + data[end:])
            times = edit_points(options.program, cut)
            near = [time_s for time_s in times if abs(time_s - first * frame_s) <= TOLERANCE_S]
            placed += bool(near)
            elsewhere += len(times) - len(near)
        print(f"| {name} | {setting} | {len(places):,} | {len(untouched)} | {placed} of {options.cuts} | {elsewhere} |",
              flush=True)


if __name__ == "__main__":
    main()
