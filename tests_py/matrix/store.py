# SPDX-License-Identifier: Apache-2.0
"""What has been run, in one SQLite file, so that a run that was interrupted goes on where it was.

A result counts as long as nothing that it says something about has changed: it carries a fingerprint of our library and
package, of the peer's version and adapter, and of the files that run cells. Only passed ones are reused.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    id: str
    state: str  # "passed" or "failed"
    seconds: float
    log: str


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=off")
        self._db.execute(
            "create table if not exists results"
            " (matrix text, id text, fingerprint text, state text, seconds real, log text, primary key (matrix, id))"
        )

    def add(self, matrix: str, fingerprint: str, result: Result) -> None:
        row = (matrix, result.id, fingerprint, result.state, result.seconds, result.log)
        self._db.execute("insert or replace into results values (?, ?, ?, ?, ?, ?)", row)

    def passed(self, matrix: str) -> dict[str, tuple[str, Result]]:
        """What has passed, by id, each with its fingerprint."""
        query = "select fingerprint, id, state, seconds, log from results where matrix=? and state='passed'"
        return {row[1]: (row[0], Result(*row[1:])) for row in self._db.execute(query, (matrix,))}

    def forget(self) -> None:
        self._db.execute("delete from results")

    def close(self) -> None:
        self._db.close()
