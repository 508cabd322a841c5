#!/usr/bin/env python3
"""Holds `spliceprint match` against a join in DuckDB over exported Parquet tables.

usage: join.py PROGRAM SPLIT [--votes N]

SPLIT is a folder that evaluate.py has made, such as OUT/test. Its archive and an archive made of its
undistorted, Opus and AMR clips of 10 s are exported. As `match` does, the join looks at a pair twice. It pairs
words that agree in the bits which the archive's index looks at, or in all of them but one, and counts them by
recording and place: where as many votes as --votes fall on 16 neighbouring places, the words of the clip are
held against those of the recording there. Words agree from -1 (all bits differ) to 1 (none does); a stretch's
agreement is their sum over the square root of their number, which does not grow with length where
they agree by chance. A pair is found where that of its best stretch reaches --agreement. Pairs that only one of
both finds are listed with the score that `match` gives them; it names those from 12 on.
Needs the Python package duckdb.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import duckdb

CASES = ["clean", "opus-16k", "amr-nb-12.2k"]
# The first 14 bits that make an index key; an archive of under 130,000 postings looks at no more.
BITS = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27]
MASK = sum(1 << bit for bit in BITS)
# Words between the places at which a stretch may begin and end: 0.4 s.
PART = 25
# A word is looked up as it is and with each of these bits turned.
TURNED = [0] + [1 << bit for bit in BITS]
PAIRS = f"""
WITH votes AS (
    SELECT clip.clip_id AS clip, archived.clip_id AS recording,
           (archived.position::BIGINT - clip.position) // 8 AS cell, count(*) AS votes
    FROM '{{clips}}/words.parquet' AS clip
    CROSS JOIN (SELECT unnest({TURNED}::UINTEGER[]) AS bit) AS turned
    JOIN '{{archive}}/words.parquet' AS archived
         ON xor(clip.word & {MASK}, turned.bit) = archived.word & {MASK}
    WHERE archived.indexed AND NOT clip.still
    GROUP BY ALL
), places AS (
    SELECT one.clip, one.recording, one.cell, one.votes + coalesce(next.votes, 0) AS votes
    FROM votes AS one
    LEFT JOIN votes AS next ON one.clip = next.clip AND one.recording = next.recording
                           AND next.cell = one.cell + 1
), pairs AS (
    SELECT DISTINCT clip, recording, unnest(range(8 * cell, 8 * cell + 16)) AS lag
    FROM places
    WHERE votes >= {{votes}}
), parts AS (
    SELECT clip, recording, lag, words.position // {PART} AS part, count(*) AS words,
           sum(1 - bit_count(xor(words.word, archived.word)) / 16) AS agreement
    FROM pairs
    JOIN '{{clips}}/words.parquet' AS words ON words.clip_id = clip
    JOIN '{{archive}}/words.parquet' AS archived
         ON archived.clip_id = recording AND archived.position = words.position + lag
    WHERE NOT words.still
    GROUP BY ALL
), sums AS (
    SELECT *, sum(agreement) OVER parts AS agreement_so_far, sum(words) OVER parts AS words_so_far
    FROM parts
    WINDOW parts AS (PARTITION BY clip, recording, lag ORDER BY part)
), stretches AS (
    SELECT clip, recording,
           last.agreement_so_far - first.agreement_so_far + first.agreement AS agreement,
           last.words_so_far - first.words_so_far + first.words AS words
    FROM sums AS first
    JOIN sums AS last USING (clip, recording, lag)
    WHERE last.part >= first.part
)
SELECT clips.path, recordings.path, max(agreement / sqrt(stretches.words))
FROM stretches
JOIN '{{clips}}/clips.parquet' AS clips ON clips.clip_id = clip
JOIN '{{archive}}/clips.parquet' AS recordings ON recordings.clip_id = recording
GROUP BY ALL
"""


def answers_of(program, archive, clips, *options):
    """What `match` says of each clip: a line each, of one clip a document of several lines."""
    arguments = ["match", *clips, "--archive", archive, "--json", "--quiet", *options]
    run = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, check=True, text=True)
    documents = run.stdout.splitlines() if len(clips) > 1 else [run.stdout]
    return [json.loads(document) for document in documents]


def scores(answers):
    """Scores of the recordings that `match` names, by clip and recording."""
    return {(a["query"]["source"]["path"], m["path"]): m["score"] for a in answers for m in a["matches"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("split", type=Path)
    parser.add_argument("--votes", type=int, default=20)
    parser.add_argument("--agreement", type=float, default=7.0)
    options = parser.parse_args()
    options.split = options.split.resolve()
    print(f"{'case':14} {'clips':>5} {'both':>5} {'match alone':>11} {'join alone':>10} "
          f"{'strangers have':>14} {'of both, least':>14}")
    for case in CASES:
        clips = sorted((options.split / "clips").glob(f"*-10s-{case}-*"))
        answers = answers_of(options.program, options.split / "archive", clips)
        matched = set(scores(answers))
        with tempfile.TemporaryDirectory() as scratch:
            scratch = Path(scratch)
            exports = {"clips": scratch / "clips", "archive": scratch / "archive"}
            add = [options.program, "archive", "add", scratch / "words", *clips, "--quiet"]
            subprocess.run(add, check=True)
            for words, out in ((scratch / "words", exports["clips"]),
                               (options.split / "archive", exports["archive"])):
                subprocess.run([options.program, "archive", "export", words, "--parquet", out,
                                "--quiet"], check=True)
            agreements = {(clip, recording): value for clip, recording, value in
                     duckdb.sql(PAIRS.format(votes=options.votes, **exports)).fetchall()}
        joined = {pair for pair, value in agreements.items() if value >= options.agreement}
        both = matched & joined
        strangers = max((value for pair, value in agreements.items() if pair not in matched), default=0)
        least = min((agreements[pair] for pair in both), default=0)
        print(f"{case:14} {len(clips):5} {len(both):5} {len(matched - joined):11} "
              f"{len(joined - matched):10} {strangers:14.2f} {least:14.2f}")
        differing = matched ^ joined
        if differing:
            answers = answers_of(options.program, options.split / "archive",
                                 {clip for clip, _ in differing}, "--min-score", 1)
        for pair in sorted(differing):
            who = "match" if pair in matched else "join"
            print(f"  {who} alone: {' '.join(Path(path).name for path in pair)}, "
                  f"score {scores(answers).get(pair)}, agreement {agreements.get(pair)}")


if __name__ == "__main__":
    main()
