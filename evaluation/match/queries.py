"""Recordings to archive and clips to look up, with their truth: what `evaluate.py` and `peers.py` ask about.

`make` fills a folder with `archived/` (recordings), `clips/` and `queries.ndjson`. A line of it is one clip:
the recording that it was cut from and where, or `null` if that recording is not archived. The same
arguments and the same ffmpeg give the same clips; no random number is without its seed.
"""

import array
import json
import math
import random
import shutil
import subprocess
import wave
from dataclasses import asdict, dataclass
from pathlib import Path

RATE = 16000
RECORDING_S = 240
SHORTEST_PIECE_S = 60


@dataclass(frozen=True)
class Case:
    """What happens to a clip, in this order: speed, room, filters, noise, codec."""

    name: str
    ending: str = "wav"
    encoder: tuple = ()
    speed: float = 1.0
    room: bool = False
    filters: str = ""
    snr_db: float | None = None


@dataclass(frozen=True)
class Material:
    """What is archived and what is foreign in each split; no talker and no package is in both splits."""

    splits: dict
    lengths_s: tuple
    cases: list


SPEECH = Material(
    {
        "tuning": (["asterisk-fr", "fillets-nl-big"], ["asterisk-ru"]),
        "test": (
            ["asterisk-en", "asterisk-es", "asterisk-it", "fillets-nl-small", "fillets-cs-small"],
            ["menardi-it", "fillets-cs-big"],
        ),
    },
    (10, 3),
    [
        Case("clean"),
        Case("opus-16k", "opus", ("-c:a", "libopus", "-b:a", "16k")),
        Case("amr-nb-12.2k", "amr", ("-c:a", "libopencore_amrnb", "-b:a", "12.2k"), filters="aresample=8000"),
        Case("pink-10db", snr_db=10),
        Case("pink-0db", snr_db=0),
        Case("300-3400hz", filters="highpass=f=300:p=2,lowpass=f=3400:p=2"),
        Case("speed+3%", speed=1.03),
        Case("speed-3%", speed=0.97),
        Case("re-recorded", room=True, filters="highpass=f=200:p=2,lowpass=f=6000:p=2", snr_db=25),
    ],
)
MUSIC = Material(
    {
        "tuning": (["singularity-music", "asc-music"], ["asterisk-moh-opsound-wav"]),
        "test": (
            ["wesnoth-1.16-music", "warzone2100-music", "hyperrogue-music"],
            ["drascula-music", "planetblupi-music-ogg"],
        ),
    },
    (10,),
    [
        Case("clean"),
        Case("opus-64k", "opus", ("-c:a", "libopus", "-b:a", "64k")),
        Case("mp3-64k", "mp3", ("-c:a", "libmp3lame", "-b:a", "64k")),
        Case("aac-64k", "m4a", ("-c:a", "aac", "-b:a", "64k")),
        Case("opus-16k", "opus", ("-c:a", "libopus", "-b:a", "16k")),
    ],
)


@dataclass(frozen=True)
class Query:
    clip: str
    case: str
    length_s: int
    recording: str | None
    start_s: float
    speed: float


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


