#!/usr/bin/env python3
"""Does what coded frames say of their quantisation tell files encoded once from files encoded twice?

    evaluate.py make OUT/tuning CLIP…       files of ten seconds, encoded once and twice
    evaluate.py make OUT/test CLIP…         other clips, of other talkers and pieces
    spliceprint analyze --only encoder-signature --json OUT/tuning/* > OUT/tuning.ndjson    and so for OUT/test
    evaluate.py score OUT/tuning.ndjson OUT/test.ndjson
    evaluate.py grids REPORTS.ndjson…       what frame grids name; reports of --only frame-grid-shift

Thresholds are the extremes of the tuning split's files encoded once; the test split counts. Needs ffmpeg with
libmp3lame; of lame, shineenc, fdkaac, faac and gst-launch-1.0 with voaacenc, those that are missing are left out.
"""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

SECONDS, RATE_HZ = "10", "44100"


def lame(*options):
    return "mp3", lambda wav, out: ["lame", "-S", *options, wav, out]


def ffmpeg(ending, *options):
    return ending, lambda wav, out: ["ffmpeg", "-y", "-i", wav, *options, out]


def fdkaac(kbps):
    return "m4a", lambda wav, out: ["fdkaac", "-b", kbps, wav, "-o", out]


def voaac(kbps):
    """VisualOn's encoder, which old phones have, within GStreamer."""
    encode = ["wavparse", "!", "audioconvert", "!", "voaacenc", f"bitrate={kbps}000", "!", "mp4mux"]
    return "m4a", lambda wav, out: ["gst-launch-1.0", "-q", "filesrc", f"location={wav}", "!", *encode, "!",
                                    "filesink", f"location={out}"]


ONCE = {
    "lame64": lame("-b", "64"),
    "lame96": lame("-b", "96"),
    "lame128": lame("-b", "128"),
    "lame192": lame("-b", "192"),
    "lameV2": lame("-V", "2"),
    "lameV5": lame("-V", "5"),
    "ffmp3128": ffmpeg("mp3", "-b:a", "128k"),
    "shine128": ("mp3", lambda wav, out: ["shineenc", "-b", "128", wav, out]),
    "vo128": voaac("128"),
    "faac128": ("aac", lambda wav, out: ["faac", "-b", "128", "-o", out, wav]),
}
for kbps in ("64", "96", "128"):
    ONCE[f"ffaac{kbps}"] = ffmpeg("m4a", "-c:a", "aac", "-b:a", f"{kbps}k")
    ONCE[f"fdk{kbps}"] = fdkaac(kbps)

TWICE = [
    ("lame64", "lame128"), ("lame64", "lame192"), ("lame96", "lame128"), ("lame128", "lame128"),
    ("lame128", "lame192"), ("fdk64", "lame128"), ("ffaac64", "lame192"), ("ffaac64", "ffaac128"),
    ("ffaac96", "ffaac128"), ("fdk64", "fdk128"), ("lame64", "fdk128"), ("lame128", "fdk128"),
    ("ffaac64", "vo128"), ("lame64", "vo128"), ("lame128", "vo128"), ("lame64", "ffaac128"),
    ("lame128", "ffaac128"),
]

# Second encodings whose files are told apart here: those of one rate that a reader sees.
CLASSES = {
    "MP3 128": ("lame128", "ffmp3128", "shine128"),
    "MP3 192": ("lame192",),
    "AAC 128": ("ffaac128", "fdk128", "faac128", "vo128"),
}


def run(command):
    if shutil.which(command[0]):
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True)


def make(folder, clips):
    folder.mkdir(parents=True, exist_ok=True)
    for number, clip in enumerate(clips):
        wav, again = (str(folder / f"{name}.wav") for name in ("once", "again"))
        run(["ffmpeg", "-y", "-t", SECONDS, "-i", clip, "-ar", RATE_HZ, wav])
        name = f"{number:03}-{Path(clip).stem}".replace(".", "_")
        made = {}
        for encoder, (ending, command) in ONCE.items():
            made[encoder] = str(folder / f"{name}.{encoder}.{ending}")
            run(command(wav, made[encoder]))
        for first, second in TWICE:
            if not Path(made[first]).exists():
                continue
            # Frames of the second encoding do not fall on those of the first.
            cut = ["-af", "atrim=start_sample=441", "-ar", RATE_HZ]
            run(["ffmpeg", "-y", "-i", made[first], *cut, again])
            ending, command = ONCE[second]
            run(command(again, str(folder / f"{name}.{first}+{second}.{ending}")))
        for path in (wav, again):
            Path(path).unlink(missing_ok=True)


def beside_benford(digits):
    """Least distance (chi square by count) of first digits from N log10(1 + 1 / (s + d^q)), over q and s."""
    total = sum(digits)
    best = math.inf
    for q in (0.6 + 0.05 * i for i in range(41)):
        for s in (-0.6 + 0.1 * i for i in range(27)):
            law = [math.log10(1 + 1 / (s + d ** q)) for d in range(1, 10)]
            scale = total / sum(law)
            distance = sum((count - scale * p) ** 2 / (scale * p) for count, p in zip(digits, law))
            best = min(best, distance / total)
    return best


