#!/usr/bin/env python3
"""Holds the relations that `spliceprint scan` names against planted ones.

usage: evaluate.py PROGRAM TAKES OUT

TAKES holds a folder of WAV files (16 kHz, mono) for each talker, as `evaluation/compare/speech.sh` makes
them. OUT gets a folder of recordings of which a third have a relative in it: an exact copy, another
encoding, an excerpt, an edit, an overlap. No take is in two recordings, so that nothing else is related.
Needs ffmpeg with libopus and libmp3lame. The same takes and ffmpeg give the same folder.
"""

import array
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "match"))
from queries import RATE, ffmpeg, read, write  # noqa: E402

TALKERS = ["fillets-nl-small", "fillets-nl-big", "fillets-cs-small", "fillets-cs-big"]
RECORDINGS, RECORDING_S = 160, 40
PLACES_S = 0.1
ENCODERS = {
    "opus": ["-c:a", "libopus", "-b:a", "24k"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "64k"],
    "m4a": ["-c:a", "aac", "-b:a", "64k"],
    "wav": ["-c:a", "pcm_s16le"],
}


def recordings(takes):
    """Takes of one talker each, in random order with pauses of faint noise."""
    made = []
    for talker in TALKERS:
        files = sorted((takes / talker).glob("*.wav"))
        random.Random(talker).shuffle(files)
        rng, samples = random.Random(f"{talker} pauses"), array.array("h")
        for file in files:
            samples.extend(read(file))
            pause = int(RATE * rng.uniform(0.2, 0.8))
            samples.extend(array.array("h", [rng.randint(-8, 8) for _ in range(pause)]))
            if len(samples) >= RECORDING_S * RATE:
                made.append((f"{talker}-{len(made):03}", samples))
                samples = array.array("h")
    random.Random("which").shuffle(made)
    return made[:RECORDINGS]


def relative(kind, samples, other, rng):
    """A relative's samples, how it is related, and the first and last moment of the source in it."""
    at = lambda s: int(s * RATE)
    length = len(samples) / RATE
    if kind == "same":
        return samples, "same", (0.0, length), None
    if kind in ("excerpt", "fast", "slow"):
        start, seconds = rng.uniform(3, 12), rng.uniform(10, 20)
        part = samples[at(start) : at(start + seconds)]
        change = {"fast": 1.03, "slow": 0.98}.get(kind)
        return part, "excerpt", (start, start + seconds), change
    if kind == "overlap":
        seconds = rng.uniform(12, 20)
        part = samples[len(samples) - at(seconds) :] + other[: at(15)]
        return part, "overlap", (length - seconds, length), None
    a, b, c, d = rng.uniform(1, 3), rng.uniform(11, 13), rng.uniform(16, 20), rng.uniform(28, 32)
    pieces = {
        "cut": [(a, b), (c, d)],
        "moved": [(c, d), (a, b)],
        "cut twice": [(a, a + 6), (b, b + 5), (c, d)],
    }[kind]
    part = array.array("h")
    for start, end in pieces:
        part.extend(samples[at(start) : at(end)])
    return part, "edit", (a, d), None


def plant(takes, folder):
    """Fills the folder; the pairs that are related, with kind and places, and the exact copies."""
    rng, pairs, copies = random.Random("relatives"), {}, set()
    made = recordings(takes)
    kinds = ["copy", "same", "excerpt", "fast", "slow", "overlap", "cut", "moved", "cut twice"]
    strangers = [samples for _, samples in made[-20:]]
    for number, (name, samples) in enumerate(made):
        ending = rng.choice(list(ENCODERS))
        encode(samples, folder / f"{name}.{ending}", ENCODERS[ending], None)
        if number >= 60:
            continue
        kind = kinds[number % len(kinds)]
        if kind == "copy":
            shutil.copy(folder / f"{name}.{ending}", folder / f"{name}-copy.{ending}")
            copies.add(frozenset((f"{name}.{ending}", f"{name}-copy.{ending}")))
            continue
        other = strangers.pop() if kind == "overlap" and strangers else None
        if kind == "overlap" and other is None:
            continue
        part, relation, places, change = relative(kind, samples, other, rng)
        second = rng.choice([e for e in ENCODERS if e != ending])
        encode(part, folder / f"{name}-{kind.replace(' ', '-')}.{second}", ENCODERS[second], change)
        pair = frozenset((f"{name}.{ending}", f"{name}-{kind.replace(' ', '-')}.{second}"))
        pairs[pair] = (relation, places)
        if kind == "overlap":
            # Its second half opens one of the last recordings, which comes later.
            owner = next(n for n, s in made if s is other)
            pairs[(name, kind, owner)] = None
    return pairs, copies


def encode(samples, path, encoder, speed):
    if path.exists():
        return
    plain = path.parent.parent / "plain.wav"
    write(plain, samples)
    filters = ["-af", f"asetrate={RATE * speed:.0f},aresample={RATE}"] if speed else []
    ffmpeg("-i", plain, *filters, *encoder, path)


def main():
    program, takes, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    folder = out / "folder"
    folder.mkdir(parents=True, exist_ok=True)
    pairs, copies = plant(takes, folder)
    # An overlap's other half: the file is known only now that all are there.
    for key in [key for key in pairs if isinstance(key, tuple)]:
        del pairs[key]
        name, _, owner = key
        clip = next(f.name for f in folder.iterdir() if f.name.startswith(f"{name}-overlap."))
        source = next(f.name for f in folder.iterdir() if f.stem == owner)
        pairs[frozenset((clip, source))] = ("overlap", (0.0, 15.0))
    shutil.rmtree(out / "scan", ignore_errors=True)
    subprocess.run(
        [program, "scan", folder, "--out-dir", out / "scan", "--profile", "fast"], check=True)
    lines = (out / "scan" / "scan.ndjson").read_text().splitlines()
    summary = json.loads(lines[-1])
    name = lambda file: Path(file["path"]).name
    found = {
        frozenset((name(r["a"]), name(r["b"]))): r
        for cluster in summary["clusters"] for r in cluster["relations"]
    }
    groups = {frozenset(name(m) for m in group["members"]) for group in summary["copies"]}
    right_kind = right_place = 0
    for pair, (kind, (start, end)) in pairs.items():
        relation = found.get(pair)
        if relation is None:
            print("missing:", *sorted(pair))
            continue
        right_kind += relation["kind"] == kind
        error = max(abs(relation["b_start_s"] - start), abs(relation["b_end_s"] - end))
        right_place += error <= PLACES_S
        if relation["kind"] != kind or error > PLACES_S:
            print(f"other: {sorted(pair)} is {relation['kind']}, not {kind}; {error:.2f} s off")
    invented = [pair for pair in found if pair not in pairs]
    for pair in invented:
        print("invented:", *sorted(pair), found[pair]["kind"], found[pair]["score"])
    seen = sum(pair in found for pair in pairs)
    print(f"{summary['files']} files; planted {len(pairs)}: found {seen}, of the planted kind {right_kind}, "
          f"places within {PLACES_S} s {right_place}; invented {len(invented)}; "
          f"exact copies {len(groups & copies)} of {len(copies)}, invented {len(groups - copies)}")


main()
