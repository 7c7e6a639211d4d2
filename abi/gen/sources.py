# SPDX-License-Identifier: Apache-2.0
"""Reads what the generators work from: the headers, the .def tables, and which functions have a body.

Used by gen.py, by status.py and by the bindings' generator; writes nothing. The headers are read with regular
expressions, which is enough because their form is fixed: every declaration stands below its own /** comment. A
.def file is lines NAME(arg, arg) and // comments. Anything that does not fit is an error, so that nothing is left
out in silence.

A public header declares the whole interface; what of it exists is not marked there but found: a function that
abi/src defines is exported, one that it does not define is not (`defined`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

COMMENT = re.compile(r"/\*\*(?!\*)(.*?)\*/", re.DOTALL)
ROW = re.compile(r"^([A-Z][A-Z0-9_]*)\((.*)\)$")
ARG = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^",]+?)\s*(?:,|$)')
# Comments, strings, characters and preprocessor lines of C; and a function's head before its body.
NOT_CODE = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|^[ \t]*#(?:\\\n|[^\n])*", re.DOTALL | re.MULTILINE
)
BODY = re.compile(r"\s*(?!static\b|typedef\b)[\w\s*]*?\b(s2n_\w+)\s*\(.*\)\s*\{$", re.DOTALL)


class SourceError(Exception):
    """A header or table is not as the generator needs it."""


@dataclass
class Doc:
    """One /** comment: paragraphs without the @since and @deprecated tags."""

    text: list[str] = field(default_factory=list)
    since: str = ""
    deprecated: str = ""

    @property
    def brief(self) -> str:
        return self.text[0] if self.text else ""


@dataclass
class Item:
    """A declaration. kind is function, variable, enum, callback, struct, typedef or macro; a struct with fields keeps
    them in decl."""

    kind: str
    name: str
    decl: str
    doc: Doc
    group: str
    values: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass
class Header:
    path: Path
    preface: list[str]
    groups: dict[str, tuple[str, list[str]]]  # id -> title, paragraphs
    items: list[Item]

    def of(self, *kinds: str) -> list[Item]:
        return [item for item in self.items if item.kind in kinds]

    def only(self, names: set[str]) -> Header:
        """The same header without the functions and variables that are not in `names`."""
        kept = [item for item in self.items if item.kind not in ("function", "variable") or item.name in names]
        return Header(self.path, self.preface, self.groups, kept)


def defined(root: Path) -> set[str]:
    """The names that the library exports: functions with a body in abi/src, variables marked as visible in core."""
    names: set[str] = set()
    for path in sorted((root / "abi/src").glob("*.c")):
        names |= _bodies(path.read_text(encoding="utf-8"))
    for path in sorted((root / "core").glob("*/*.c")):
        names |= set(re.findall(r'visibility\("default"\)\)\) [\w ]*\b(\w+)(?: = [^;]*)?;', path.read_text("utf-8")))
    return names


def _bodies(source: str) -> set[str]:
    """Functions called s2n_ that a C file defines and other files can call."""
    text = NOT_CODE.sub(" ", source)
    depth, top = 0, []
    for part in re.split(r"([{}])", text):
        if part == "{":
            depth += 1
            top.append("{" if depth == 1 else "")
        elif part == "}":
            depth -= 1
            top.append(";" if depth == 0 else "")
        elif depth == 0:
            top.append(part)
    found = set()
    for declaration in "".join(top).split(";"):
        match = BODY.match(declaration.rstrip())
        if match:
            found.add(match[1])
    return found


def read_header(path: Path) -> Header:
    """Parses one header into its documented declarations, in order."""
    source = path.read_text(encoding="utf-8")
    header = Header(path, [], {}, [])
    group = ""
    for match in COMMENT.finditer(source):
        lines = [re.sub(r"^ ?\*? ?", "", line.strip()) for line in match[1].strip().split("\n")]
        tag = lines[0].split(maxsplit=2)
        if tag[0] == "@file":
            header.preface = paragraphs(lines[1:])
        elif tag[0] == "@addtogroup":
            group = tag[1]
            header.groups[group] = (tag[2], paragraphs(line for line in lines[1:] if line != "@{"))
        elif tag[0] == "@}":
            group = ""
        elif not _inside_enum(source, match.end()):
            doc = read_doc(lines, path)
            header.items.append(read_item(source[match.end() :], doc, group, path))
    declared = set(re.findall(r"\b(s2n_\w+)\s*\([^*]", _bare(source)))
    missing = declared - {item.name for item in header.items}
    if missing:
        raise SourceError(f"{path}: no comment of its own: {' '.join(sorted(missing))}")
    return header


def _inside_enum(source: str, at: int) -> bool:
    """Whether the comment that ends at `at` explains an enum's value: a declaration would follow it."""
    return source[:at].rfind("/**<") == source[:at].rfind("/**")


def _bare(source: str) -> str:
    without = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return "\n".join(line for line in without.split("\n") if not line.startswith(("typedef", "#")))


