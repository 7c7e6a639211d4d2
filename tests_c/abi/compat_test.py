#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that compat.py lets additions pass and stops everything else, with libraries of three functions.

usage: compat_test.py        (CC is taken from the environment)

Each case is an edit of the same small library: its header, its source or its version map. compat.py compares the
result with a dump of the unchanged one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

COMPAT = Path(__file__).resolve().parent / "compat.py"

HEADER = """
#include <stdint.h>
struct s2n_thing;
typedef enum { S2N_COLD = 0, S2N_HOT = 1 } s2n_heat;
struct s2n_event { int code; uint64_t when; };
typedef int (*s2n_listener)(struct s2n_thing *thing, const struct s2n_event *event);
#define S2N_API __attribute__((visibility("default")))
S2N_API struct s2n_thing *s2n_thing_new(s2n_heat heat);
S2N_API int s2n_thing_listen(struct s2n_thing *thing, s2n_listener listener);
S2N_API int s2n_thing_free(struct s2n_thing *thing);
extern S2N_API __thread int s2n_errno;
"""
SOURCE = """
#include "thing.h"
#include <stdlib.h>
struct s2n_thing { s2n_heat heat; s2n_listener listener; };
__thread int s2n_errno;
struct s2n_thing *s2n_thing_new(s2n_heat heat)
{
    struct s2n_thing *thing = calloc(1, sizeof(struct s2n_thing));
    thing->heat = heat;
    return thing;
}
int s2n_thing_listen(struct s2n_thing *thing, s2n_listener listener) { thing->listener = listener; return 0; }
int s2n_thing_free(struct s2n_thing *thing) { free(thing); return 0; }
"""
MAP = """
S2N_1.0 { global: s2n_errno; s2n_thing_new; s2n_thing_listen; s2n_thing_free; local: *; };
S2N_UNSTABLE { global: s2n_nothing; };
"""
FREE = "S2N_API int s2n_thing_free(struct s2n_thing *thing);\n"
PING = "int s2n_thing_ping(void) { return 0; }\n"


class Case(NamedTuple):
    name: str
    passes: bool
    says: str  # must stand in the report
    edits: list[tuple[str, str, str]]  # file, old text, new text


CASES = [
    Case("nothing changed", True, "0 added", []),
    Case("opaque struct grew", True, "0 added", [("c", "s2n_heat heat; s2n_l", "char more[64]; s2n_heat heat; s2n_l")]),
    Case("function added in the newest node", True, "+ s2n_thing_ping", [
        ("h", FREE, FREE + "S2N_API int s2n_thing_ping(void);\n"),
        ("c", "int s2n_thing_free", PING + "int s2n_thing_free"),
        ("map", "S2N_UNSTABLE", "S2N_1.1 { global: s2n_thing_ping; } S2N_1.0;\nS2N_UNSTABLE")]),
    Case("unstable function added", True, "+ s2n_thing_ping", [
        ("h", FREE, FREE + "S2N_API int s2n_thing_ping(void);\n"),
        ("c", "int s2n_thing_free", PING + "int s2n_thing_free"),
        ("map", "s2n_nothing;", "s2n_thing_ping;")]),
    Case("enumerator added at the end", True, "0 added", [("h", "S2N_HOT = 1", "S2N_HOT = 1, S2N_BURNING = 2")]),
    Case("function added in an old node", False, "s2n_thing_ping was added in node S2N_1.0, not in S2N_1.1", [
        ("h", FREE, FREE + "S2N_API int s2n_thing_ping(void);\nS2N_API int s2n_thing_pong(void);\n"),
        ("c", "int s2n_thing_free", PING + PING.replace("ping", "pong") + "int s2n_thing_free"),
        ("map", "s2n_thing_free;", "s2n_thing_free; s2n_thing_ping;"),
        ("map", "S2N_UNSTABLE", "S2N_1.1 { global: s2n_thing_pong; } S2N_1.0;\nS2N_UNSTABLE")]),
    Case("function removed", False, "s2n_thing_listen", [
        ("h", "S2N_API int s2n_thing_listen(struct s2n_thing *thing, s2n_listener listener);\n", ""),
        ("c", "int s2n_thing_listen", "static inline int s2n_thing_listen")]),
    Case("function hidden", False, "s2n_thing_free", [("map", "s2n_thing_free;", "")]),
    Case("variable removed", False, "s2n_errno", [("map", "s2n_errno;", "")]),
    Case("function moved to another node", False, "s2n_thing_free", [
        ("map", "s2n_thing_free;", ""),
        ("map", "S2N_UNSTABLE", "S2N_1.1 { global: s2n_thing_free; } S2N_1.0;\nS2N_UNSTABLE")]),
    Case("value of an enumerator changed", False, "S2N_HOT", [("h", "S2N_HOT = 1", "S2N_HOT = 2")]),
    Case("enumerator removed", False, "S2N_HOT", [("h", ", S2N_HOT = 1", "")]),
    Case("public struct grew", False, "size changed", [("h", "uint64_t when;", "uint64_t when; int more;")]),
    Case("members of a public struct swapped", False, "offset changed", [
        ("h", "int code; uint64_t when;", "uint64_t when; int code;")]),
    Case("parameter changed", False, "parameter 1", [
        ("h", "new(s2n_heat heat)", "new(uint64_t heat)"), ("c", "new(s2n_heat heat)", "new(uint64_t heat)"),
        ("c", "= heat;", "= (s2n_heat) heat;")]),
    Case("result changed", False, "return type changed", [("h", "int s2n_thing_free", "long s2n_thing_free"),
                                                          ("c", "int s2n_thing_free", "long s2n_thing_free")]),
    Case("parameter of a callback changed", False, "s2n_listener", [
        ("h", "const struct s2n_event *event);\n#", "struct s2n_event *event, int more);\n#")]),
]


def build(work: Path, edits: list[tuple[str, str, str]]) -> Path:
    texts = {"h": HEADER, "c": SOURCE, "map": MAP}
    for file, old, new in edits:
        if old not in texts[file]:
            raise SystemExit(f"compat_test: an edit does not apply: {old!r}")
        texts[file] = texts[file].replace(old, new)
    work.mkdir()
    for file, text in texts.items():
        (work / f"thing.{file}").write_text(text, encoding="utf-8")
    library = work / "libs2n.so"
    linker = f"-Wl,--version-script={work}/thing.map,-soname,libs2n.so.1"
    compiler = [os.environ.get("CC", "cc"), "-g", "-O1", "-shared", "-fPIC", "-fvisibility=hidden"]
    subprocess.run([*compiler, linker, "-o", str(library), str(work / "thing.c")], check=True)
    return library


def compare(action: str, library: Path, baseline: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(COMPAT), action, str(library), str(baseline), "--headers", str(library.parent)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        baseline = work / "baseline.abi"
        made = compare("dump", build(work / "base", []), baseline)
        if made.returncode:
            print(made.stderr, file=sys.stderr)
            return 1
        for number, case in enumerate(CASES):
            run = compare("check", build(work / str(number), case.edits), baseline)
            said = run.stdout + run.stderr
            if run.returncode != (0 if case.passes else 1) or case.says not in said:
                failed += 1
                print(f"compat_test: {case.name}: exit {run.returncode}, no {case.says!r} in:\n{said}", file=sys.stderr)
    print(f"compat_test: {len(CASES)} variants, {failed} not judged as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
