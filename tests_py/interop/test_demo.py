# SPDX-License-Identifier: Apache-2.0
"""The demonstration does what it says, with a small file, and fails when a part of it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import s2n_tls

DEMO = Path(__file__).resolve().parents[2] / "python/demo/live_handoff.py"


def run(*arguments, **extra):
    package = os.path.dirname(os.path.dirname(s2n_tls.__file__))
    environ = {**os.environ, "PYTHONPATH": package, **extra}
    return subprocess.run(
        [sys.executable, "-X", "dev", str(DEMO), *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        env=environ,
    )


def left_behind():
    """Command lines of processes of the demonstration that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_text()
            except OSError:
                continue
            if "live-handoff-" in command:
                found.append(command)
    return found


@pytest.mark.parametrize("arguments, hops", [([], 12), (["--hops", "25"], 25), (["--offload"], 1)])
def test_every_byte_arrives(arguments, hops):
    done = run("--size", "4", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" MATCH\n") == 2 and "MISMATCH" not in done.stdout
    assert done.stdout.count(f"hops             {hops} ") == 2
    assert "ResourceWarning" not in done.stderr
    assert left_behind() == []


def test_a_missing_process_is_noticed():
    done = run("--size", "1", S2N_DEMO_HOP="/bin/false")
    assert done.returncode == 1 and "FAILED" in done.stdout
    assert left_behind() == []


def test_a_lost_byte_is_noticed(tmp_path):
    """A C process that skips a byte of the file."""
    source = (DEMO.parent / "hop.c").read_text()
    broken = source.replace("(off_t) offset);", "(off_t) (offset + (offset > 0)));")
    assert broken != source
    for name in ("live_handoff.py", "workers.py", "clients.py", "show.py", "offload.py"):
        (tmp_path / name).write_text((DEMO.parent / name).read_text())
    (tmp_path / "hop.c").write_text(broken)
    package = Path(s2n_tls.__file__).parent
    done = subprocess.run(
        [
            sys.executable,
            str(tmp_path / "live_handoff.py"),
            "--size",
            "2",
            "--include-dir",
            str(DEMO.parents[2] / "abi/include"),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
    )
    assert done.returncode == 1 and "MISMATCH" in done.stdout and "other bytes" in done.stderr