def paragraphs(lines: Iterable[str]) -> list[str]:
    """Joins lines to paragraphs; "Errors" and list items start one of their own."""
    out: list[str] = []
    fresh = True
    for line in lines:
        line = line.rstrip()
        if not line:
            fresh = True
        elif fresh or re.match(r"(Errors\b|- |@)", line):
            out.append(line)
            fresh = False
        else:
            out[-1] += " " + line.strip()
    return out


def read_doc(lines: list[str], path: Path) -> Doc:
    doc = Doc()
    for text in paragraphs(lines):
        if text.startswith("@since "):
            doc.since = text.split()[1]
        elif text.startswith("@deprecated "):
            doc.deprecated = text.split(maxsplit=1)[1]
        elif re.match(r"@(?!p )", text):
            raise SourceError(f"{path}: unknown tag: {text}")
        else:
            doc.text.append(text)
    if not doc.text:
        raise SourceError(f"{path}: a comment without text before {doc}")
    return doc


def read_item(rest: str, doc: Doc, group: str, path: Path) -> Item:
    """The declaration that follows a comment."""
    rest = re.sub(r"^(\s*\n)*#if\w* [^\n]*\n(?=#define|#if)", "", rest.lstrip("\n"))
    rest = re.sub(r"^(#if[^\n]*\n)+", "", rest)
    macro = re.match(r"#define (\w+)(?:\(\w+\))?[ ]?([^\n]*)", rest)
    if macro:
        return Item("macro", macro[1], macro[2].strip(), doc, group)
    enum = re.match(r"typedef enum \{(.*?)\} (\w+);", rest, re.DOTALL)
    if enum:
        return Item("enum", enum[2], enum[0], doc, group, _enum_values(enum[1], path))
    body = re.match(r"struct (s2n_\w+) \{(.*?)\n\};", rest, re.DOTALL)
    if body:
        fields = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", body[2], flags=re.DOTALL)).strip()
        return Item("struct", body[1], f"struct {body[1]} {{ {fields} }};", doc, group)
    end = rest.find(";")
    decl = re.sub(r"\s+", " ", rest[: end + 1])
    for pattern, kind in (
        (r"extern S2N_API (?:S2N_THREAD_LOCAL int|const \w+) (\w+);$", "variable"),
        (r"S2N_API .*?\b(s2n_\w+)\(", "function"),
        (r"typedef [^;]*?\(\*(s2n_\w+)\)\(", "callback"),
        (r"typedef \w+ (s2n_\w+)\(", "callback"),
        (r"typedef [^;(]* (s2n_\w+);$", "typedef"),
        (r"struct (s2n_\w+);$", "struct"),
    ):
        match = re.match(pattern, decl)
        if match:
            item = Item(kind, match[1], decl, doc, group)
            _check(item, path)
            return item
    raise SourceError(f"{path}: cannot read the declaration {decl[:90]!r}")


def _enum_values(body: str, path: Path) -> list[tuple[str, int, str]]:
    values = []
    for line in body.strip().split("\n"):
        match = re.match(r"\s*(S2N_\w+) = (\w+),?\s*(?:/\*\*< (.*?) \*/)?$", line)
        if not match:
            raise SourceError(f"{path}: cannot read the enum value {line.strip()!r}")
        values.append((match[1], int(match[2], 0), match[3] or ""))
    return values


def _check(item: Item, path: Path) -> None:
    if item.kind in ("function", "variable"):
        if not re.fullmatch(r"\d+\.\d+", item.doc.since):
            raise SourceError(f"{path}: {item.name} has no @since MAJOR.MINOR")
        if ("S2N_DEPRECATED" in item.decl) != bool(item.doc.deprecated) and "s2n_private" not in str(path):
            raise SourceError(f"{path}: {item.name}: S2N_DEPRECATED and @deprecated go together")


def prototype(item: Item) -> str:
    """The declaration as a reader wants it: no export mark, no attribute."""
    decl = re.sub(r'^S2N_API (S2N_DEPRECATED\("[^"]*"\) )?', "", item.decl)
    return decl.replace("S2N_API ", "").replace("S2N_THREAD_LOCAL ", "thread-local ")


def read_def(path: Path) -> list[tuple[str, list[str]]]:
    """The rows of a .def file as (row name, arguments); strings lose their quotes."""
    rows = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        line = raw.split("//")[0].strip() if '"' not in raw else raw.strip()
        if not line or line.startswith("//"):
            continue
        match = ROW.match(line)
        if not match:
            raise SourceError(f"{path}:{number}: not a row: {line[:90]!r}")
        args, at = [], 0
        while at < len(match[2]):
            arg = ARG.match(match[2], at)
            if not arg:
                raise SourceError(f"{path}:{number}: cannot read the arguments at {match[2][at : at + 40]!r}")
            args.append(arg[1][1:-1].replace('\\"', '"') if arg[1].startswith('"') else arg[1])
            at = arg.end()
        rows.append((match[1], args))
    return rows
