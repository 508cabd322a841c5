"""The tables of `peers.py score`."""

import json
import statistics
from collections import defaultdict
from pathlib import Path

TOLERANCE_S = 0.5
TOLERANCE_CHANGED_SPEED_S = 1.0


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def key_of(line):
    """Pairs of truth.ndjson have an id, pairs of strangers are named by their files."""
    return line["id"] if line.get("id") is not None else f"{line['clip']}|{line['source']}"


def own_answers(name, path):
    """Spliceprint's documents as answers. The longest segment stands for its one offset."""
    for line in read_lines(path):
        document = line["document"]
        same, segments = document["same_source"], document.get("segments") or []
        longest = max(segments, key=lambda s: s["a_end_s"] - s["a_start_s"], default=None)
        offset = longest["b_start_s"] - longest["a_start_s"] if longest else None
        yield {"peer": name, **{k: line[k] for k in ("id", "clip", "source") if k in line},
               "found": same["found"], "score": same["score"] or 0.0, "offset_s": offset,
               "cpu_s": line.get("cpu_s")}


def offset_error_s(truth, offset_s):
    """Distance from the nearest right offset. An edited clip has one for each segment, and with changed
    speed a segment's offset moves from its start to its end: any of these is right."""
    if offset_s is None:
        return float("inf")
    ranges = [
        sorted((s["b_start_s"] - s["a_start_s"], s["b_end_s"] - s["a_end_s"])) for s in truth["segments"]
    ] if changed_speed(truth) else [[s["b_start_s"] - s["a_start_s"]] * 2 for s in truth["segments"]]
    return min((max(low - offset_s, offset_s - high, 0.0) for low, high in ranges), default=float("inf"))


def changed_speed(truth):
    return any(abs((truth.get(k) or 1.0) - 1.0) > 1e-6 for k in ("speed", "tempo"))


def is_right(truth, answer):
    limit = TOLERANCE_CHANGED_SPEED_S if changed_speed(truth) else TOLERANCE_S
    return offset_error_s(truth, answer["offset_s"]) <= limit


def percent(values):
    values = list(values)
    return f"{100 * sum(values) / len(values):.0f} %" if values else "–"


class Row:
    """One peer's answers, with the score that no stranger reaches."""

    def __init__(self, name, answers, truth, stranger_keys):
        self.name, self.answers, self.truth = name, answers, truth
        self.strangers = [answers[k] for k in stranger_keys if k in answers]
        self.top_stranger = max((a["score"] for a in self.strangers), default=0.0)
        self.decides = any(a["found"] is not None for a in answers.values())

    def hits(self, keys, zero_false):
        """For each pair: found, at the right place. An unanswered pair is a miss."""
        for key in keys:
            a = self.answers.get(key)
            found = a and (a["score"] > self.top_stranger if zero_false else a["found"])
            yield bool(found and is_right(self.truth[key], a))

    def cells(self, keys):
        """The figures of one line of a table over these pairs."""
        there = [self.answers[k] for k in keys if k in self.answers]
        errors = [offset_error_s(self.truth[k], self.answers[k]["offset_s"])
                  for k, hit in zip(keys, self.hits(keys, zero_false=not self.decides)) if hit]
        costs = [a["cpu_s"] for a in there if a["cpu_s"] is not None]
        return [
            percent(self.hits(keys, False)) if self.decides else "–",
            percent(self.hits(keys, True)),
            f"{statistics.median(errors):.3f}" if errors else "–",
            f"{statistics.mean(costs):.2f}" if costs else "–",
        ]

    def false_matches(self):
        if not self.decides:
            return "–"
        return f"{sum(bool(a['found']) for a in self.strangers)} of {len(self.strangers)}"


def table(head, lines):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for line in lines:
        print("| " + " | ".join(map(str, line)) + " |")
    print()


def score(arguments):
    folder = Path(arguments.set)
    truth = {t["id"]: t for t in read_lines(folder / "truth.ndjson")}
    answers = defaultdict(dict)
    for a in read_lines(arguments.answers):
        answers[a["peer"]][key_of(a)] = a
    asked = {k for of_peer in answers.values() for k in of_peer}
    for argument in arguments.own:
        name, _, path = argument.rpartition("=")
        for a in own_answers(name or "spliceprint", path):
            if key_of(a) in asked:
                answers[a["peer"]][key_of(a)] = a
    expected = {k: truth[k]["expected"] if k in truth else "stranger" for k in asked}
    strangers = sorted(k for k in asked if expected[k] == "stranger")
    same = sorted(k for k in asked if expected[k] == "same")
    unclear = sorted(k for k in asked if expected[k] == "inconclusive")
    rows = [Row(name, of_peer, truth, strangers) for name, of_peer in answers.items()]
    cases = sorted({truth[k]["case"] for k in same})
    of_case = {c: [k for k in same if truth[k]["case"] == c] for c in cases}

    print(f"{len(same)} pairs of one source in {len(cases)} cases, {len(strangers)} pairs of strangers. Recall:"
          f" found, and the start within {TOLERANCE_S} s ({TOLERANCE_CHANGED_SPEED_S:.0f} s where the speed was"
          " changed). “Default” is the peer's own decision, “zero false” the score that no stranger here"
          " reaches. CPU: both files from cold, decoding included.\n")
    head = ["peer", "recall, default", "false on strangers", "recall, zero false", "score above",
            "median offset error, s", "CPU s per pair"]
    lines = []
    for row in rows:
        default, zero_false, error, cost = row.cells(same)
        threshold = f"{row.top_stranger:.4g}"
        lines.append([row.name, default, row.false_matches(), zero_false, threshold, error, cost])
    table(head, lines)
    print("Recall by case, default / zero false, in %:\n")
    lines = [[f"{c} ({len(of_case[c])})"] + [
        " / ".join(x.removesuffix(" %") for x in row.cells(of_case[c])[:2]) for row in rows] for c in cases]
    table(["case (pairs)"] + [row.name for row in rows], lines)
    if unclear:
        print(f"Clips that allow no answer ({len(unclear)}): share called found, and found where it is.\n")
        lines = [[r.name, percent(bool(r.answers.get(k, {}).get("found")) for k in unclear),
                  percent(r.hits(unclear, False))] for r in rows if r.decides]
        table(["peer", "found", "found at the right place"], lines)
    if arguments.by_case:
        for case in cases:
            print(f"### {case}\n")
            table(["peer", "recall, default", "recall, zero false", "median offset error, s", "CPU s per pair"],
                  [[row.name] + row.cells(of_case[case]) for row in rows])
