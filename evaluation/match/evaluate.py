#!/usr/bin/env python3
"""Measures `spliceprint match`: recall of clips with known sources, and false matches of strangers.

usage: evaluate.py PROGRAM TAKES OUT [--split tuning|test] [--per-case N]
       [--min-score X] [--exhaustive]

TAKES holds a folder of WAV files (16 kHz, mono) for each talker, as `evaluation/compare/speech.sh` makes
them. OUT gets recordings, archive, clips and the names of misses. Needs ffmpeg with libopus and
libopencore_amrnb. The same arguments give the same clips.
"""

import argparse
import array
import json
import math
import random
import resource
import subprocess
import time
import wave
from pathlib import Path

RATE = 16000
# Archived talkers and those of whom nothing is archived; no talker is in both splits.
SPLITS = {
    "tuning": (["asterisk-fr", "fillets-nl-big"], ["asterisk-ru"]),
    "test": (
        ["asterisk-en", "asterisk-es", "asterisk-it", "fillets-nl-small", "fillets-cs-small"],
        ["menardi-it", "fillets-cs-big"],
    ),
}
RECORDING_S = 240
LENGTHS_S = (10, 3)
# Name, ffmpeg filter, speed, ending of the file and its encoder.
CASES = [
    ("clean", None, 1.0, "wav", []),
    ("opus-16k", None, 1.0, "opus", ["-c:a", "libopus", "-b:a", "16k"]),
    ("amr-nb-12.2k", "aresample=8000", 1.0, "amr", ["-c:a", "libopencore_amrnb", "-b:a", "12.2k"]),
    ("pink-10db", 10, 1.0, "wav", []),
    ("pink-0db", 0, 1.0, "wav", []),
    ("300-3400hz", "highpass=f=300:p=2,lowpass=f=3400:p=2", 1.0, "wav", []),
    ("speed+3%", "asetrate=16480,aresample=16000", 1.03, "wav", []),
    ("speed-3%", "asetrate=15520,aresample=16000", 0.97, "wav", []),
]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def read(path):
    with wave.open(str(path)) as file:
        return array.array("h", file.readframes(file.getnframes()))


