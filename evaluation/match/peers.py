#!/usr/bin/env python3
"""Asks other programs what `evaluate.py` asked spliceprint, and tabulates all answers.

usage: peers.py PROGRAM SPLIT [--peers a,b] [--score]

SPLIT is a folder that evaluate.py has made, such as OUT/test; PROGRAM is spliceprint, which tells shared
takes from false matches. Every peer gets the archived recordings, then each clip, all decoded by the same
ffmpeg call to 16 kHz mono WAV, and answers with the best recording and the place in it. How it is asked and
what counts as "found" stands in ../compare/peer_adapters.py; `bash ../compare/peers.sh --install` installs
the peers. CPU time of a query is decoding and fingerprinting the clip and searching, without the start of
the interpreter and the recordings' share, which is told apart. `--score` asks nothing again.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "compare"))
from peer_adapters import PEERS, Audfprint  # noqa: E402
from peer_workers import answers_file, ask_worker, cpu_s, decode  # noqa: E402
from queries import read_queries  # noqa: E402
from scores import Answer, Judge, answers_path, columns, read_answers, table, write_answers  # noqa: E402

DEFAULT = "fpcalc,fpcalc-words,audfprint2,audfprint2-dense"


class OneTable:
    """Of peers that have one: an index of all recordings."""

    def __init__(self, peer, prints):
        self.peer, self.table = peer, peer.table(prints)

    def search(self, clip):
        return self.peer.search(clip, self.table)


class OneByOne:
    """Of peers that compare pairs: the recording with the highest score."""

    def __init__(self, peer, prints):
        self.peer, self.prints = peer, prints

    def search(self, clip):
        best = (False, 0.0, None, None)
        for name, print_ in self.prints.items():
            found, score, offset = self.peer.match(clip, print_)
            if offset is not None and score > best[1]:
                best = (found, score, name, offset)
        return best


def worker(name):
    """Reads one line of recordings, then one of each clip; writes an answer for each clip."""
    answers = answers_file()
    peer = PEERS[name][0]()
    # All of it at once: programs that a peer starts read stdin too.
    recordings, *tasks = map(json.loads, sys.stdin.read().splitlines())
    before = cpu_s()
    prints = {recording: peer.prepare(wav, "source") for recording, wav in recordings.items()}
    archive = (OneTable if isinstance(peer, Audfprint) else OneByOne)(peer, prints)
    print(json.dumps({"archive_cpu_s": cpu_s() - before}), file=answers, flush=True)
    for task in tasks:
        before = cpu_s()
        found, score, recording, offset_s = archive.search(peer.prepare(task["wav"], "clip"))
        cost = task["decode_cpu_s"] + cpu_s() - before
        answer = Answer(task["clip"], found if peer.decides else None, score, recording, offset_s, round(cost, 4))
        print(json.dumps(asdict(answer)), file=answers, flush=True)


def ask(name, out, queries):
    recordings = {path.name: decode(path)[0] for path in sorted((out / "archived").iterdir())}
    decoded = {query.clip: decode(out / "clips" / query.clip) for query in queries}
    tasks = [{"clip": clip, "wav": wav, "decode_cpu_s": cost} for clip, (wav, cost) in decoded.items()]
    lines = ask_worker(name, PEERS[name][1], __file__, [recordings, *tasks])
    if len(lines) == len(tasks) + 1:
        print(f"{name}: {lines[0]['archive_cpu_s']:.1f} CPU s for the recordings", file=sys.stderr)
        write_answers(out, name, [Answer(**line) for line in lines[1:]])
    else:
        print(f"{name}: {max(len(lines) - 1, 0)} of {len(tasks)} clips answered, left out", file=sys.stderr)


class Column:
    """One program's answers, and the score that no stranger of the same length reaches."""

    def __init__(self, name, answers, queries, judge):
        self.name, self.answers, self.judge = name, answers, judge
        strangers = [(q, answers[q.clip]) for q in queries if not q.recording]
        self.decides = any(a.found is not None for a in answers.values())
        self.false = sum(judge.is_false(q, a) for q, a in strangers if a.found) if self.decides else None
        by_score = sorted((q for q in queries if not q.recording), key=lambda q: -answers[q.clip].score)
        self.top = {
            length_s: next((answers[q.clip].score for q in by_score
                            if q.length_s == length_s and judge.is_false(q, answers[q.clip])), 0.0)
            for length_s in dict.fromkeys(q.length_s for q in queries)}
        self.strangers = len(strangers)

    def recall(self, asked):
        """Percent found by default, and above every stranger."""
        members = [(q, self.answers[q.clip]) for q in asked if q.recording]
        right = [(q, a) for q, a in members if self.judge.is_right(q, a)]
        default = sum(bool(a.found) for _, a in right) if self.decides else None
        above = sum(a.score > self.top[q.length_s] for q, a in right)
        return " / ".join("–" if n is None else f"{100 * n / len(members):.0f}" for n in (default, above))

    def cpu_s(self):
        return sum(a.cpu_s for a in self.answers.values()) / len(self.answers)


def score(program, out, queries):
    judge = Judge(program, out)
    names = [n for n in ["spliceprint", *PEERS] if answers_path(out, n).exists()]
    made = [Column(name, read_answers(out, name), queries, judge) for name in names]
    print("Recall in percent: by the program's own decision / above the score of every stranger of that length.\n")
    lines = [[f"{case}, {length_s} s ({sum(q.recording is not None for q in asked)})"]
             + [c.recall(asked) for c in made] for (length_s, case), asked in columns(queries).items()]
    lines.append(["all"] + [c.recall(queries) for c in made])
    lines.append(["false matches of strangers"]
                 + [f"{c.false} of {c.strangers}" if c.decides else "–" for c in made])
    lines.append(["highest score of a stranger, by length"]
                 + [", ".join(f"{top:.4g}" for top in c.top.values()) for c in made])
    lines.append(["CPU s per query"] + [f"{c.cpu_s():.2f}" for c in made])
    table(["clip"] + names, lines)


def main():
    if sys.argv[1:2] == ["worker"]:
        return worker(sys.argv[2])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("split", type=Path)
    parser.add_argument("--peers", default=DEFAULT, help=f"of: {', '.join(PEERS)}")
    parser.add_argument("--score", action="store_true")
    options = parser.parse_args()
    queries = read_queries(options.split)
    for name in [] if options.score else options.peers.split(","):
        ask(name, options.split, queries)
    score(options.program, options.split, queries)


if __name__ == "__main__":
    main()
