#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check docs/compliance.csv: every requirement names a test that exists.

usage: compliance.py [--programs DIR] [ROOT]

A test of Python is PATH::NAME or PATH::CLASS::NAME. A test of C is what GoogleTest calls it: SUITE.CASE,
PREFIX/SUITE.CASE for all rows of a parametrised one, PREFIX/SUITE.CASE/ROW for one of them. Both are looked up in the
sources, where the name of a row is a string or put together from strings of the file that makes the rows. With
--programs, the built test programs in DIR are asked for their lists too, which settles the names of rows exactly.
Every fault is printed as file:line: reason; the exit code is 1 if there was one.
"""
import argparse
import ast
import csv
import os
import pathlib
import re
import subprocess
import sys

COLUMNS = ["rfc", "section", "requirement", "test"]
LONGEST = 100  # characters of a requirement
CASE = re.compile(r"^[ \t]*TEST(_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", re.M)
ROWS = re.compile(r"^[ \t]*INSTANTIATE_TEST_SUITE_P\(\s*(\w+),\s*(\w+)\s*,", re.M)
TEXT = re.compile(r'"(\w+)"')
C_NAME = re.compile(r"(?:(\w+)/)?(\w+)\.(\w+)(?:/(\w+))?$")


class CTests:
    """The cases that the sources below tests_c/ define."""

    def __init__(self, root):
        self.plain, self.with_rows = set(), set()  # (suite, case)
        self.texts = {}  # (prefix, suite) -> the strings of the file that makes the rows
        for path in sorted((root / "tests_c").glob("*/*.cc")):
            source = path.read_text(encoding="utf-8")
            for kind, suite, case in CASE.findall(source):
                (self.with_rows if kind == "_P" else self.plain).add((suite, case))
            for prefix, suite in ROWS.findall(source):
                self.texts[prefix, suite] = set(TEXT.findall(source))

    def has(self, prefix, suite, case, row):
        if prefix is None:
            return row is None and (suite, case) in self.plain
        if (suite, case) not in self.with_rows or (prefix, suite) not in self.texts:
            return False
        return row is None or made_of(row, self.texts[prefix, suite])


def made_of(row, texts):
    """Whether a row's name is one of the texts, or several of them with at most a number behind."""
    rest = row.rstrip("0123456789")
    ends = {0}  # the places that can be reached from the start
    for at in range(len(row)):
        if at in ends:
            ends.update(at + len(t) for t in texts if len(t) > 1 and row.startswith(t, at))
    return len(row) in ends or len(rest) in ends - {0}


def listed(folder):
    """The names of all tests in the test programs of a build; a parametrised case stands for its rows as well."""
    names = set()
    for program in sorted(folder.glob("s2n_*_tests")):
        environment = {**os.environ, "S2N_DONT_MLOCK": "1"}  # leak checkers do not look into locked pages
        done = subprocess.run(
            [program, "--gtest_list_tests"], capture_output=True, text=True, check=True, env=environment
        )
        suite = ""
        for line in done.stdout.splitlines():
            name = line.split("#")[0].strip()
            if not line.startswith(" "):
                suite = name
            else:
                names.update({suite + name, suite + name.partition("/")[0]})
    return names


def python_has(root, test):
    path, *names = test.split("::")
    if not names or not (root / path).is_file():
        return False
    body = ast.parse((root / path).read_text(encoding="utf-8")).body
    for name in names:
        node = next((n for n in body if getattr(n, "name", None) == name), None)
        if node is None:
            return False
        body = node.body
    return names[-1].startswith("test_")


def fault_of(root, c_tests, built, test):
    """Why this is not the name of a test, or None."""
    if "::" in test:
        return None if python_has(root, test) else "no such Python test"
    match = C_NAME.match(test)
    if not match or not c_tests.has(*match.groups()):
        return "no such C test"
    if built and test not in built:
        return "no test program has this test"
    return None


def check(root, programs):
    """All faults, as lines of text, and the number of rows."""
    path = root / "docs" / "compliance.csv"
    c_tests, built = CTests(root), listed(programs) if programs else set()
    faults, seen, number = [], {}, 1
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0] != COLUMNS:
        return [f"docs/compliance.csv:1: the columns are {','.join(COLUMNS)}"], 0
    for number, row in enumerate(rows[1:], 2):
        where = f"docs/compliance.csv:{number}"
        if len(row) != len(COLUMNS) or not all(field.strip() for field in row):
            faults.append(f"{where}: a field is missing or empty")
            continue
        if len(row[2]) > LONGEST:
            faults.append(f"{where}: the requirement has more than {LONGEST} characters")
        for key in (tuple(row), tuple(row[:3])):
            if key in seen:
                faults.append(f"{where}: stands already in line {seen[key]}")
                break
            seen[key] = number
        reason = fault_of(root, c_tests, built, row[3])
        if reason:
            faults.append(f"{where}: {reason}: {row[3]}")
    return faults, number - 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, help="folder of the built test programs")
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).parents[2])
    options = parser.parse_args()
    faults, rows = check(options.root.resolve(), options.programs)
    for fault in faults:
        print(fault)
    print(f"compliance: {rows} requirements, {len(faults)} faults")
    return 1 if faults or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
