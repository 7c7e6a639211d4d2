#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes everything that is derived from the public headers and the tables.

usage: gen.py            write the outputs
       gen.py --check    write nothing; print what is stale and exit 1

The outputs are committed: abi/libs2n.map, abi/symbols.txt, python/s2n_tls/_cdef.h and _enums.py, docs/errors.md,
policies.md, suites.md, symbols.md and docs/ref/s2n.md. Functions that the headers declare and abi/src does not
define are left out of all of them; status.py lists those. Needs a C preprocessor, $CC or cc, for _cdef.h. Standard
library only.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pages
from sources import Header, Item, SourceError, defined, prototype, read_def, read_header

ROOT = Path(__file__).resolve().parents[2]
MADE_BY = "Made by abi/gen/gen.py; do not edit."

# Functions that Python cannot call, with the reason. Deprecated ones are left out too.
NOT_FOR_PYTHON = {
    "s2n_print_stacktrace": "FILE *",
    "s2n_get_stacktrace": "the struct has no public body",
}


class Sources:
    """All inputs, read once. The headers hold only what is implemented, `declared` all that they declare."""

    def __init__(self, root: Path) -> None:
        include = root / "abi/include"
        self.declared = [read_header(include / "s2n.h")]
        self.declared += [read_header(path) for path in sorted((include / "s2n/unstable").glob("*.h"))]
        self.declared.append(read_header(root / "abi/src/s2n_private.h"))
        names = defined(root)
        unknown = names - {item.name for header in self.declared for item in exported(header)}
        if unknown:
            raise SourceError(f"defined in abi/src, declared in no header: {' '.join(sorted(unknown))}")
        self.stable, *unstable, self.private = [header.only(names) for header in self.declared]
        self.unstable = [header for header in unstable if exported(header)]
        self.tables = {
            name: read_def(root / f"core/{name}.def")
            for name in ("base/errors", "tables/suites", "tables/groups", "tables/sigschemes", "tables/policies")
        }

    def table(self, name: str) -> list[tuple[str, list[str]]]:
        return self.tables[name]

    def errors(self) -> list[pages.Error]:
        """Every error in the order of the table, with its number."""
        out: list[pages.Error] = []
        types: dict[str, int] = {}
        for row, args in self.table("base/errors"):
            if row == "ERR_TYPE":
                types[args[0]] = int(args[1])
            elif row == "ERR":
                index = sum(1 for error in out if error.type == args[0])
                out.append(pages.Error("S2N_ERR_" + args[1], types[args[0]] << 26 | index, *args[:1], *args[2:4]))
        return out

    def policy_names(self) -> list[str]:
        return [args[0] for row, args in self.table("tables/policies") if row in ("POLICY", "POLICY_ALIAS")]


def exported(header: Header) -> list[Item]:
    return header.of("function", "variable")


def nodes(src: Sources) -> list[tuple[str, list[str]]]:
    """Version nodes and what is in them: one per release that added stable functions, then the two special ones."""
    by_since: dict[tuple[int, ...], list[str]] = {}
    for item in exported(src.stable):
        by_since.setdefault(tuple(map(int, item.doc.since.split("."))), []).append(item.name)
    out = [("S2N_" + ".".join(map(str, since)), names) for since, names in sorted(by_since.items())]
    out.append(("S2N_UNSTABLE", [item.name for header in src.unstable for item in exported(header)]))
    out.append(("S2N_PRIVATE", [item.name for item in exported(src.private)]))
    return [(node, sorted(names)) for node, names in out if names]


def make_map(src: Sources) -> str:
    text = f"/* {MADE_BY} What the shared library exports; nodes of past releases never change. */\n"
    before = ""
    for number, (node, names) in enumerate(nodes(src)):
        stable = re.fullmatch(r"S2N_\d+\.\d+", node) is not None
        lines = "".join(f"        {name};\n" for name in names)
        hide = "    local:\n        *;\n" if number == 0 else ""
        text += f"\n{node} {{\n    global:\n{lines}{hide}}}{before if stable else ''};\n"
        before = f" {node}" if stable else before
    return text


def make_symbols(src: Sources) -> str:
    node_of = {name: node for node, names in nodes(src) for name in names}
    items = [item for header in [src.stable, *src.unstable, src.private] for item in exported(header)]
    twice = {item.name for item in items if sum(other.name == item.name for other in items) > 1}
    if twice:
        raise SourceError(f"declared twice: {' '.join(sorted(twice))}")
    text = f"# {MADE_BY}\n# Every exported symbol: name, release that added it, whether deprecated, version node.\n"
    for item in sorted(items, key=lambda item: item.name):
        deprecated = "deprecated" if item.doc.deprecated else "-"
        text += f"{item.name:<62} {item.doc.since:<5} {deprecated:<10} {node_of[item.name]}\n"
    return text


