# SPDX-License-Identifier: Apache-2.0
"""python -m matrix: run the matrices and write the page. `./dev matrix` calls it, with everything installed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from matrix import fleet, versions, world
from matrix.cells import NOT_OURS, cell_of
from matrix.ends import NOW, build, releases
from matrix.report import Absent, Impossible, Row, summary, write_page
from matrix.run import Job, Progress, Result, Work, covering, our_fingerprint, run_jobs, work_with
from matrix.store import Store
from peers import Peer, all_peers
from peers.base import CACHE, ROOT, PeerError, fingerprint, peers_python

NOTHING = ("", None)
MATRICES = ("interop", *versions.MATRICES, "fleet")


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev matrix", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a selection that has every row and column")
    parser.add_argument("--fresh", action="store_true", help="forget what has been run")
    parser.add_argument("--matrix", action="append", choices=MATRICES, help="only this matrix (repeatable)")
    parser.add_argument("--peer", action="append", help="only this peer (repeatable)")
    parser.add_argument("--only", action="append", help="only cells with this in their name (repeatable: all of them)")
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 2, help="how many cells at a time")
    parser.add_argument("--page", type=Path, default=world.FOLDER / "report.html", help="where the page goes")
    parser.add_argument("--list", action="store_true", help="name the cells that would be run, and run none")
    parser.add_argument("--known", action="store_true", help="run none; the page of what has been run")
    parser.add_argument("--packages", action="store_true", help="name the Debian packages that peers lack")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = arguments(argv)
    peers = [peer for name, peer in all_peers().items() if not options.peer or name in options.peer]
    if options.packages:
        print(" ".join(sorted({package for peer in peers for package in lacking(peer)})))
        return 0
    began = time.monotonic()
    store = Store(world.FOLDER / "results.db")
    if options.fresh:
        store.forget()
    world.make()
    gathered = Gathered()
    for matrix in options.matrix or MATRICES:
        RUNNERS[matrix](options, peers, store, gathered)
    store.close()
    if options.list:
        return 0
    facts = about(options, time.monotonic() - began)
    write_page(options.page, gathered.rows, gathered.impossible, gathered.absent, facts, NOT_OURS)
    width = shutil.get_terminal_size((120, 24)).columns
    print(summary(gathered.rows, gathered.impossible, gathered.absent, facts, width, sys.stdout.isatty()))
    print(f"\npage: {options.page}")
    return 1 if any(row.failed for row in gathered.rows) else 0


def lacking(peer: Peer) -> list[str]:
    return [package for program, package in peer.programs.items() if shutil.which(program) is None]


class Gathered:
    """What the page will say."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.impossible: list[Impossible] = []
        self.absent: list[Absent] = []


Runner = Callable[[argparse.Namespace, Sequence[Peer], Store, Gathered], None]


# ---- interop ------------------------------------------------------------------------------------------------------------


def interop(options: argparse.Namespace, peers: Sequence[Peer], store: Store, gathered: Gathered) -> None:
    """This library with everybody else's."""
    make_environment(peers)
    works: dict[str, Work] = {}
    ours = our_fingerprint()
    for peer in peers:
        try:
            works[peer.name] = work_with(peer, ours)
        except (PeerError, OSError, subprocess.SubprocessError) as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            gathered.absent.append((peer.title, lines[0][:300]))
            print(f"absent: {peer.title}: {error}", file=sys.stderr)
    chosen: list[Job] = []
    done: dict[str, Result] = {}
    for name, work in works.items():
        cells = [cell for cell, _plan in work.cells.values()]
        if options.quick:
            cells = covering(cells)
        cells = [cell for cell in cells if all(text in cell.id for text in options.only or ())]
        cells.sort(key=lambda cell: (cell.role, cell.version, cell.group, cell.suite, cell.feature, cell.cert))
        known = store.passed("interop")
        for cell in cells:
            line = {"id": cell.id, "plan": asdict(work.cells[cell.id][1])}
            job = Job("interop", f"{work.fingerprint} {line['plan']}", line, work.peer.title)
            if known.get(cell.id, NOTHING)[0] == job.fingerprint:
                done[cell.id] = known[cell.id][1]
            else:
                chosen.append(job)
    if options.list:
        print("\n".join(job.line["id"] for job in chosen))
        return
    if options.known:
        chosen = []
    say(f"interop: {len(chosen):,} cells to run, {len(done):,} known from an earlier run, {len(works)} peers")
    for result in run_jobs(chosen, store, options.lanes, "matrix.lane", Progress(len(chosen), sys.stdout)):
        done[result.id] = result
    for result in done.values():
        axes = asdict(cell_of(result.id))
        title = title_of(works[axes.pop("peer")])
        row = Row("interop", title, axes, result.state, result.seconds, result.log, f"interop/{result.id}")
        gathered.rows.append(row)
    for work in works.values():
        for cell, reason in work.impossible:
            gathered.impossible.append(("interop", {**asdict(cell), "peer": title_of(work)}, reason, 1))


def title_of(work: Work) -> str:
    """The peer with its version, said once."""
    title, version = work.peer.title, work.version
    return version if title.casefold() in version.casefold() else f"{title} {version}".strip()


