"""Answers of any program to the queries of `queries.py`, and whether they are right."""

import functools
import json
import math
import operator
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from queries import ffmpeg, read

TOLERANCE_S = 0.5
# Two places of a recording hold the same sound if 4 s of them agree so well below 2 kHz.
REPEAT_RATE, REPEAT_S, REPEAT_SEARCH_S, REPEAT_CORRELATION = 4000, 4, 0.2, 0.7
# A stranger and an archived recording hold the same take if a second of both agrees so well, before the clip was
# distorted: the same samples agree by 1.000, a phrase said twice by less than 0.9.
TAKE_S, TAKE_STEP_S, TAKE_SEARCH_S, TAKE_CORRELATION = 1, 0.25, 0.5, 0.95


@dataclass(frozen=True)
class Answer:
    """`found` is the program's own decision (null where it makes none), `recording` the name of the best
    match and `offset_s` the second of it at which the clip begins."""

    clip: str
    found: bool | None
    score: float
    recording: str | None
    offset_s: float | None
    cpu_s: float
    inconclusive: bool = False


def answers_path(out, program):
    return out / f"answers-{program}.ndjson"


def write_answers(out, program, answers):
    with open(answers_path(out, program), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(answer)) + "\n" for answer in answers)


def read_answers(out, program):
    """Answers by clip."""
    with open(answers_path(out, program), encoding="utf-8") as file:
        answers = [Answer(**json.loads(line)) for line in file]
    return {answer.clip: answer for answer in answers}


def excerpt(path, start_s, length_s, scratch):
    wav = scratch / "excerpt.wav"
    ffmpeg("-ss", f"{max(start_s, 0.0):.3f}", "-t", length_s, "-i", path, "-ac", 1, "-ar", REPEAT_RATE,
           "-c:a", "pcm_s16le", wav)
    return read(wav)


def agreement(piece, around):
    """The highest correlation of a piece with as long a part of `around`."""
    length, best = len(piece), 0.0
    own = math.sqrt(sum(map(operator.mul, piece, piece)))
    for lag in range(len(around) - length + 1):
        part = around[lag : lag + length]
        other = math.sqrt(sum(map(operator.mul, part, part)))
        if own and other:
            best = max(best, sum(map(operator.mul, piece, part)) / own / other)
    return best


class Judge:
    """Says which answers are right. PROGRAM is spliceprint: `compare` tells strangers from clips whose
    recording happens to stand in the archive under another name."""

    def __init__(self, program, out):
        self.program, self.out = program, out
        self.same_takes_path = out / "same-takes.json"
        known = self.same_takes_path
        self.same_takes = json.loads(known.read_text()) if known.exists() else {}
        self.is_repeat = functools.cache(self.is_repeat)

    def names_recording(self, query, answer):
        return query.recording is not None and answer.recording == query.recording

    def is_right(self, query, answer):
        """The right recording, at the right place or at one where the recording repeats that sound. With
        changed speed the offset moves along the clip: any of these is right."""
        if not self.names_recording(query, answer):
            return False
        ends = sorted((query.start_s, query.start_s + (query.speed - 1) * query.length_s))
        off_s = max(ends[0] - answer.offset_s, answer.offset_s - ends[1])
        return off_s < TOLERANCE_S or self.is_repeat(query, round(answer.offset_s, 1))

    def is_repeat(self, query, offset_s):
        path, middle_s = self.out / "archived" / query.recording, (query.length_s - REPEAT_S) / 2
        if query.speed != 1 or middle_s < 0:
            return False
        piece = excerpt(path, query.start_s + middle_s, REPEAT_S, self.out)
        around = excerpt(path, offset_s + middle_s - REPEAT_SEARCH_S, REPEAT_S + 2 * REPEAT_SEARCH_S, self.out)
        return agreement(piece, around) > REPEAT_CORRELATION

    def is_same_take(self, query, answer):
        """Whether even the waveforms of a clip, or of what it was cut from, and of a recording agree: then it is
        no stranger."""
        key = f"{answer.clip} {answer.recording}"
        if key not in self.same_takes:
            paths = self.out / "clips" / answer.clip, self.out / "archived" / answer.recording
            self.same_takes[key] = waveforms_agree(self.program, *paths) or self.shares_take(query, answer)
            self.same_takes_path.write_text(json.dumps(self.same_takes, indent=0))
        return self.same_takes[key]

    def shares_take(self, query, answer):
        """Whether a second of what a clip was cut from, before it was distorted, stands in a recording."""
        stem = query.clip.rsplit(f"-{query.length_s}s-{query.case}", 1)[0]
        foreign = next(path for path in (self.out / "foreign").iterdir() if path.stem == stem)
        archived = self.out / "archived" / answer.recording
        steps = int((query.length_s - TAKE_S) / TAKE_STEP_S) + 1
        for at_s in (TAKE_STEP_S * step for step in range(steps)):
            piece = excerpt(foreign, query.start_s + at_s * query.speed, TAKE_S, self.out)
            there_s = answer.offset_s + at_s - TAKE_SEARCH_S
            around = excerpt(archived, there_s, TAKE_S + 2 * TAKE_SEARCH_S, self.out)
            if agreement(piece, around) > TAKE_CORRELATION:
                return True
        return False

    def is_false(self, query, answer):
        """Whether a stranger's match is false, not of a take that it shares with the archive."""
        return answer.recording is not None and not self.is_same_take(query, answer)


def waveforms_agree(program, clip, recording):
    pair = [program, "compare", clip, recording, "--json", "--quiet"]
    run = subprocess.run(pair, stdout=subprocess.PIPE, check=False, text=True)
    return bool(run.stdout) and any("residual_db" in s for s in json.loads(run.stdout).get("segments") or [])


def columns(queries):
    """Queries by length and case, in their order."""
    by_column = {}
    for query in queries:
        by_column.setdefault((query.length_s, query.case), []).append(query)
    return by_column


def row(cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def table(head, lines):
    """`lines` may come one by one; each is printed as it comes."""
    row(head)
    print("|" + "---|" * len(head))
    for line in lines:
        row(line)
    print(flush=True)
