#!/usr/bin/env python3
"""What becomes of `spliceprint scan --archive` when it is killed, when the disk is full, among many files.

usage: robust.py kill PROGRAM FOLDER WORK [COUNT]   kills it COUNT times (100), each at a random moment
       robust.py full PROGRAM FOLDER SMALL WORK     SMALL: a folder on a file system too small for it
       robust.py many PROGRAM WORK [COUNT]          COUNT short files (20,000): memory and time

FOLDER holds recordings, some of them related. For `full` as root:
mount -t tmpfs -o size=300k tmpfs SMALL
Exit status 1 if a check fails.
"""

import array
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
import wave
from pathlib import Path


def call(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)


def scan(program, folder, out, archive, *more):
    return [program, "scan", folder, "--out-dir", out, "--archive", archive, "--profile", "fast", *more]


def state(program, out, archive):
    """What a scan came to: records, relations, archived recordings; without what depends on the order of threads."""
    lines = [json.loads(line) for line in (out / "scan.ndjson").read_text().splitlines()]
    files = [(x["source"]["path"], x["source"].get("pcm_sha256"), x["status"]) for x in lines if x["kind"] == "file"]
    clusters = next(x for x in lines if x["kind"] == "summary")["clusters"]
    relations = sorted((r["a"]["path"], r["b"]["path"], r["kind"], r["score"]) for c in clusters for r in c["relations"])
    listed = [json.loads(line) for line in call(program, "archive", "list", archive, "--json").stdout.splitlines()]
    return sorted(files), relations, sorted(clip["sha256"] for clip in listed)


def kill(program, folder, work, count=100):
    work = Path(work)
    out, archive = work / "out", work / "archive"
    started = time.monotonic()
    subprocess.run(scan(program, folder, work / "whole", work / "whole-archive"), check=True, capture_output=True)
    length_s = time.monotonic() - started
    whole = state(program, work / "whole", work / "whole-archive")
    print(f"{len(whole[0])} files, {len(whole[1])} relations, {length_s:.1f} s")
    rng, killed, wrong = random.Random(5), 0, 0
    while killed < int(count):
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(archive, ignore_errors=True)
        for _ in range(rng.randint(1, 4)):
            process = subprocess.Popen(
                scan(program, folder, out, archive, "--resume"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, length_s))
            killed += process.poll() is None
            process.kill()
            process.wait()
            if (archive / "archive.json").exists() and call(program, "archive", "verify", archive).returncode:
                wrong += 1
                print("the archive is damaged after a kill")
        resumed = subprocess.run(scan(program, folder, out, archive, "--resume"), capture_output=True, text=True)
        verified = call(program, "archive", "verify", archive)
        if resumed.returncode or verified.returncode or state(program, out, archive) != whole:
            wrong += 1
            print("not as without a kill:", resumed.stderr[-300:], verified.stdout)
    print(f"{killed} kills, {wrong} wrong")
    return wrong


def full(program, folder, small, work):
    small, work = Path(small), Path(work)
    stopped = subprocess.run(scan(program, folder, work / "out", small / "archive"), capture_output=True, text=True)
    verified = call(program, "archive", "verify", small / "archive")
    print(f"exit {stopped.returncode}: {stopped.stderr.strip()[-300:]}\nverify: exit {verified.returncode}")
    # The same archive, taken to where there is room, is gone on with.
    shutil.copytree(small / "archive", work / "archive")
    resumed = subprocess.run(scan(program, folder, work / "out", work / "archive", "--resume"), capture_output=True)
    subprocess.run(scan(program, folder, work / "whole", work / "whole-archive"), capture_output=True)
    same = state(program, work / "out", work / "archive") == state(program, work / "whole", work / "whole-archive")
    print(f"gone on: exit {resumed.returncode}, {'the same' if same else 'not the same'} as with room")
    return not (stopped.returncode == 1 and verified.returncode == 0 and same)


def many(program, work, count=20_000):
    folder = Path(work) / "in"
    folder.mkdir(parents=True)
    rng = random.Random(7)
    noise = array.array("h", (rng.randint(-3000, 3000) for _ in range(80_000)))
    peaks = []
    for n in range(int(count)):
        with wave.open(str(folder / f"{n:05}.wav"), "wb") as out:
            out.setparams((1, 2, 8000, 0, "NONE", ""))
            start = rng.randrange(70_000)
            out.writeframes(noise[start:start + 2000 + n % 4000].tobytes())
        if n + 1 in (int(count) // 10, int(count)):
            started, out = time.monotonic(), Path(work) / f"out-{n}"
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            process = subprocess.Popen(
                scan(program, folder, out, Path(work) / f"archive-{n}"), stdout=subprocess.DEVNULL)
            peaks.append(peak_kib(process))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{n + 1} files: exit {process.returncode}, {peaks[-1]} KiB, {cpu_s:.1f} s of CPU time,"
                  f" {time.monotonic() - started:.1f} s")
    print(f"{(peaks[1] - peaks[0]) / (0.9 * int(count)):.2f} KiB a file")
    return peaks[1] > 2 * peaks[0]


def peak_kib(process):
    """Most memory of a process, which is waited for."""
    peak = 0
    while process.poll() is None:
        try:
            text = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        peak = max([peak, *(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM"))])
        time.sleep(0.05)
    process.wait()
    return peak


def main():
    tests = {"kill": kill, "full": full, "many": many}
    if len(sys.argv) < 4 or sys.argv[1] not in tests:
        sys.exit(__doc__)
    program = os.path.abspath(sys.argv[2])
    sys.exit(1 if tests[sys.argv[1]](program, *sys.argv[3:]) else 0)


if __name__ == "__main__":
    main()
