"""Peers run as programs in environments of their own: decoded audio, tasks and answers, and CPU time."""

import hashlib
import json
import os
import resource
import subprocess
import sys

from peer_adapters import WORK


def decode(path):
    """A file as 16 kHz mono WAV, and the CPU seconds of making it. Kept between runs."""
    stamp = f"{path.resolve()} {path.stat().st_size} {path.stat().st_mtime_ns}"
    wav = WORK / "decoded" / f"{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.wav"
    cost = wav.with_suffix(".cost")
    if not cost.exists():
        wav.parent.mkdir(parents=True, exist_ok=True)
        before = cpu_s()
        subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(path), "-map", "0:a:0", "-ac", "1",
             "-ar", "16000", "-c:a", "pcm_s16le", "-bitexact", str(wav)],
            check=True,
        )
        cost.write_text(str(cpu_s() - before))
    return str(wav), float(cost.read_text())


def cpu_s():
    """CPU time of this process and of the programs it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usages)


def ask_worker(name, environment, script, tasks):
    """Answers of `SCRIPT worker NAME`, run in an environment that peers.sh made; none if it is not there."""
    python = WORK / "venv" / environment / "bin/python"
    if not python.exists():
        print(f"{name}: not installed, left out", file=sys.stderr)
        return []
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    with open(WORK / f"{name}.log", "wb") as log:
        done = subprocess.run(
            ["nice", str(python), script, "worker", name], check=False,
            input="\n".join(map(json.dumps, tasks)),
            stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **single},
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def answers_file():
    """Where a worker writes its answers. Its stdout becomes stderr, since peers print there."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers
