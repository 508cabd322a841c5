#!/usr/bin/env python3
"""Measures `spliceprint match`: recall of clips with known sources, and false matches of strangers.

usage: evaluate.py PROGRAM SOUND OUT [--music] [--split tuning|test] [--per-case N] [--exhaustive] [--made]
                   [--archive ARCHIVE]

SOUND is the folder that `evaluation/compare/speech.sh` fills (with `--more` for music). OUT/SPLIT, or
OUT/music-SPLIT, gets recordings, archive, clips, queries with their truth, answers and the names of misses.
Needs ffmpeg with libopus, libopencore_amrnb and libmp3lame.
"""

import argparse
import json
import resource
import subprocess
import time
from pathlib import Path

from queries import make, read_queries
from scores import Answer, Judge, columns, table, write_answers

# The score from which `match` names a recording; below it strangers are named too.
MATCHED, LEAST = 12.0, "1"


def ask(program, archive, clips, more):
    """Answers as JSON documents, and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [program, "match", *clips, "--archive", archive, "--json", "--quiet", "--no-external", *more],
        stdout=subprocess.PIPE, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    documents = [json.loads(run.stdout)] if len(clips) == 1 else [json.loads(x) for x in run.stdout.splitlines()]
    return documents, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def answers(program, archive, clip_folder, asked, more):
    """Answers to the queries of one case. Where nothing is named, the best score below the default is asked
    for; CPU time is that of the first asking."""
    documents, cpu_s = ask(program, archive, [clip_folder / query.clip for query in asked], more)
    silent = [q.clip for q, d in zip(asked, documents) if not d["matches"] and "inconclusive" not in d]
    scored = {}
    if silent:
        clips = [clip_folder / clip for clip in silent]
        scored = dict(zip(silent, ask(program, archive, clips, [*more, "--min-score", LEAST])[0]))
    for query, document in zip(asked, documents):
        best = next(iter(scored.get(query.clip, document)["matches"]), None)
        at = best["segments"][0] if best else None
        yield Answer(
            query.clip, bool(document["matches"]), best["score"] if best else 0.0,
            Path(best["path"]).name if best else None, at["b_start_s"] - at["a_start_s"] if at else None,
            cpu_s / len(asked), "inconclusive" in document)


def lines(program, archive, name, queries, more, out):
    """Asks one case after the other and gives the table's line of each; files are written as it goes."""
    judge, all_answers = Judge(program, out), []
    for (length_s, case), asked in columns(queries).items():
        answered = list(zip(asked, answers(program, archive, out / "clips", asked, more)))
        all_answers += [a for _, a in answered]
        write_answers(out, name, all_answers)
        members = [(q, a) for q, a in answered if q.recording]
        strangers = [(q, a) for q, a in answered if not q.recording]
        right = [a.found and judge.is_right(q, a) for q, a in members]
        elsewhere = sum(a.found and judge.names_recording(q, a) for q, a in members) - sum(right)
        matched = [(q, a) for q, a in strangers if a.found]
        false = [a for q, a in matched if judge.is_false(q, a)]
        highest = max((a.score for _, a in strangers if a.score < MATCHED), default=0.0)
        with open(out / "misses.txt", "a", encoding="utf-8") as file:
            file.writelines(f"missed {q.clip}\n" for (q, _), ok in zip(members, right) if not ok)
            file.writelines(f"stranger {a.clip} {a.recording} {a.score}\n" for a in false)
        cost = sum(a.cpu_s for _, a in answered) / len(answered)
        yield [case, length_s, len(members), sum(right), elsewhere, sum(a.inconclusive for _, a in members),
               len(strangers), len(matched) - len(false), len(false), f"{highest:.1f}", f"{cost:.3f}"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("sound", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--music", action="store_true")
    parser.add_argument("--split", choices=("tuning", "test"), default="test")
    parser.add_argument("--per-case", type=int, default=40)
    parser.add_argument("--exhaustive", action="store_true")
    parser.add_argument("--made", action="store_true", help="ask what an earlier run has made")
    parser.add_argument("--archive", type=Path, help="ask this one, such as a long one with the same recordings")
    options = parser.parse_args()
    more = ["--exhaustive"] if options.exhaustive else []
    out = options.out / (f"music-{options.split}" if options.music else options.split)
    sound = options.sound / ("packages" if options.music else "takes")
    if not options.made:
        make(sound, out, options.split, options.per_case, options.music)

    archive, queries = options.archive or out / "archive", read_queries(out)
    (out / "misses.txt").write_text("")
    started = time.monotonic()
    subprocess.run([options.program, "archive", "add", archive, out / "archived"], check=True)
    print(f"added in {time.monotonic() - started:.1f} s")
    subprocess.run([options.program, "archive", "stats", archive], check=True)

    name = "spliceprint" + (" --exhaustive" if options.exhaustive else "")
    table(["case", "s", "clips", "found", "elsewhere in it", "inconclusive", "strangers", "same take", "matched",
           "highest score below 12", "CPU s"], lines(options.program, archive, name, queries, more, out))


if __name__ == "__main__":
    main()
