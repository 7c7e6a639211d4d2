#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check the include graph of core/ and abi/src/ against the layers of the house.

usage: layers.py [ROOT]

A folder may include only the folders listed for it; the public header belongs to policy and everything above it;
libcrypto's headers belong to crypto and x509; no file reaches itself through its includes. Every offending line is
printed as file:line: reason, and the exit code is 1 if there was one.
"""
import pathlib
import re
import sys

BELOW = {
    "base": [],
    "tables": ["base"],
    "crypto": ["base", "tables"],
    "x509": ["base", "tables", "crypto"],
    "record": ["base", "tables", "crypto"],
    "schedule": ["base", "tables", "crypto"],
    "policy": ["base", "tables", "crypto", "x509"],
    "config": ["base", "tables", "crypto", "x509", "policy"],
    "handshake": ["base", "tables", "crypto", "x509", "record", "schedule", "policy", "config"],
    "conn": ["base", "tables", "crypto", "x509", "record", "schedule", "policy", "config", "handshake"],
    "abi": ["base", "tables", "crypto", "x509", "record", "schedule", "policy", "config", "handshake", "conn"],
}
PUBLIC_HEADER_USERS = {"policy", "config", "handshake", "conn", "abi"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)')


def sources(root):
    for top in ("core", "abi/src"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".c", ".h", ".def"):
                yield path


def layer_of(root, path):
    """The layer of a source file, "public" for an installed header, None for a file of neither kind."""
    parts = path.relative_to(root).parts
    if parts[0] == "core":
        return parts[1] if len(parts) > 2 else None
    if parts[:2] == ("abi", "src"):
        return "abi"
    if parts[:2] == ("abi", "include"):
        return "public"
    return None


def resolve(root, path, name):
    """The file of this repository that an include names, searched as the compiler does; None if it is not ours."""
    for folder in (path.parent, root / "core", root / "abi" / "include"):
        candidate = (folder / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(root):
            return candidate
    return None


def libcrypto_fault(layer, path, name):
    header = name.split("/", 1)[1]
    if layer == "crypto":
        return "openssl/x509*.h is for x509 only" if header.startswith("x509") else None
    if layer == "x509":
        return "openssl/evp.h is for crypto only" if header == "evp.h" else None
    if layer == "base" and path.stem == "mem" and header == "crypto.h":
        return None
    return f"{layer} may not include libcrypto"


def include_fault(root, path, layer, name, target):
    """Why this include is forbidden, or None."""
    if name.startswith("openssl/"):
        return libcrypto_fault(layer, path, name)
    if target is None:
        return None
    other = layer_of(root, target)
    if other == "public":
        return None if layer in PUBLIC_HEADER_USERS else f"{layer} may not include the public header"
    if other is None:
        return "includes a file that belongs to no layer"
    if other == layer or other in BELOW[layer]:
        return None
    return f"{layer} may not include {other}"


def circle(graph):
    """One circle of the graph as a list of files, the first repeated at the end; None if there is none."""
    done, trail = set(), []

    def visit(node):
        if node in trail:
            return trail[trail.index(node):] + [node]
        if node in done:
            return None
        trail.append(node)
        for following in graph.get(node, ()):
            found = visit(following)
            if found:
                return found
        trail.pop()
        done.add(node)
        return None

    for start in sorted(graph):
        found = visit(start)
        if found:
            return found
    return None


def check(root):
    """All faults below root, as lines of text, and the number of files read."""
    faults, graph = [], {}
    for path in sources(root):
        shown = path.relative_to(root)
        layer = layer_of(root, path)
        if layer not in BELOW:
            faults.append(f"{shown}:1: lies in no known layer")
            continue
        graph[path] = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = match.group(1) or match.group(2)
            target = resolve(root, path, name)
            if match.group(1) and target is None:
                faults.append(f'{shown}:{number}: "{name}" is not a file of this repository')
            if target is not None:
                graph[path].append(target)
            fault = include_fault(root, path, layer, name, target)
            if fault:
                faults.append(f"{shown}:{number}: {fault} ({name})")
    found = circle(graph)
    if found:
        faults.append("circle: " + " -> ".join(str(p.relative_to(root)) for p in found))
    return faults, len(graph)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    faults, files = check(root)
    for fault in faults:
        print(fault)
    print(f"layers: {files} files, {len(faults)} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
