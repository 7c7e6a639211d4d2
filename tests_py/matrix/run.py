# SPDX-License-Identifier: Apache-2.0
"""Runs cells in parallel lanes: which are left, who runs them, what becomes of a lane that dies, and how far it is."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Optional

import s2n_tls
from matrix.cells import Cell, every_cell
from matrix.plan import Plan, plan
from matrix.store import Result, Store
from peers import Peer
from peers.base import PeerError, fingerprint

HERE = Path(__file__).resolve().parent
BATCH = 200
PATIENCE = 120.0  # seconds that one cell may take, far more than all its time-outs


@dataclass
class Work:
    """What there is to do with one peer."""

    peer: Peer
    version: str
    fingerprint: str
    cells: dict[str, tuple[Cell, Plan]] = field(default_factory=dict)
    impossible: list[tuple[Cell, str]] = field(default_factory=list)


def our_fingerprint() -> str:
    """Of what is tested and of what tests it."""
    package = Path(s2n_tls.__file__).parent
    ours = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    harness = [HERE / name for name in ("cells.py", "ours.py", "hop.py", "lane.py", "service.py", "tap.py", "world.py")]
    crypto = subprocess.run(["openssl", "version", "-v"], capture_output=True, text=True).stdout
    return fingerprint([*ours, *harness, HERE.parent / "pki.py", HERE.parent / "peers" / "base.py"], crypto)


def work_with(peer: Peer, ours: str) -> Work:
    """Build the peer and sort its cells. Raises PeerError when it cannot be had."""
    reason = peer.missing()
    if reason:
        raise PeerError(reason)
    peer.build()
    version = peer.version()
    module = Path(sys.modules[type(peer).__module__].__file__ or "")
    shared = [HERE.parent / "peers" / f"{name}.py" for name in ("pipes", "frontend", "webdriver")]
    sources = module.parent.rglob("*") if module.name == "__init__.py" else [module, *shared]
    files = [path for path in sources if path.is_file() and path.suffix not in (".pyc", ".lock")]
    work = Work(peer, version, fingerprint(files, ours, version))
    for cell in every_cell(peer.name):
        found = plan(cell, peer.tables.get(cell.peer_role))
        if isinstance(found, Plan):
            work.cells[cell.id] = cell, found
        else:
            work.impossible.append((cell, found))
    return work


def covering(cells: Iterable[Cell]) -> list[Cell]:
    """A small selection of one peer's cells that has each value of each axis in each role, and each feature in each
    version and role: the rows and columns of the matrix."""
    candidates = list(cells)
    open_: set[tuple[str, ...]] = set()
    for cell in candidates:
        open_ |= _covers(cell)
    chosen = []
    # Features first, and suites spread over them: what is covered by the most open pairs comes next.
    while open_:
        best = max(candidates, key=lambda cell: len(_covers(cell) & open_))
        gain = _covers(best) & open_
        if not gain:
            break
        chosen.append(best)
        open_ -= gain
    return chosen


def _covers(cell: Cell) -> set[tuple[str, ...]]:
    return {
        (cell.role, "feature", cell.version, cell.feature),
        (cell.role, "suite", cell.suite),
        (cell.role, "group", cell.version, cell.group),
        (cell.role, "cert", cell.version, cell.cert),
    }


# ---- lanes -----------------------------------------------------------------------------------------------------------


class Lane:
    """A process that runs cells. One that dies or hangs is replaced; its last cell has failed."""

    def __init__(self, module: str = "matrix.lane") -> None:
        self._module = module
        self._process: Optional[subprocess.Popen[str]] = None
        self._answers: "queue.Queue[str]" = queue.Queue()

    def run(self, job: dict[str, Any]) -> Result:
        began = time.monotonic()
        line: Optional[str]  # empty when the lane has ended
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=PATIENCE)
        except OSError:
            line = ""
        except queue.Empty:
            line = None
        if line:
            return Result(**json.loads(line))
        try:
            why = f"the lane ended with {process.wait(0 if line is None else 5)}"
        except subprocess.TimeoutExpired:
            why = f"the lane hung for {PATIENCE:.0f} s"
        self.close()
        return Result(job["id"], "failed", round(time.monotonic() - began, 3), why)

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self._answers = queue.Queue()
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # its peers' programs can be ended with it, and Ctrl-C is this process's to handle
            )
            assert self._process.stdout is not None
            threading.Thread(target=_collect, args=(self._process.stdout, self._answers), daemon=True).start()
        return self._process

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.close()
            process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _collect(stream: IO[str], answers: "queue.Queue[str]") -> None:
    for line in stream:
        answers.put(line)
    answers.put("")


@dataclass(frozen=True)
class Job:
    """Something for a lane: what it is told, and where the result belongs."""

    matrix: str
    fingerprint: str
    line: dict[str, Any]
    label: str


def run_jobs(jobs: Sequence[Job], store: Store, lanes: int, module: str, progress: Progress) -> list[Result]:
    """All jobs, in order as far as parallel lanes allow; batches of neighbours stay in one lane, because peers keep
    programs running from one cell to the next."""
    batches: "queue.Queue[Sequence[Job]]" = queue.Queue()
    for start in range(0, len(jobs), BATCH):
        batches.put(jobs[start : start + BATCH])
    results: list[Result] = []
    lock = threading.Lock()
    broken: list[BaseException] = []

    def work() -> None:
        lane = Lane(module)
        try:
            while True:
                try:
                    batch = batches.get_nowait()
                except queue.Empty:
                    return
                for job in batch:
                    result = lane.run(job.line)
                    with lock:
                        store.add(job.matrix, job.fingerprint, result)
                        results.append(result)
                        progress.step(result, job.label)
        except BaseException as error:
            broken.append(error)
        finally:
            lane.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    assert len(results) == len(jobs)
    return results


# ---- how far it is -----------------------------------------------------------------------------------------------------


class Progress:
    """A bar on a terminal; elsewhere a line now and then."""

    WIDTH = 30

    def __init__(self, total: int, out: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.done, self.failed = total, 0, 0
        self._out, self._clock = out, clock
        self._began = self._shown = clock()
        self._live = out.isatty()

    def step(self, result: Result, label: str) -> None:
        self.done += 1
        if result.state != "passed":
            self.failed += 1
            self._clear()
            print(f"FAILED {result.id}: {result.log.splitlines()[0] if result.log else ''}", file=self._out)
        now = self._clock()
        if now - self._shown >= (0.2 if self._live else 30) or self.done == self.total:
            self._shown = now
            self._show(now, label)

    def _show(self, now: float, label: str) -> None:
        spent = max(now - self._began, 0.001)
        rate = self.done / spent
        left = (self.total - self.done) / rate
        full = self.WIDTH * self.done // self.total
        bar = "#" * full + "." * (self.WIDTH - full)
        failed = f", {self.failed} failed" if self.failed else ""
        text = f"[{bar}] {self.done:,}/{self.total:,}{failed}, {rate:.0f}/s, {_minutes(left)} left, {label}"
        print(f"\r{text[:110]:<110}" if self._live else text, end="" if self._live else "\n", file=self._out, flush=True)
        if self._live and self.done == self.total:
            print(file=self._out)

    def _clear(self) -> None:
        if self._live:
            print(f"\r{'':<110}\r", end="", file=self._out)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