def statistics(frames):
    """Numbers of one file by name."""
    found = {
        "median gain": frames["global_gain"]["median"],
        "highest line, median": frames["highest_line_hz"]["median"],
        "highest line, 95 %": frames["highest_line_hz"]["p95"],
        "short windows": frames["windows"]["short"],
        "empty": frames["empty_share"],
    }
    counts, start = frames["global_gain_counts"], frames["global_gain_start"]
    total = sum(counts)
    odd = sum(count for gain, count in enumerate(counts, start) if gain % 2)
    around = [sum(counts[max(i - 1, 0):i + 2:2]) / 2 for i in range(len(counts))]
    found["odd gains"] = odd / total
    found["gains, irregularity"] = sum(abs(a - b) for a, b in zip(counts, around)) / total
    for key in ("no_scale_factors_share", "mid_side_share"):
        if key in frames:
            found[key] = frames[key]
    for key in ("unused_share", "borrowing_share", "mean_bytes"):
        if "reservoir" in frames:
            found[key] = frames["reservoir"][key]
    if "lines" in frames:
        lines, digits = frames["lines"]["counts"], frames["lines"]["first_digit_counts"]
        audible = sum(lines[1:]) + frames["lines"]["larger"]
        found["lines of 0"] = lines[0] / (lines[0] + audible)
        found["lines of 1"] = lines[1] / audible
        found["lines of 2 by those of 1 and 3"] = lines[2] / math.sqrt(max(lines[1] * lines[3], 1))
        found["first digits beside Benford's"] = beside_benford(digits)
    if "scale_factors" in frames:
        scales = frames["scale_factors"]["counts"]
        total, first = sum(scales), frames["scale_factors"]["first"]
        shares = [count / total for count in scales if count]
        found["scale factors of 0"] = scales[-first] / total if first <= 0 <= first + len(scales) - 1 else 0
        found["scale factors, entropy"] = -sum(share * math.log2(share) for share in shares)
        found["odd scale factors"] = sum(c for v, c in enumerate(scales, first) if v % 2) / total
    for key in ("zero", "noise"):
        if "bands" in frames:
            found[f"bands {key}"] = frames["bands"][key]
    return found


def read(reports):
    """Encodings and statistics of every report, one report a line."""
    rows = []
    for line in reports.read_text().splitlines():
        document = json.loads(line)
        frames = document["provenance"].get("quantisation")
        encodings = Path(document["source"]["path"]).name.split(".")[-2]
        if frames and "global_gain" in frames and "highest_line_hz" in frames:
            rows.append((encodings, statistics(frames)))
    return rows


def score(tuning, test):
    tuning, test = read(tuning), read(test)
    print("| last encoding | statistic | side | once, test: beyond | twice, test: beyond |")
    print("|---|---|---|---|---|")
    for name, last in CLASSES.items():
        def split(rows):
            rows = [row for row in rows if row[0].split("+")[-1] in last]
            return [[s for e, s in rows if ("+" in e) == twice] for twice in (False, True)]

        (known, _), (once, twice) = split(tuning), split(test)
        if not known or not once:
            continue
        for statistic in known[0]:
            for side, beyond in (("above", lambda v, lim: v > lim), ("below", lambda v, lim: v < lim)):
                values = [s[statistic] for s in known if statistic in s]
                limit = max(values) if side == "above" else min(values)
                hits = [sum(beyond(s[statistic], limit) for s in rows if statistic in s) for rows in (once, twice)]
                print(f"| {name} | {statistic} | {side} | {hits[0]} of {len(once)} | {hits[1]} of {len(twice)} |")


def grids(reports):
    """How often an earlier encoding of the first one's codec is named, and of another codec alone."""
    found = {}
    for line in "".join(path.read_text() for path in reports).splitlines():
        document = json.loads(line)
        encodings = Path(document["source"]["path"]).name.split(".")[-2]
        steps = document["provenance"]["compression_history"]
        named = {step["codec"] for step in steps if step["observed_in"] == "signal"}
        first, twice = encodings.partition("+")[:2]
        expected = "MP3" if ONCE[first][0] == "mp3" else "AAC"
        row = found.setdefault(encodings, [0, 0, 0])
        row[0] += 1
        row[1] += bool(twice) and expected in named
        row[2] += bool(named) and not (twice and expected in named)
    print("| encodings | files | first codec named | another alone |\n|---|---|---|---|")
    for encodings, (files, right, other) in sorted(found.items()):
        print(f"| {encodings} | {files} | {right} | {other} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), sys.argv[3:])
    elif sys.argv[1:2] == ["score"]:
        score(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["grids"]:
        grids([Path(path) for path in sys.argv[2:]])
    else:
        sys.exit(__doc__)
