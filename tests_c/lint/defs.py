#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check every .def table below core/.

usage: defs.py [ROOT]

A table holds blank lines, // comments and rows NAME(arg, arg, ...), each on one line, so that the generator's two
regular expressions read what the preprocessor includes. Rows of one kind have the same number of arguments (lists aside), and no id
stands twice within a table. Every fault is printed as file:line: reason; the exit code is 1 if there was one.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE / "abi" / "gen"))
from sources import ARG, ROW  # noqa: E402

# The columns that identify a row, per kind; each must be unique in its table. Kinds not named here must at least
# not repeat a whole row. Two kinds with one scope share their names.
IDS = {
    "ALERT": [0, 1],
    "CERT_KEY": [0],
    "CIPHER": [0],
    "ERR": [1],
    "ERR_TYPE": [0, 1],
    "EXT": [0, 1],
    "GROUP": [0, 1],
    "MSG": [0],
    "POLICY": [0],
    "POLICY_ALIAS": [0],
    "DEPRECATED_POLICY": [0],
    "SECRET": [0],
    "SIGSCHEME": [0, 1],
    "SUITE": [0, 1, 2],
}
SCOPE = {"POLICY_ALIAS": "POLICY"}


def is_list(kind):
    return kind.endswith("_LIST")


def arguments(text):
    """The arguments of a row, or None where the text is no list of arguments."""
    found, at = [], 0
    while at < len(text):
        match = ARG.match(text, at)
        if not match:
            return None
        found.append(match.group(1))
        at = match.end()
    return found or None


def value(argument):
    """Numbers compare by value, so that 0x0A and 10 are the same id."""
    try:
        return int(argument, 0)
    except ValueError:
        return argument


def keys(kind, args):
    """What must be unique about this row: (scope, column, value) triples."""
    scope = SCOPE.get(kind, kind)
    if is_list(kind):
        return [(scope, 0, args[0])]
    if kind in IDS:
        return [(scope, column, value(args[column])) for column in IDS[kind] if column < len(args)]
    return [(scope, "row", tuple(value(a) for a in args))]


def check(path, shown):
    faults, seen, widths, rows = [], {}, {}, 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("//"):
            continue
        match = ROW.match(line)
        args = arguments(match.group(2)) if match else None
        if args is None:
            faults.append(f"{shown}:{number}: not a row: {line[:60]}")
            continue
        rows += 1
        kind = match.group(1)
        if not is_list(kind) and widths.setdefault(kind, len(args)) != len(args):
            faults.append(f"{shown}:{number}: {kind} has {len(args)} arguments, the rows above {widths[kind]}")
        for key in keys(kind, args):
            if key in seen:
                faults.append(f"{shown}:{number}: {kind} {key[2]} stands already in line {seen[key]}")
            seen.setdefault(key, number)
    if not rows:
        faults.append(f"{shown}:1: no rows")
    return faults, rows


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE).resolve()
    tables = sorted((root / "core").rglob("*.def"))
    total, bad = 0, 0
    for path in tables:
        faults, rows = check(path, path.relative_to(root))
        total += rows
        bad += len(faults)
        for fault in faults:
            print(fault)
    print(f"defs: {len(tables)} tables, {total} rows, {bad} faults")
    return 1 if bad or not tables else 0


if __name__ == "__main__":
    sys.exit(main())
