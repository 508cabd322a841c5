"""Runs the peers that peers.sh installed over a set of clips and sources, and tabulates their answers.

    peers.py run SET OUT.ndjson [--peers a,b] [--per-case 20] [--strangers 300] [--jobs 1]
    peers.py score SET OUT.ndjson [NAME=results.ndjson ...] [--by-case]

SET holds truth.ndjson and strangers.ndjson. Every peer is asked about the same pairs, each decoded once by
the same ffmpeg call to 16 kHz mono WAV. An answer is one line: the peer, the pair, `found` (the peer's own
decision with its defaults; null where it makes none), `score` (higher is more alike), `offset_s` (the second
of the source at which the clip begins) and `cpu_s`, what this one pair costs from cold: decoding and
fingerprinting both files and matching, without the start of the interpreter. How each peer is asked, and
what counts as its "found", stands in peer_adapters.py.
"""

import argparse
import json
import random
import signal
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from peer_adapters import PEERS
from peer_workers import answers_file, ask_worker, cpu_s, decode
from peers_score import key_of, read_lines, score

SEED = 20240501
PAIR_LIMIT_S = 300  # wall time after which a peer's silence counts as "not found"


def sample(lines, count, seed):
    return lines if len(lines) <= count else random.Random(seed).sample(lines, count)


def choose_pairs(folder, per_case, strangers, split, starts):
    """The same pairs for everyone. The seed is the case's own: a new case changes no other's sample."""
    cases = defaultdict(list)
    for line in read_lines(folder / "truth.ndjson"):
        if split in (None, line.get("split")) and line["case"].startswith(starts):
            cases[line["case"]].append(line)
    pairs = [p for case in sorted(cases) for p in sample(cases[case], per_case, f"{SEED} {case}")]
    path = folder / "strangers.ndjson"
    others = read_lines(path) if path.exists() else []
    others = [line for line in others if split in (None, line.get("split", split))]
    return pairs + sample(others, strangers, f"{SEED} strangers")


def tasks_for(folder, pairs):
    names = sorted({p[role] for p in pairs for role in ("clip", "source")})
    decoded = {name: decode(folder / name) for name in names}
    tasks = [
        {"pair": {k: p[k] for k in ("id", "clip", "source") if k in p},
         "clip": decoded[p["clip"]][0], "source": decoded[p["source"]][0],
         "decode_cpu_s": decoded[p["clip"]][1] + decoded[p["source"]][1]}
        for p in pairs
    ]
    return sorted(tasks, key=lambda t: (t["source"], t["clip"]))  # a source's print is made once


def run_peer(name, tasks):
    """Asks one peer, in its own environment, and gives its answers; one process, as most keep state."""
    answers = ask_worker(name, PEERS[name][1], __file__, tasks)
    failed = sum("error" in a for a in answers) + len(tasks) - len(answers)
    print(f"{name}: {len(answers)} pairs, {failed} failed", file=sys.stderr)
    return answers


def run(arguments):
    folder, out = Path(arguments.set), Path(arguments.out)
    pairs = choose_pairs(folder, arguments.per_case, arguments.strangers, arguments.split, tuple(arguments.cases.split(",")))
    names = arguments.peers.split(",") if arguments.peers else list(PEERS)
    # What is in the file already is not asked again, so a run can be taken up or a peer added.
    known = {(a["peer"], key_of(a)) for a in read_lines(out)} if out.exists() else set()
    tasks = tasks_for(folder, pairs)
    todo = {n: [t for t in tasks if (n, key_of(t["pair"])) not in known] for n in names}
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for answers in pool.map(lambda n: run_peer(n, todo[n]) if todo[n] else [], names):
            with open(out, "a", encoding="utf-8") as file:
                file.writelines(json.dumps(a) + "\n" for a in answers)


def worker(name):
    """Answers tasks from stdin, one line each. What a peer prints of its own goes to stderr."""
    answers = answers_file()
    peer = PEERS[name][0]()

    @lru_cache(maxsize=8)  # pairs come sorted by source, so its print stays
    def prepared(wav, role):
        before = cpu_s()
        value = peer.prepare(wav, role)
        return value, cpu_s() - before

    def timeout(*_):
        raise TimeoutError(f"no answer after {PAIR_LIMIT_S} s")

    signal.signal(signal.SIGALRM, timeout)
    for task in map(json.loads, sys.stdin.read().splitlines()):
        signal.alarm(PAIR_LIMIT_S)
        answer = {"peer": name, **task["pair"], "found": False if peer.decides else None, "score": 0.0,
                  "offset_s": None, "cpu_s": None}
        try:
            (clip, clip_cpu), (source, source_cpu) = (prepared(task[r], r) for r in ("clip", "source"))
            before = cpu_s()
            found, score, offset = peer.match(clip, source)
            cost = task["decode_cpu_s"] + clip_cpu + source_cpu + cpu_s() - before
            offset = None if offset is None else round(offset, 4)
            found = found if peer.decides else None
            answer |= {"found": found, "score": round(score, 6), "offset_s": offset, "cpu_s": round(cost, 4)}
        except Exception as error:  # noqa: BLE001 - a peer's failure is an answer of this table
            answer["error"] = f"{type(error).__name__}: {error}"[:200]
        signal.alarm(0)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    of_run = commands.add_parser("run", help="ask the peers")
    of_run.add_argument("set")
    of_run.add_argument("out")
    of_run.add_argument("--peers", help=f"comma-separated, of: {', '.join(PEERS)}")
    of_run.add_argument("--per-case", type=int, default=20)
    of_run.add_argument("--strangers", type=int, default=300)
    of_run.add_argument("--split")
    of_run.add_argument("--cases", default="", help="comma-separated starts of case names")
    of_run.add_argument("--jobs", type=int, default=1, help="peers at a time")
    of_score = commands.add_parser("score", help="print the tables")
    of_score.add_argument("set")
    of_score.add_argument("answers")
    of_score.add_argument("own", nargs="*", help="NAME=results.ndjson of spliceprint")
    of_score.add_argument("--by-case", action="store_true", help="also one full table for each case")
    commands.add_parser("worker", help="internal").add_argument("peer")
    arguments = parser.parse_args()
    if arguments.command == "worker":
        worker(arguments.peer)
    else:
        {"run": run, "score": score}[arguments.command](arguments)


if __name__ == "__main__":
    main()
