# SPDX-License-Identifier: Apache-2.0
"""What the matrices found, as one page for the browser and as text for the terminal.

The page is report.html with two compressed blocks in it: the index (every cell's place, state and time, as columns of
indices) and the logs, which the browser unpacks only when one is asked for. It needs no network and no other file.
Both outputs are made of plain objects; where they come from is the caller's business.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from peers.base import CERTS, FEATURES, GROUPS, SUITES12, SUITES13

TEMPLATE = Path(__file__).with_name("report.html")
MATRICES = ("interop", "serialization", "tickets", "sessions", "fleet")
KNOWN = {
    "role": ("client", "server"),
    "version": ("1.2", "1.3"),
    "suite": SUITES13 + SUITES12,
    "group": GROUPS,
    "cert": CERTS,
    "feature": FEATURES,
}
TITLES = {"cert": "certificate", "role": "our role", "version": "protocol"}
FEATURE_LABELS = {"alpn": "ALPN", "external_psk": "external PSK"}
PAGE_LIMIT = 6_000_000
LOG_LIMITS = ((2000, 30000), (800, 8000), (300, 2000), (120, 500))  # characters of a passed and of a failed cell's log
FAILURES_SHOWN = 60  # in the terminal

Impossible = tuple[str, Mapping[str, str], str, int]
"""Matrix, the fields that its cells have in common ("peer" as in Row.peer), the reason, how many cells."""

Absent = Sequence[str]
"""Peer and reason; a third word names the matrix that misses it, if that is not "interop"."""


@dataclass(frozen=True)
class Row:
    """One cell that was run."""

    matrix: str
    peer: str
    axes: Mapping[str, str]
    state: str
    seconds: float
    log: str
    id: str

    @property
    def failed(self) -> bool:
        return self.state == "failed"

    def at(self, axis: str) -> str:
        return self.peer if axis == "peer" else self.axes.get(axis, "")


@dataclass
class _Matrix:
    """The cells of one matrix, and the values that occur on each of its axes, in the order for people."""

    name: str
    rows: list[Row] = field(default_factory=list)
    impossible: list[tuple[Mapping[str, str], str, int]] = field(default_factory=list)
    absent: list[tuple[str, str]] = field(default_factory=list)
    axes: dict[str, list[str]] = field(default_factory=dict)

    @property
    def layout(self) -> tuple[str, str, str]:
        """The axes that the heat map shows at first: rows, what the rows are split by, columns."""
        if {"writer", "reader"} <= self.axes.keys():
            return "writer", "version" if len(self.axes.get("version", ())) > 1 else "", "reader"
        others = [name for name in self.axes if name not in ("peer", "role")]
        own = [name for name in others if name not in KNOWN]
        down = next(iter((["feature"] if "feature" in others else own) + others), "")
        return "peer", "role" if "role" in self.axes else "", down


# ---- order and labels ------------------------------------------------------------------------------------------------


def _natural(text: str) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text.casefold())]


def suite_label(name: str) -> tuple[str, str]:
    """How the key exchange and the cipher of a suite are called in a table's head."""
    exchange, _, rest = name.removeprefix("TLS_").rpartition("WITH_")
    *cipher, digest = rest.split("_")
    label = "-".join(part for part in cipher if part != "EDE")
    if "CBC" in cipher:
        label += " " + digest
    return exchange.strip("_").replace("_", "-") or "TLS 1.3", label


def label(axis: str, value: str) -> tuple[str, str]:
    """A value as people read it: the heading it stands under, which may be empty, and its own."""
    if value in ("", "-"):
        return "", "none"
    if axis == "suite" and value.startswith("TLS_"):
        return suite_label(value)
    if axis == "feature":
        return "", FEATURE_LABELS.get(value, value.replace("_", " "))
    return "", value


def ordered(axis: str, values: Iterable[str]) -> list[str]:
    """Known values in their usual order, the others after them; what stands under one heading stays together."""
    known = {value: place for place, value in enumerate(KNOWN.get(axis, ()))}
    found = sorted(set(values), key=lambda value: (value == "", known.get(value, len(known)), _natural(value)))
    heads: dict[str, int] = {}
    for value in found:
        heads.setdefault(label(axis, value)[0], len(heads))
    return sorted(found, key=lambda value: heads[label(axis, value)[0]])


def first_line(log: str) -> str:
    """The line that tells most, fit for a terminal."""
    line = next((line for line in log.splitlines() if line.strip()), "")
    return re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", line).strip()