def preprocess(path: Path) -> str:
    """The header's declarations alone: no system headers, no comments, no attributes."""
    source = re.sub(r"^\s*#\s*include\b.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    command = [os.environ.get("CC", "cc"), "-E", "-P", "-x", "c", "-DS2N_API=", "-DS2N_DEPRECATED(text)=", "-"]
    run = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SourceError(f"{path}: {run.stderr.strip()}")
    return re.sub(r"\s+", " ", run.stdout)


def declarations(text: str) -> list[str]:
    """Splits preprocessed text after each declaration; the braces of an enum or a struct stay together."""
    return [match[0].strip() for match in re.finditer(r"[^;{]*(?:\{[^}]*\})?[^;]*(?=;)", text) if match[0].strip()]


def make_cdef(src: Sources) -> str:
    text = f"/* {MADE_BY} The public headers without what cffi cannot take or Python cannot call. */\n\n"
    text += "struct iovec { void *iov_base; size_t iov_len; ...; };\n\n"
    for item in src.stable.of("macro"):
        value = item.decl.strip("()")
        if re.fullmatch(r"-?\d+", value):
            text += f"#define {item.name} {value}\n"
    for header in [src.stable, *src.unstable]:
        wanted = {item.name for item in header.of("function") if not item.doc.deprecated} - set(NOT_FOR_PYTHON)
        lines = declarations(preprocess(header.path))
        kept = [line for line in lines if not line.startswith("extern") and function_of(line) in wanted | {""}]
        text += "\n" + "".join(f"{line};\n" for line in kept) if kept else ""
    return text


def function_of(line: str) -> str:
    """The name of the function that a line declares, "" if it declares none."""
    match = None if line.startswith("typedef") or "{" in line else re.search(r"\b(s2n_\w+)\(", line)
    return match[1] if match else ""


def python_name(c_name: str) -> str:
    """s2n_cert_auth_type -> CertAuthType."""
    words = re.sub(r"_t$", "", c_name).split("_")[1:]
    acronyms = {"tls": "TLS", "ct": "CT", "psk": "PSK", "cb": "Cb", "sni": "SNI"}
    return "".join(acronyms.get(word, word.capitalize()) for word in words)


def python_members(values: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """The values without the words that all names begin with."""
    words = [name.split("_") for name, _, _ in values]
    common = 0
    while all(len(w) > common + 1 and w[common] == words[0][common] for w in words):
        common += 1
    while any(w[common][0].isdigit() for w in words):
        common -= 1
    return [("_".join(w[common:]), value, doc) for w, (_, value, doc) in zip(words, values)]


def python_class(name: str, brief: str, members: list[tuple[str, int, str]]) -> str:
    text = f'\n\nclass {name}(IntEnum):\n    """{plain(brief)}"""\n\n'
    for member, value, doc in members:
        text += f"    {member} = {value}" + (f"  # {doc}" if doc else "") + "\n"
    return text


def plain(text: str) -> str:
    return re.sub(r"@p (\w+)", r"\1", text)


def make_enums(src: Sources) -> str:
    macros = [
        m for m in src.stable.of("macro") if re.fullmatch(r"S2N_(SSLv\d|TLS\d\d|UNKNOWN_PROTOCOL_VERSION)", m.name)
    ]
    versions = [(m.name[4:].replace("UNKNOWN_PROTOCOL_VERSION", "UNKNOWN"), int(m.decl), "") for m in macros]
    classes = [("Version", "A protocol version.", sorted(versions, key=lambda v: v[1]))]
    classes += [(python_name(e.name), e.doc.brief, python_members(e.values)) for e in src.stable.of("enum")]
    everything = ["ERRORS", "POLICIES", *sorted(name for name, _, _ in classes)]
    text = f'# SPDX-License-Identifier: Apache-2.0\n# {MADE_BY}\n"""The constants of the C interface."""\n\n'
    text += "from __future__ import annotations\n\nfrom enum import IntEnum\nfrom typing import Final\n\n"
    text += "__all__ = [\n" + "".join(f'    "{name}",\n' for name in everything) + "]\n"
    text += "".join(python_class(*one) for one in classes)
    text += "\n\n# Error numbers by name.\nERRORS: Final[dict[str, int]] = {\n"
    text += "".join(f'    "{error.name}": 0x{error.value:08X},\n' for error in src.errors()) + "}\n"
    text += "\n# Names of security policies that can be chosen, in the order of the table.\n"
    text += "POLICIES: Final[tuple[str, ...]] = (\n"
    return text + "".join(f'    "{name}",\n' for name in src.policy_names()) + ")\n"


def make_symbols_page(src: Sources) -> str:
    return pages.symbols(MADE_BY, nodes(src), [src.stable, *src.unstable, src.private])


def make_ref(src: Sources) -> str:
    names = {error.name[8:] for error in src.errors()}
    for item in (item for header in src.declared for item in header.items):
        for paragraph in item.doc.text:
            pages.prose(paragraph, names)  # what is not implemented yet is checked, too
    return pages.reference(MADE_BY, src.stable, src.unstable, names, prototype)


OUTPUTS: dict[str, Callable[[Sources], str]] = {
    "abi/libs2n.map": make_map,
    "abi/symbols.txt": make_symbols,
    "python/s2n_tls/_cdef.h": make_cdef,
    "python/s2n_tls/_enums.py": make_enums,
    "docs/errors.md": lambda src: pages.errors(MADE_BY, src.errors()),
    "docs/policies.md": lambda src: pages.policies(MADE_BY, src.table("tables/policies"), src.table("tables/suites")),
    "docs/suites.md": lambda src: pages.suites(
        MADE_BY, src.table("tables/suites"), src.table("tables/groups"), src.table("tables/sigschemes")
    ),
    "docs/symbols.md": make_symbols_page,
    "docs/ref/s2n.md": make_ref,
}


def stale(path: Path, new: str) -> str:
    """A diff from the committed file to what it should be; empty if they agree."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    name = str(path.relative_to(ROOT))
    lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), name + " (committed)", name + " (now)")
    return "".join(lines)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    check = parser.parse_args(argv).check
    try:
        src = Sources(ROOT)
        made = {ROOT / name: make(src) for name, make in OUTPUTS.items()}
    except (SourceError, OSError) as exc:
        print(f"gen.py: {exc}", file=sys.stderr)
        return 1
    diffs = {path: stale(path, text) for path, text in made.items()}
    for path, diff in diffs.items():
        if diff and check:
            print(diff, end="")
        elif diff:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    if check and any(diffs.values()):
        print("gen.py: stale outputs; run abi/gen/gen.py and commit them", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