def write(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def rms(samples):
    return math.sqrt(sum(x * x for x in samples) / max(len(samples), 1))


def recordings(takes, talker, folder):
    """Takes of a talker in random order with pauses, in recordings of four minutes."""
    files = sorted((takes / talker).glob("*.wav"))
    random.Random(talker).shuffle(files)
    rng, made, samples = random.Random(f"{talker} pauses"), [], array.array("h")
    for file in files:
        samples.extend(read(file))
        pause = int(RATE * rng.uniform(0.2, 0.8))
        samples.extend(array.array("h", [rng.randint(-8, 8) for _ in range(pause)]))
        if len(samples) >= RECORDING_S * RATE:
            path = folder / f"{talker}-{len(made)}.wav"
            write(path, samples)
            made.append(path)
            samples = array.array("h")
    return made


def noisy(samples, snr_db, seed, scratch):
    noise_path = scratch / "pink.wav"
    seconds = len(samples) / RATE
    ffmpeg("-f", "lavfi", "-i", f"anoisesrc=c=pink:r={RATE}:d={seconds}:seed={seed}:a=0.3",
           "-c:a", "pcm_s16le", noise_path)
    noise = read(noise_path)[: len(samples)]
    gain = rms(samples) / max(rms(noise), 1.0) * 10 ** (-snr_db / 20)
    # Both are lowered so that nothing is clipped.
    return array.array("h", (max(-32768, min(32767, int(0.4 * (x + gain * y)))) for x, y in zip(samples, noise)))


def clip(recording, sound, length_s, case, number, folder):
    """Cuts a clip; its path, and where it starts in the recording."""
    name, change, speed, ending, encoder = case
    rng = random.Random(f"{recording.name} {length_s} {name} {number}")
    source_s = length_s * speed
    start = rng.randrange(len(sound) - int(source_s * RATE) - RATE)
    path = folder / f"{recording.stem}-{length_s}s-{name}-{number}.{ending}"
    if not path.exists():
        samples = sound[start : start + int(source_s * RATE)]
        if isinstance(change, int):
            samples = noisy(samples, change, number, folder)
        plain = folder / "plain.wav"
        write(plain, samples)
        filters = ["-af", change] if isinstance(change, str) else []
        ffmpeg("-i", plain, *filters, "-ac", 1, *encoder, path)
    return path, start / RATE


def ask(program, archive, clips, more):
    """Answers, and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [program, "match", *clips, "--archive", archive, "--json", "--quiet", "--no-external", *more],
        stdout=subprocess.PIPE, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answers = json.loads(run.stdout) if len(clips) == 1 else None
    answers = [answers] if answers else [json.loads(line) for line in run.stdout.splitlines()]
    return answers, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def is_right(answer, recording, start_s, speed):
    if not answer["matches"]:
        return False
    best = answer["matches"][0]
    at = best["segments"][0]
    return (best["path"].endswith("/" + recording.name)
            and abs(at["b_start_s"] - start_s - speed * at["a_start_s"]) < 0.5)


def is_same_take(program, clip, answer):
    """Whether even the waveforms of a clip and of its match agree: then it was no stranger."""
    pair = [program, "compare", clip, answer["matches"][0]["path"], "--json", "--quiet"]
    run = subprocess.run(pair, stdout=subprocess.PIPE, check=True, text=True)
    return any("residual_db" in segment for segment in json.loads(run.stdout)["segments"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("takes", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--per-case", type=int, default=40)
    parser.add_argument("--exhaustive", action="store_true")
    parser.add_argument("--min-score")
    options = parser.parse_args()
    more = ["--exhaustive"] if options.exhaustive else []
    more += ["--min-score", options.min_score] if options.min_score else []
    out = options.out / options.split
    archived_folder, foreign_folder, clip_folder = (out / n for n in ("archived", "foreign", "clips"))
    for folder in (archived_folder, foreign_folder, clip_folder):
        folder.mkdir(parents=True, exist_ok=True)
    own_talkers, foreign_talkers = SPLITS[options.split]
    archived, foreign = [], []
    for talker in own_talkers:
        made = recordings(options.takes, talker, out)
        # The last third of a talker's recordings stays out of the archive: its hardest strangers.
        kept = max(1, 2 * len(made) // 3)
        archived += [path.rename(archived_folder / path.name) for path in made[:kept]]
        foreign += [path.rename(foreign_folder / path.name) for path in made[kept:]]
    for talker in foreign_talkers:
        made = recordings(options.takes, talker, out)
        foreign += [path.rename(foreign_folder / path.name) for path in made]

    archive = out / "archive"
    started = time.monotonic()
    subprocess.run([options.program, "archive", "add", archive, archived_folder], check=True)
    print(f"added in {time.monotonic() - started:.1f} s")
    subprocess.run([options.program, "archive", "stats", archive], check=True)

    rng = random.Random(options.split)
    sounds = {path: read(path) for path in archived + foreign}
    print(f"\n{'case':14} {'s':>3} {'clips':>5} {'found':>5} {'inconclusive':>12} {'strangers':>9} "
          f"{'same take':>9} {'matched':>7} {'their best':>10} {'CPU s':>6}")
    for length_s in LENGTHS_S:
        for case in CASES:
            chosen = [rng.choice(archived) for _ in range(options.per_case)]
            made = [clip(r, sounds[r], length_s, case, n, clip_folder) for n, r in enumerate(chosen)]
            answers, cpu_s = ask(options.program, archive, [p for p, _ in made], more)
            right = [is_right(a, r, start_s, case[2])
                     for a, r, (_, start_s) in zip(answers, chosen, made)]
            strange = [rng.choice(foreign) for _ in range(options.per_case)]
            others = [clip(r, sounds[r], length_s, case, n, clip_folder)[0] for n, r in enumerate(strange)]
            theirs, _ = ask(options.program, archive, others, more)
            pairs = [(p, a) for p, a in zip(others, theirs) if a["matches"]]
            false = [(p, a) for p, a in pairs if not is_same_take(options.program, p, a)]
            highest = max((a["matches"][0]["score"] for _, a in false), default=0.0)
            unsaid = sum("inconclusive" in a for a in answers)
            print(f"{case[0]:14} {length_s:3} {len(right):5} {sum(right):5} {unsaid:12} {len(theirs):9} "
                  f"{len(pairs) - len(false):9} {len(false):7} {highest:10.1f} {cpu_s / len(right):6.3f}",
                  flush=True)
            missed = [p.name for (p, _), ok in zip(made, right) if not ok]
            with open(out / "misses.txt", "a") as file:
                file.writelines(f"missed {name}\n" for name in missed)
                file.writelines(f"stranger {path.name}\n" for path, _ in false)


if __name__ == "__main__":
    main()