def duration_s(path):
    """Zero for a file that ffprobe cannot read."""
    probe = ["ffprobe", "-v", "quiet", "-show_entries", "format=duration", "-of", "csv=p=0", path]
    text = subprocess.run(probe, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    return float(text) if text else 0.0


def recordings(takes, talker, folder, least_s=RECORDING_S, once=False):
    """Takes of a talker in random order with pauses, in recordings of four minutes. A rest of less than
    `least_s` is left out; with `once` takes with the same samples are used once."""
    files = sorted((takes / talker).glob("*.wav"))
    if once:
        files = list({read(path).tobytes(): path for path in files}.values())
    random.Random(talker).shuffle(files)
    rng, made, samples = random.Random(f"{talker} pauses"), [], array.array("h")
    for number, file in enumerate(files, 1):
        samples.extend(read(file))
        pause = int(RATE * rng.uniform(0.2, 0.8))
        samples.extend(array.array("h", [rng.randint(-8, 8) for _ in range(pause)]))
        needed_s = least_s if number == len(files) else RECORDING_S
        if len(samples) >= needed_s * RATE:
            path = folder / f"{talker}-{len(made)}.wav"
            write(path, samples)
            made.append(path)
            samples = array.array("h")
    return made


def pieces(packages, package, folder):
    """Copies of a package's pieces of music of a minute or more, in random order; one of each name."""
    endings = (".ogg", ".opus", ".mp3", ".wav")
    files = sorted(p for p in (packages / package).rglob("*") if p.suffix in endings and p.is_file())
    files = [p for p in {p.name: p for p in files}.values() if duration_s(p) >= SHORTEST_PIECE_S]
    random.Random(package).shuffle(files)
    return [Path(shutil.copyfile(p, folder / f"{package}-{p.name.replace(' ', '_')}")) for p in files]


def impulse(path, rng):
    """A made room: a direct sound, and 2.5 ms later a tail of the same energy, T60 0.3 to 0.6 s."""
    frames = int(RATE * rng.uniform(0.3, 0.6))
    tail = [rng.gauss(0, 1) * 10 ** (-3 * i / frames) for i in range(frames)]
    energy = sum(x * x for x in tail)
    tail = [x / math.sqrt(energy) for x in tail]
    response = [1.0] + [0.0] * (RATE // 400) + tail
    write(path, array.array("h", (int(16000 * max(-2.0, min(2.0, x))) for x in response)))


def noisy(samples, snr_db, seed, scratch):
    noise_path = scratch / "pink.wav"
    seconds = len(samples) / RATE
    ffmpeg("-f", "lavfi", "-i", f"anoisesrc=c=pink:r={RATE}:d={seconds}:seed={seed}:a=0.3",
           "-c:a", "pcm_s16le", noise_path)
    noise = read(noise_path)[: len(samples)]
    gain = rms(samples) / max(rms(noise), 1.0) * 10 ** (-snr_db / 20)
    # Both are lowered so that nothing is clipped.
    return array.array("h", (max(-32768, min(32767, int(0.4 * (x + gain * y)))) for x, y in zip(samples, noise)))


def cut(recording, lasts_s, length_s, case, number, folder):
    """Makes a clip of `length_s` at a random place of a recording; its path, and where it starts there."""
    rng = random.Random(f"{recording.name} {length_s} {case.name} {number}")
    source_s = length_s * case.speed
    start_s = rng.randrange(int((lasts_s - source_s - 1) * RATE)) / RATE
    path = folder / f"{recording.stem}-{length_s}s-{case.name}-{number}.{case.ending}"
    if path.exists():
        return path, start_s
    part = ["-ss", f"{start_s:.6f}", "-t", source_s, "-i", recording]
    filters = [f"asetrate={RATE * case.speed:.0f},aresample={RATE}"] if case.speed != 1 else []
    if case.room:
        response = folder / "room.wav"
        impulse(response, rng)
        part += ["-i", response]
        filters.append("volume=0.3[dry];[dry][1]afir")
    filters += [case.filters] if case.filters else []
    part += ["-filter_complex", ",".join(filters)] if filters else ["-map", "0:a:0"]
    if case.snr_db is None:
        ffmpeg(*part, "-map_metadata", -1, *case.encoder, path)
    else:
        heard = folder / "heard.wav"
        ffmpeg(*part, "-c:a", "pcm_s16le", heard)
        write(path, noisy(read(heard), case.snr_db, number, folder))
    return path, start_s


def make(sound, out, split, per_case, is_music):
    """Fills `out`. `sound` holds talkers' takes, or packages of music."""
    material, record = (MUSIC, pieces) if is_music else (SPEECH, recordings)
    folders = {name: out / name for name in ("archived", "foreign", "clips")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    archived, foreign = [], []
    own, others = material.splits[split]
    for name in own + others:
        made = record(sound, name, out)
        # The last third of an archived talker or package stays out: the hardest strangers.
        kept = max(1, 2 * len(made) // 3) if name in own else 0
        archived += [path.rename(folders["archived"] / path.name) for path in made[:kept]]
        foreign += [path.rename(folders["foreign"] / path.name) for path in made[kept:]]
    lasts_s = {path: duration_s(path) for path in archived + foreign}
    queries = []
    for length_s in material.lengths_s:
        for case in material.cases:
            for kind, choices in (("archived", archived), ("foreign", foreign)):
                rng = random.Random(f"{split} {length_s} {case.name} {kind}")
                for number in range(per_case):
                    recording = rng.choice(choices)
                    path, start_s = cut(recording, lasts_s[recording], length_s, case, number, folders["clips"])
                    name = recording.name if kind == "archived" else None
                    queries.append(Query(path.name, case.name, length_s, name, start_s, case.speed))
    with open(out / "queries.ndjson", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(query)) + "\n" for query in queries)


def read_queries(out):
    with open(out / "queries.ndjson", encoding="utf-8") as file:
        return [Query(**json.loads(line)) for line in file]