def make_environment(peers: Sequence[Peer]) -> None:
    """The Python environment of peers that come from PyPI. A package that cannot be had makes its peer absent later."""
    wanted = sorted({package for peer in peers for package in peer.pypi})
    python = peers_python()
    noted = CACHE / "venv" / "packages"
    if not wanted or (noted.exists() and set(wanted) <= set(noted.read_text().split())):
        return
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(CACHE / "venv")], check=True)
    installed = noted.read_text().split() if noted.exists() else []
    for package in wanted:
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", package]
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0:
            installed.append(package)
    noted.write_text(" ".join(sorted(set(installed))))


# ---- versions -------------------------------------------------------------------------------------------------------------


def ends(gathered: Gathered, matrix: str) -> dict[str, list[str]]:
    """The command of each end of the version matrices that can be had."""
    found = {NOW: build(None)}
    for release in releases():
        try:
            found[release.name] = build(release)
        except (PeerError, OSError, subprocess.SubprocessError) as error:
            print(f"absent: {release.name}: {error}", file=sys.stderr)
            gathered.absent.append((release.name, str(error).strip().splitlines()[0][:300], matrix))
    return found


def version_matrix(matrix: str) -> Runner:
    def run(options: argparse.Namespace, _peers: Sequence[Peer], store: Store, gathered: Gathered) -> None:
        if options.peer:
            return
        commands = ends(gathered, matrix)
        mark = fingerprint(versions.sources(), our_fingerprint(), json.dumps(commands, sort_keys=True))
        names = []
        counts: Counter[tuple[str, str, str]] = Counter()
        for name in versions.cells(matrix, list(commands)):
            why = versions.why_not(name)
            if why:
                _matrix, source, target, *_rest = name.split("/")
                counts[source, target, why] += 1
            elif all(text in name for text in options.only or ()):
                names.append(name)
        if options.quick:
            names = versions.covering(names)
        known = store.passed(matrix)
        jobs, done = [], []
        for name in names:
            used = {end: commands[end] for end in name.split("/")[1:3]}
            if known.get(name, NOTHING)[0] == mark:
                done.append(known[name][1])
            else:
                jobs.append(Job(matrix, mark, {"id": name, "ends": used}, " to ".join(used)))
        if options.list:
            print("\n".join(job.line["id"] for job in jobs))
            return
        if options.known:
            jobs = []
        say(f"{matrix}: {len(jobs):,} cells to run, {len(done):,} known from an earlier run, {len(commands)} ends")
        done += run_jobs(jobs, store, options.lanes, "matrix.versions", Progress(len(jobs), sys.stdout))
        for result in done:
            _matrix, source, target, version, suite, role = result.id.split("/")
            axes = dict(writer=source, reader=target, version=version, suite=suite, role=role)
            gathered.rows.append(Row(matrix, source, axes, result.state, result.seconds, result.log, result.id))
        for (source, target, why), count in counts.items():
            gathered.impossible.append((matrix, {"peer": source, "writer": source, "reader": target}, why, count))

    return run


def fleet_matrix(options: argparse.Namespace, _peers: Sequence[Peer], store: Store, gathered: Gathered) -> None:
    """Rolling upgrades; a few, and each is a simulation of its own, so they run one after the other."""
    if options.peer:
        return
    now = fleet.Version(NOW, sys.executable)
    released = [
        fleet.Version(name, command[0], release=name)
        for name, command in ends(gathered, "fleet").items()
        if name != NOW and not name.startswith("s2n-")
    ]
    for name, waves, documented in fleet.scenarios(released, now):
        ident = f"fleet/{name}"
        if options.list:
            print(ident)
            continue
        if not all(text in ident for text in options.only or ()):
            continue
        began = time.monotonic()
        try:
            troubles = fleet.rolled(world.make(), waves)
            wrong = fleet.judge(troubles, documented)
            log = "\n".join(filter(None, [wrong, *troubles])) or "no client noticed"
        except Exception as error:
            wrong = log = f"{type(error).__name__}: {error}"
        say(f"fleet: {name}: {wrong or 'as documented'}")
        axes = {"order": "documented" if documented else "wrong: fails as documented", "waves": name}
        state = "failed" if wrong else "passed"
        gathered.rows.append(Row("fleet", "fleet", axes, state, time.monotonic() - began, log, ident))


# ---- facts ----------------------------------------------------------------------------------------------------------------


def about(options: argparse.Namespace, seconds: float) -> dict[str, str]:
    from importlib.metadata import version

    def output(*command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else "unknown"

    changed = " with changes" if output("git", "status", "--porcelain") else ""
    return {
        "library": f"{version('s2n-tls')}, commit {output('git', 'rev-parse', '--short', 'HEAD')}{changed}",
        "libcrypto": output("openssl", "version"),
        "run": "quick selection" if options.quick else "selection" if options.only or options.peer else "everything",
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "took": f"{seconds:.0f} s",
    }


def say(text: str) -> None:
    print(text, flush=True)


RUNNERS: dict[str, Runner] = {
    "interop": interop,
    **{matrix: version_matrix(matrix) for matrix in versions.MATRICES},
    "fleet": fleet_matrix,
}

if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        print("\ninterrupted; the same command goes on from here", file=sys.stderr)
        code = 130
    raise SystemExit(code)
