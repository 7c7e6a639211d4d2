#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the binary interface of a built library with a dump of an earlier one.

usage: compat.py check LIBRARY BASELINE [--headers DIR]     exit 0 if programs linked before still work
       compat.py dump LIBRARY BASELINE [--headers DIR]      write the dump

The library must be built with debug information. Added symbols are fine if they are in the newest version node, or
in one of the two special ones; everything else that abidiff finds fails, with its report. Only types that the public
headers define count, so that what is behind an opaque struct is free to change. Needs abidw and abidiff of
libabigail. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IGNORE = ROOT / "abi/baseline/ignore.ini"
SPECIAL = ("S2N_UNSTABLE", "S2N_PRIVATE")
ABIDW = "--drop-private-types --drop-undefined-syms --exported-interfaces-only --no-show-locs --no-corpus-path"
ABIDW += " --no-comp-dir-path --no-architecture --no-elf-needed --no-parameter-names --no-write-default-sizes"


class Trouble(Exception):
    """A tool failed, as opposed to a difference."""


def dump(library: Path, headers: Path) -> str:
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "out.abi"
        command = ["abidw", *ABIDW.split(), "--headers-dir", str(headers), "--suppressions", str(IGNORE)]
        command += ["--out-file", str(out), str(library)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0 or not out.exists():
            raise Trouble(f"abidw failed on {library}: {run.stderr.strip()[:2000]}")
        text = out.read_text(encoding="utf-8")
    if "<function-decl" not in text:
        raise Trouble(f"{library} has no debug information")
    # Where it was built is nobody's business, and columns that never differ only make the file long.
    text = re.sub(r" path='[^']*?((?:abi|core)/[^']*)'", r" path='\1'", text)
    return text.replace(" binding='global-binding' visibility='default-visibility'", "").replace(
        " visibility='default' binding='global' size-in-bits='64'", ""
    )


def symbols(text: str) -> dict[str, str]:
    """name -> version node"""
    rows = re.findall(r"<elf-symbol name='([^']*)'(?: size='\d+')?(?: version='([^']*)')?", text)
    return dict(rows)


def newest(nodes: set[str]) -> str:
    def release(node: str) -> tuple[int, ...]:
        return tuple(int(part) for part in node[4:].split("."))

    stable = [node for node in nodes if re.fullmatch(r"S2N_\d+(\.\d+)+", node)]
    return max(stable, key=release) if stable else ""


def misplaced(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Added symbols that are not where additions belong."""
    last = newest(set(new.values()))
    added = {name: node for name, node in new.items() if name not in old}
    return [f"{name} was added in node {node}, not in {last}" for name, node in sorted(added.items())
            if node not in (last, *SPECIAL)]


def differences(old: Path, new: Path) -> str:
    """What abidiff reports, additions aside; empty if there is nothing."""
    run = subprocess.run(["abidiff", "--no-architecture", "--no-added-syms", str(old), str(new)],
                         capture_output=True, text=True, check=False)
    if run.returncode & 3:
        raise Trouble(f"abidiff failed: {run.stdout}{run.stderr}")
    return run.stdout if run.returncode else ""


def check(library: Path, baseline: Path, headers: Path) -> int:
    text = dump(library, headers)
    with tempfile.TemporaryDirectory() as work:
        now = Path(work) / "now.abi"
        now.write_text(text, encoding="utf-8")
        report = differences(baseline, now)
    old, new = symbols(baseline.read_text(encoding="utf-8")), symbols(text)
    wrong = misplaced(old, new)
    if report or wrong:
        print(f"compat: programs linked with {baseline} may fail with {library}:\n{report}", file=sys.stderr)
        print("".join(f"  {line}\n" for line in wrong), end="", file=sys.stderr)
        return 1
    added = sorted(set(new) - set(old))
    print(f"compat: {len(old)} symbols as in {baseline}, {len(added)} added" + "".join(f"\n  + {n}" for n in added))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["check", "dump"])
    parser.add_argument("library", type=Path)
    parser.add_argument("baseline", type=Path)
    parser.add_argument("--headers", type=Path, default=ROOT / "abi/include")
    args = parser.parse_args()
    try:
        if args.action == "check":
            return check(args.library, args.baseline, args.headers)
        args.baseline.write_text(dump(args.library, args.headers), encoding="utf-8")
        return 0
    except (Trouble, OSError) as exc:
        print(f"compat: {exc}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
