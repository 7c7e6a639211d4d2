#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the symbols of a built library against the contract, the version map and the sources.

usage: symbols.py LIBS2N_SO LIBS2N_A

The shared library exports what abi/src defines, each symbol in the node of abi/libs2n.map, and nothing that the
contract does not know: no internal symbol, none of libcrypto. The archive has the same global symbols, so that its
short internal names cannot meet those of an application. Prints each difference; exits 1 if there is one. Needs
readelf and nm. Standard library only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "abi/gen"))

from contract_header import of, read  # noqa: E402
from sources import defined  # noqa: E402

NEEDED = {"libcrypto.so.3", "libc.so.6", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


class Symbol(NamedTuple):
    name: str
    node: str
    kind: str  # FUNC, TLS, OBJECT
    default: bool  # name@@node, not name@node


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported(library: str) -> list[Symbol]:
    found = []
    for line in run("readelf", "--dyn-syms", "-W", library).splitlines():
        parts = line.split()
        if len(parts) < 8 or parts[4] not in ("GLOBAL", "WEAK") or parts[6] in ("UND", "ABS"):
            continue
        match = re.fullmatch(r"(\w+)(?:(@@?)(\S+))?", parts[7])
        if match:
            found.append(Symbol(match[1], match[3] or "", parts[3], match[2] != "@"))
    return found


def mapped() -> dict[str, str]:
    """name -> node, from the version map."""
    text = (ROOT / "abi/libs2n.map").read_text(encoding="utf-8")
    nodes = re.findall(r"^(S2N_[A-Z0-9.]+) \{(.*?)^\}", text, re.DOTALL | re.MULTILINE)
    return {name: node for node, body in nodes for name in re.findall(r"(\w+);", body)}


def global_names(archive: str) -> set[str]:
    lines = run("nm", "--defined-only", "--extern-only", archive).splitlines()
    return {parts[2] for parts in map(str.split, lines) if len(parts) == 3}


def differ(what: str, found: set[str], wanted: set[str]) -> list[str]:
    out = [f"{what}: {name} is there and should not be" for name in sorted(found - wanted)]
    return out + [f"{what}: {name} is missing" for name in sorted(wanted - found)]


def problems(library: str, archive: str) -> list[str]:
    symbols = exported(library)
    names = {symbol.name for symbol in symbols}
    facts = read()
    contract = {fact.name for fact in of(facts, "function", "variable", "private")}
    node_of = mapped()
    out = differ("exported, by abi/src", names, defined(ROOT))
    out += differ("exported, by abi/libs2n.map", names, set(node_of))
    out += [f"not in the contract: {name}" for name in sorted(names - contract)]
    for symbol in symbols:
        if symbol.node != node_of.get(symbol.name, symbol.node) or not symbol.default:
            out.append(f"{symbol.name}: in node {symbol.node}, the map says {node_of[symbol.name]}")
        if len([other for other in symbols if other.name == symbol.name]) > 1:
            out.append(f"{symbol.name}: in more than one version")
        wanted = "TLS" if symbol.name == "s2n_errno" else "OBJECT" if symbol.name.isupper() else "FUNC"
        if symbol.kind != wanted:
            out.append(f"{symbol.name}: is {symbol.kind}, not {wanted}")
    private = {fact.name for fact in of(facts, "private")}
    unstable = {fact.name for fact in of(facts, "function", "variable") if fact.header.startswith("unstable/")}
    for name, node in node_of.items():
        fits = "S2N_PRIVATE" if name in private else "S2N_UNSTABLE" if name in unstable else None
        if (fits or "stable") != (node if node in ("S2N_PRIVATE", "S2N_UNSTABLE") else "stable"):
            out.append(f"abi/libs2n.map: {name} is in {node}")
    out += differ("global in the archive", global_names(archive), names)
    dynamic = run("readelf", "-d", "-W", library)
    soname = re.findall(r"\(SONAME\).*\[(.*)\]", dynamic)
    out += [] if soname == ["libs2n.so.1"] else [f"SONAME is {soname}"]
    out += [f"needs {name}" for name in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic) if name not in NEEDED]
    return out


def main(argv: list[str]) -> int:
    if len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    found = problems(*argv[1:])
    for line in found[:40]:
        print(f"symbols: {line}", file=sys.stderr)
    if len(found) > 40:
        print(f"symbols: and {len(found) - 40} more", file=sys.stderr)
    if not found:
        print(f"symbols: {len(exported(argv[1]))} exported, as contract, sources and map say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