def _gather(rows: Iterable[Row], impossible: Iterable[Impossible], absent: Iterable[Absent]) -> list[_Matrix]:
    """The matrices in their order. What cannot be shown truthfully is refused."""
    found: dict[str, _Matrix] = {}
    ids: set[str] = set()
    for row in rows:
        if row.state not in ("passed", "failed"):
            raise ValueError(f"{row.id}: the state {row.state!r} is neither passed nor failed")
        if row.id in ids:
            raise ValueError(f"{row.id}: two cells have this name")
        ids.add(row.id)
        found.setdefault(row.matrix, _Matrix(row.matrix)).rows.append(row)
    for name, axes, reason, count in impossible:
        found.setdefault(name, _Matrix(name)).impossible.append((axes, reason, count))
    for peer, reason, *where in absent:
        name = where[0] if where else "interop"
        found.setdefault(name, _Matrix(name)).absent.append((peer, reason))
    for matrix in found.values():
        gone = {peer for peer, _ in matrix.absent}
        both = gone.intersection(row.peer for row in matrix.rows)
        if both:
            raise ValueError(f"{min(both)}: this peer is absent, but has cells that ran")
        values: dict[str, set[str]] = defaultdict(set)
        for row in matrix.rows:
            values["peer"].add(row.peer)
            for axis, value in row.axes.items():
                values[axis].add(value)
        for axes, _, _ in matrix.impossible:
            for axis, value in axes.items():
                values[axis].add(value)
        for row in matrix.rows:  # a cell that lacks an axis which others have
            for axis in values.keys() - row.axes.keys() - {"peer"}:
                values[axis].add("")
        ends = "writer" in values and all(row.peer in (row.at("writer"), row.at("reader")) for row in matrix.rows)
        if ends:
            values.pop("peer", None)  # it would say the same once more
        places = {axis: place for place, axis in enumerate(("peer", "writer", "reader", *KNOWN))}
        places["feature"] = places["role"]  # what a peer's features are is the first question
        matrix.axes = {
            axis: ordered(axis, values[axis]) for axis in sorted(values, key=lambda axis: (places.get(axis, 99), axis))
        }
        rank = {axis: {value: place for place, value in enumerate(known)} for axis, known in matrix.axes.items()}
        matrix.rows.sort(key=lambda row: [rank[axis][row.at(axis)] for axis in matrix.axes])
    return sorted(found.values(), key=lambda m: (MATRICES.index(m.name) if m.name in MATRICES else 99, m.name))


# ---- the page --------------------------------------------------------------------------------------------------------


def _sound(text: str) -> str:
    """Without halves of characters, which a log read from bytes may have and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def _pack(value: Any) -> str:
    text = _sound(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _index(matrix: _Matrix) -> dict[str, Any]:
    """A matrix as the page's script reads it; every cell is a place in each of the columns."""
    axes = []
    rank = {}
    for axis, values in matrix.axes.items():
        rank[axis] = {value: place for place, value in enumerate(values)}
        heads, labels = zip(*(label(axis, value) for value in values)) if values else ((), ())
        axes.append(
            {
                "name": axis,
                "title": TITLES.get(axis, axis.replace("_", " ")),
                "values": values,
                "labels": labels,
                "heads": heads,
                "at": [rank[axis][row.at(axis)] for row in matrix.rows],
            }
        )
    reasons: dict[str, int] = {}
    groups: Counter[tuple[int, ...]] = Counter()
    for fields, reason, count in matrix.impossible:
        places = (rank[axis][fields[axis]] if axis in fields else -1 for axis in rank)
        groups[(*places, reasons.setdefault(reason, len(reasons)))] += count
    columns = list(zip(*sorted(groups))) or [()] * (len(rank) + 1)
    impossible = {
        "at": dict(zip(rank, columns)),
        "reason": columns[-1],
        "count": [groups[key] for key in sorted(groups)],
    }
    return {
        "name": matrix.name,
        "layout": matrix.layout,
        "axes": axes,
        "ids": [row.id for row in matrix.rows],
        "ms": [round(row.seconds * 1000) for row in matrix.rows],
        "failed": {place: first_line(row.log)[:300] for place, row in enumerate(matrix.rows) if row.failed},
        "reasons": list(reasons),
        "impossible": impossible,
        "absent": matrix.absent,
    }


