# SPDX-License-Identifier: Apache-2.0
"""What the demonstration prints: a line for each client while it runs, a table at the end."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

BAR = 24


@dataclass
class Row:
    """What is known about one client's download."""

    size: int
    tls: str = ""
    at: int = 0
    accepted: int = 0
    holders: dict[int, str] = field(
        default_factory=dict
    )  # which process had the connection after how many hops
    sha256: str = ""
    alerts: list[str] = field(default_factory=list)
    matches: bool = False

    @property
    def path(self) -> list[str]:
        return [self.holders[i] for i in sorted(self.holders)]

    @property
    def hops(self) -> int:
        return max(0, len(self.holders) - 1)

    def crossings(self) -> str:
        """Hops by the languages on both sides."""
        kinds = ["Python" if name.startswith("py-") else name for name in self.path]
        pairs = [f"{a}→{b}" for a, b in zip(kinds, kinds[1:])]
        return ", ".join(f"{pairs.count(pair)} {pair}" for pair in sorted(set(pairs)))


class Progress:
    """Redraws its lines on a terminal; elsewhere writes one for each hop."""

    def __init__(self, sizes: dict[str, int], offload: bool = False) -> None:
        self.rows = {name: Row(size) for name, size in sizes.items()}
        self.facts: dict[str, str] = {}
        self._offload = offload
        self._live = sys.stdout.isatty()
        self._drawn = False

    def event(self, process: str, words: list[str]) -> None:
        """One line that a process of the server wrote."""
        if words[0] == "fact":
            self.facts[process] = " ".join(words[1:])
            return
        # Lines of several processes arrive in any order, so each says how many hops came before it.
        kind, row, made = words[0], self.rows[words[1]], int(words[2])
        row.holders[made] = process
        if kind == "hello":
            row.accepted += 1
            row.tls = f"{words[3]} {words[4]}"
            if self._offload:
                row.holders = {-1: "key-store", **row.holders}
        elif kind == "at":
            row.at = max(row.at, int(words[3]))
        elif kind == "done":
            row.at = row.size
        if self._live:
            self._draw()
        elif kind in ("hello", "hop", "done"):
            print(f"{words[1]:17} {100 * row.at // row.size:3} %  {_VERBS[kind].format(process)}", flush=True)

    def _draw(self) -> None:
        if self._drawn:
            sys.stdout.write(f"\x1b[{len(self.rows)}A")
        for name, row in self.rows.items():
            full = BAR * row.at // row.size
            bar = "█" * full + "░" * (BAR - full)
            trail = " ▸ ".join(row.path[-6:])
            sys.stdout.write(
                f"\x1b[2K{name:17} {row.tls:34} {bar} {100 * row.at // row.size:3} %  "
                f"hop {row.hops:2}: {'… ' if len(row.path) > 6 else ''}{trail}\n"
            )
        sys.stdout.flush()
        self._drawn = True

    def end(self) -> None:
        print()


_VERBS = {
    "hello": "accepted by {}, handshake done",
    "hop": "{} hands the connection on",
    "done": "finished by {}",
}


def table(progress: Progress, digest: str) -> str:
    """The proof, for people."""
    lines = [f"file               {progress.rows[next(iter(progress.rows))].size} bytes, SHA-256 {digest}"]
    for name, row in progress.rows.items():
        lines += [
            "",
            f"{name:17}  {row.tls}",
            f"  got              SHA-256 {row.sha256 or '-'}  {'MATCH' if row.matches else 'MISMATCH'}",
            f"  TCP connections  {row.accepted}",
            f"  alerts           {'; '.join(row.alerts) or 'none'} (besides close_notify at the end)",
            f"  hops             {row.hops} ({row.crossings()})",
            f"  path             {' > '.join(row.path)}",
        ]
    lines += [""] + [f"{process:17}  {fact}" for process, fact in progress.facts.items()]
    return "\n".join(lines).rstrip() + "\n"
