#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what of the contract is not implemented yet, header by header; `./dev abi status` calls it.

usage: status.py            all of it
       status.py --names    only the names of the public functions, one in a line

The contract is tests_c/abi/contract.txt. A function is implemented if abi/src defines it (sources.py), because that
is what decides whether it is exported. Standard library only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sources import defined

ROOT = Path(__file__).resolve().parents[2]


def contract() -> list[tuple[str, str, str]]:
    """(kind, header, name) of everything in the contract that a library exports."""
    lines = (ROOT / "tests_c/abi/contract.txt").read_text(encoding="utf-8").splitlines()
    facts = [line.split("|", 3)[:3] for line in lines if not line.startswith("#")]
    return [(kind, header, name) for kind, header, name in facts if kind in ("function", "variable", "private")]


def section(title: str, names: list[str], have: set[str]) -> str:
    missing = sorted(set(names) - have)
    text = f"{title}: {len(names) - len(missing)} of {len(names)}"
    if missing:
        text += f", {len(missing)} not implemented:"
    return text + "\n" + "".join(f"    {name}\n" for name in missing)


def report(have: set[str]) -> str:
    everything = contract()
    functions = [name for kind, _, name in everything if kind == "function"]
    text = f"functions: {len(have & set(functions))} of {len(functions)}"
    text += f" implemented, {len(set(functions) - have)} not\n\n"
    for header in dict.fromkeys(header for _, header, _ in everything if header != "-"):
        text += section(header, [n for kind, h, n in everything if h == header and kind == "function"], have)
    text += "\n" + section("variables", [name for kind, _, name in everything if kind == "variable"], have)
    return text + section("outside of the public headers", [n for kind, _, n in everything if kind == "private"], have)


def main(argv: list[str]) -> int:
    have = defined(ROOT)
    if argv[1:] == ["--names"]:
        print("\n".join(sorted(name for kind, _, name in contract() if kind == "function" and name not in have)))
    elif argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    else:
        print(report(have), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