def _shorten(log: str, limit: int) -> str:
    """The beginning and the end of a log that is too long; both tend to say what happened."""
    if len(log) <= limit:
        return log
    head, tail = log[: limit * 2 // 3], log[len(log) - limit // 3 :]
    return f"{head}\n[... {len(log) - len(head) - len(tail)} characters left out ...]\n{tail}"


def page(
    rows: Iterable[Row],
    impossible: Iterable[Impossible],
    absent: Iterable[Absent],
    facts: Mapping[str, str],
    outside: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The page as text. Logs are shortened only as far as its size demands."""
    rows, impossible, absent = list(rows), list(impossible), list(absent)
    matrices = _gather(rows, impossible, absent)
    failed = sum(row.failed for row in rows)
    said = f"{failed:,} of {len(rows):,} failed" if failed else f"all {len(rows):,} passed" if rows else "nothing ran"
    parts = {
        "title": html.escape(f"{said} - interoperability and version matrices"),
        "text": html.escape(_sound(summary(rows, impossible, absent, facts, 110))),
        "index": _pack(
            {
                "facts": list(facts.items()),
                "outside": list(outside.items()),
                "matrices": [_index(matrix) for matrix in matrices],
            }
        ),
    }
    template = TEMPLATE.read_text(encoding="utf-8")
    text = ""
    for passed_limit, failed_limit in LOG_LIMITS:
        logs = [
            _shorten(row.log, failed_limit if row.failed else passed_limit)
            for matrix in matrices
            for row in matrix.rows
        ]
        parts["logs"] = _pack(logs)
        text = re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)
        if len(text.encode()) <= PAGE_LIMIT:
            break
    return text


def write_page(
    path: os.PathLike[str],
    rows: Iterable[Row],
    impossible: Iterable[Impossible],
    absent: Iterable[Absent],
    facts: Mapping[str, str],
    outside: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the page; whoever looks at the file meanwhile sees the old one or the new one. `outside` tells what the
    matrices have no cells for, and why."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(page(rows, impossible, absent, facts, outside), encoding="utf-8")
    beside.replace(path)


# ---- the terminal ----------------------------------------------------------------------------------------------------

_COLOURS = {"+": "34", "F": "1;31", "-": "2", ".": "2", "absent": "2"}


class _Paint:
    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def __call__(self, text: str, kind: str) -> str:
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if self._wanted and kind in _COLOURS else text


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 3, 0)] + "..."


def _letter(place: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[place % len(letters)]


def _table(matrix: _Matrix, width: int, paint: _Paint) -> list[str]:
    """Rows x columns of a matrix with one letter for each cell."""
    across, split, down = matrix.layout
    columns = matrix.axes.get(down, [])
    ran: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    bad: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in matrix.rows:
        key = (row.at(across), row.at(split) if split else "")
        ran[key][row.at(down)] += 1
        bad[key][row.at(down)] += row.failed
    empty = {(f.get(across, ""), f.get(split, ""), f.get(down, "")) for f, _, _ in matrix.impossible}
    names = max((len(name) for name in [*matrix.axes.get(across, []), *(peer for peer, _ in matrix.absent)]), default=0)
    splits = max((len(value) for value in matrix.axes.get(split, [])), default=0) if split else 0
    names = max(4, min(names, width - splits - 18 - 2 * len(columns)))
    lines = [
        f"{matrix.name.upper()}: {across}{' by ' + TITLES.get(split, split) if split else ''} x {down}",
        f"{'':{names}} {'':{splits}} {'passed':>7} {'failed':>7}  " + " ".join(map(_letter, range(len(columns)))),
    ]
    for name in matrix.axes.get(across, []):
        for part in matrix.axes[split] if split else [""]:
            if (name, part) not in ran:
                continue
            seen, wrong = ran[name, part], bad[name, part]
            marks = []
            for value in columns:
                mark = "F" if wrong[value] else "+" if seen[value] else "."
                if mark == "." and not empty.isdisjoint({(name, part, value), (name, "", value)}):
                    mark = "-"
                marks.append(paint(mark, mark))
            failed = sum(wrong.values())
            counts = f"{sum(seen.values()) - failed:>7} " + paint(f"{failed:>7}", "F" if failed else "")
            lines.append(f"{_fit(name, names):{names}} {part:{splits}} {counts}  {' '.join(marks)}".rstrip())
    for peer, reason in matrix.absent:
        lines.append(paint(_fit(f"{_fit(peer, names):{names}} absent: {reason}", width), "absent"))
    legend = ""
    for place, value in enumerate(columns):
        head, own = label(down, value)
        word = f"{_letter(place)} {head + ' ' if head else ''}{own}"
        if legend and len(legend) + 3 + len(word) > width:
            lines.append(legend)
            legend = ""
        legend += ("   " if legend else "  ") + word
    return [*lines, *([legend] if legend else []), ""]


def summary(
    rows: Iterable[Row],
    impossible: Iterable[Impossible],
    absent: Iterable[Absent],
    facts: Mapping[str, str],
    width: int,
    colour: bool = False,
) -> str:
    """The same for the terminal: tables with a letter per cell, what failed and why, and the totals at the end."""
    rows, impossible, absent = list(rows), list(impossible), list(absent)
    paint = _Paint(colour)
    lines = [_fit(f"{name}: {value}", width) for name, value in facts.items()]
    lines.append("")
    for matrix in _gather(rows, impossible, absent):
        lines += _table(matrix, width, paint)
    lines += [_fit("+ passed   F some failed   - impossible   . not run", width), ""]
    failures = sorted((row for row in rows if row.failed), key=lambda row: _natural(row.id))
    for row in failures[:FAILURES_SHOWN]:
        lines += [paint("failed", "F") + " " + row.id, _fit("    " + first_line(row.log), width)]
    if len(failures) > FAILURES_SHOWN:
        lines.append(f"... and {len(failures) - FAILURES_SHOWN:,} more, all of them in the page")
    totals = [f"{len(rows) - len(failures):,} passed", f"{len(failures):,} failed"]
    totals += [f"{sum(group[3] for group in impossible):,} impossible", f"{len(absent)} absent"]
    lines += [""] * bool(failures)
    lines.append(", ".join([totals[0], paint(totals[1], "F" if failures else ""), *totals[2:]]))
    return "\n".join(lines) + "\n"
