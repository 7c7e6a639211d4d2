# SPDX-License-Identifier: Apache-2.0
"""The ends of the version matrix: this library as it is, its releases, the reference's releases (releases.toml).

A release of ours is a wheel, built once from its commit, in an environment of its own; the commit must be in this
repository's history. Every end is a process that speaks ENDS.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Optional

from matrix.world import FOLDER
from peers.base import ROOT, PeerError, Program, parse, quote

HERE = Path(__file__).resolve().parent
RELEASES = HERE / "releases.toml"
NOW = "now"
PATIENCE = 30.0


class EndError(Exception):
    """The end says that the library refused; the first argument is the library's name of the error."""


@dataclass(frozen=True)
class Release:
    """A row of releases.toml, which explains them. `commit` is empty for a release of the reference."""

    version: str
    commit: str = ""
    note: str = ""
    lowest: str = "1.1"
    tickets: str = ""
    breaks: str = ""
    fault: str = ""

    @property
    def name(self) -> str:
        return self.version if self.commit else f"s2n-{self.version}"


@lru_cache(maxsize=None)
def release_of(name: str) -> Release:
    """The release that an end is of; this library as it is counts as one more."""
    now = Release(NOW, commit="as it is", lowest="1.0")
    return next((row for row in releases() if row.name == name), now)


def releases() -> list[Release]:
    """All rows, ours first. (The subset of TOML that the file needs: Python 3.9 has no reader of it.)"""
    rows: list[tuple[str, dict[str, str]]] = []
    for line in RELEASES.read_text(encoding="utf-8").splitlines():
        if head := re.fullmatch(r"\[\[(release|reference)\]\]", line.strip()):
            rows.append((head[1], {}))
        elif pair := re.fullmatch(r'(\w+) = "(.*)"', line.strip()):
            rows[-1][1][pair[1]] = pair[2]
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"{RELEASES}: not understood: {line}")
    return [Release(**values) for _kind, values in sorted(rows, key=lambda row: row[0] == "reference")]


def build(release: Optional[Release]) -> list[str]:
    """The command that runs this end, built if need be; None stands for the library as it is. Raises PeerError."""
    if release is None:
        return [sys.executable, str(HERE / "end.py")]
    if not release.commit:
        from peers.s2ncrate import end_command

        return end_command(release.version)
    return [str(_environment(release)), str(HERE / "end.py")]


def _environment(release: Release) -> Path:
    """The Python of a release's environment."""
    folder = FOLDER / "releases" / f"{release.version}-{release.commit[:12]}"
    python = folder / "venv" / "bin" / "python"
    if (folder / "done").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "source"
    source.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", release.commit], cwd=ROOT, capture_output=True)
    if archive.returncode != 0:
        raise PeerError(f"commit {release.commit[:12]} is not in this clone")
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive.stdout, check=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    _run([*pip, "wheel", "--no-build-isolation", "--no-deps", "-w", str(folder), str(source)])
    shutil.rmtree(source)
    # What the package needs comes from the environment that runs this; only the package itself is the release's.
    _run([sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", str(folder / "venv")])
    library = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    (library / "parent.pth").write_text(str(_site_packages()))
    _run([*pip, "install", "--no-deps", "--no-index", "--target", str(library), *map(str, folder.glob("*.whl"))])
    (folder / "done").write_text("")
    return python


def _site_packages() -> Path:
    import cffi

    return Path(cffi.__file__).parents[1]


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise PeerError(f"{' '.join(command[:6])}: {(done.stdout + done.stderr)[-2000:]}")


class End:
    """A running end."""

    def __init__(self, command: Sequence[str]) -> None:
        self._program = Program(command)

    @property
    def alive(self) -> bool:
        return self._program.alive

    def begin(self, op: str, **words: object) -> None:
        """Say something without waiting for the answer."""
        given = {key: value for key, value in words.items() if value not in (None, "", b"", False)}
        self._program.say(
            " ".join([f"op={op}", *(f"{key}={quote(_text(value), safe='/:,+')}" for key, value in given.items())])
        )

    def answered(self) -> bool:
        return self._program.heard

    def answer(self) -> dict[str, str]:
        word, values = parse(self._program.hear(PATIENCE))
        if word != "done":
            raise PeerError(f"not understood: {word}")
        if values.get("ok") != "1":
            raise EndError(values.get("error") or "?", values.get("detail", ""))
        return values

    def do(self, op: str, **words: object) -> dict[str, str]:
        self.begin(op, **words)
        return self.answer()

    def close(self) -> None:
        self._program.kill()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return "1" if value is True else str(value)
