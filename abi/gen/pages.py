# SPDX-License-Identifier: Apache-2.0
"""The pages that gen.py makes for readers, in Markdown: errors, policies, suites, symbols and the reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sources import Header, Item, SourceError

Rows = list[tuple[str, list[str]]]  # row name and arguments, as read_def gives them


class Error(NamedTuple):
    name: str
    value: int
    type: str
    alert: str
    text: str


TYPE_TEXT = {
    "OK": "No error.",
    "IO": "The transport failed; the system's errno says why.",
    "CLOSED": "The connection is closed.",
    "BLOCKED": "Nothing is wrong: repeat the call when the blocked status allows it.",
    "ALERT": "The peer sent an alert.",
    "PROTO": "The peer broke the protocol, was refused, or has nothing in common with this side.",
    "INTERNAL": "Something failed inside, or an argument did not pass a check.",
    "USAGE": "The function was called with wrong arguments, at a wrong time or with a wrong configuration.",
}

VERSIONS = {
    "VER_NONE": "–",
    "SSL3": "SSLv3",
    "TLS10": "TLS 1.0",
    "TLS11": "TLS 1.1",
    "TLS12": "TLS 1.2",
    "TLS13": "TLS 1.3",
}

LISTS = {
    "SUITE_LIST": "Cipher suites",
    "GROUP_LIST": "Curves",
    "KEM_LIST": "Post-quantum groups",
    "SIG_LIST": "Signature schemes",
    "CERTSIG_LIST": "Signature schemes in certificates",
    "KEY_LIST": "Certificate keys",
    "STRONG_LIST": "Strongly preferred groups",
}


def page(title: str, made_by: str, *intro: str) -> str:
    return f"<!-- {made_by} -->\n\n# {title}\n\n" + "".join(f"{line}\n\n" for line in intro)


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines) + "\n"


def errors(made_by: str, all_errors: list[Error]) -> str:
    text = page(
        "Errors",
        made_by,
        "Act on the type; log the name. `s2n_error_get_type()` gives the type of a number, `s2n_strerror_name()` its"
        " name, `s2n_strerror()` the text. The alert is what `s2n_error_get_alert()` reports for it.",
    )
    for kind in dict.fromkeys(error.type for error in all_errors):
        text += f"## S2N_ERR_T_{kind}\n\n{TYPE_TEXT[kind]}\n\n"
        rows = [
            [f"`{e.name}`", str(e.value), "–" if e.alert == "NONE" else e.alert.lower(), e.text]
            for e in all_errors
            if e.type == kind
        ]
        text += table(["name", "number", "alert", "text"], rows)
    return text.rstrip("\n") + "\n"


def suites(made_by: str, suite_rows: Rows, group_rows: Rows, scheme_rows: Rows) -> str:
    text = page(
        "Cipher suites, groups and signature schemes",
        made_by,
        "What the library knows. What a connection offers is decided by its [policy](policies.md) and by what the"
        " libcrypto at hand can do.",
    )
    text += "## Cipher suites\n\n"
    rows = []
    for _, (number, iana, name, kex, auth, cipher, mac, prf, low, high) in suite_rows:
        kex, auth = ("–" if v in ("NONE", "ANY") else v for v in ("NONE" if kex == "TLS13" else kex, auth))
        versions = VERSIONS[low] if low == high else f"{VERSIONS[low]} to {VERSIONS[high]}"
        rows.append([number, f"`{iana}`", f"`{name}`", kex, auth, cipher, "–" if mac == "NONE" else mac, prf, versions])
    heads = [
        "number",
        "IANA name",
        "reported name",
        "key exchange",
        "authentication",
        "cipher",
        "MAC",
        "PRF",
        "versions",
    ]
    text += table(heads, rows[1:])
    text += "## Groups\n\n"
    kinds = {"EC": "curve", "X": "curve", "KEM": "post-quantum", "HYBRID": "hybrid"}
    text += table(["number", "name", "kind"], [[args[0], f"`{args[1]}`", kinds[args[3]]] for _, args in group_rows])
    text += "## Signature schemes\n\n"
    rows = [
        [args[0], f"`{args[2]}`", f"`{args[3]}`" if args[8] == "TLS13" else "–"]
        for _, args in scheme_rows
        if args[0] != "0xFFFF"
    ]
    return (text + table(["number", "name below TLS 1.3", "name at TLS 1.3"], rows)).rstrip("\n") + "\n"


def policies(made_by: str, rows: Rows, suite_rows: Rows) -> str:
    text = page(
        "Security policies",
        made_by,
        "A policy is chosen by name, in any case, with `s2n_config_set_cipher_preferences()`. Lists that several"
        " policies share have short names here and stand [below](#lists). A dash means none, and for certificates:"
        " no rule.",
    )
    aliases: dict[str, list[str]] = {}
    for kind, args in rows:
        if kind == "POLICY_ALIAS":
            aliases.setdefault(args[1], []).append(args[0])
    lists = {args[0] for kind, args in rows if kind in LISTS}
    body = [policy_row(args, aliases, lists) for kind, args in rows if kind == "POLICY"]
    heads = ["name", "also", "lowest", "suites", "curves", "post-quantum", "signatures"]
    text += table([*heads, "in certificates", "keys", "strongly preferred", "rules"], body)
    retired = [args[0] for kind, args in rows if kind == "DEPRECATED_POLICY"]
    if retired:
        text += "## Retired names\n\nThey are refused with `S2N_ERR_DEPRECATED_SECURITY_POLICY`.\n\n"
        text += "".join(f"- `{name}`\n" for name in retired) + "\n"
    names = {args[0].upper(): args[1] for _, args in suite_rows}
    text += "## Lists\n\nIn order of preference.\n\n"
    for kind, title in LISTS.items():
        found = [args for row, args in rows if row == kind]
        if found:
            text += f"### {title}\n\n"
            text += "".join(f"{list_lines(args, names, kind)}\n" for args in found)
    return text.rstrip("\n") + "\n"


def policy_row(args: list[str], aliases: dict[str, list[str]], lists: set[str]) -> list[str]:
    name, low, *used, flags = args
    for one in used:
        if one != "NONE" and one not in lists:
            raise SourceError(f"policies.def: policy {name} names the list {one}, which has no row")
    cells = ["–" if one == "NONE" else f"[{one}](#{one.lower()})" for one in used]
    rules = [flag.strip().replace("POLICY_", "").lower() for flag in flags.split("|") if flag.strip() != "0"]
    also = ", ".join(f"`{alias}`" for alias in aliases.get(name, [])) or "–"
    return [f"`{name}`", also, VERSIONS[low], *cells, ", ".join(rules) or "–"]


def list_lines(args: list[str], names: dict[str, str], kind: str) -> str:
    label, *members = args
    if kind == "SUITE_LIST":
        members = [names[number.upper()] for number in members]
    return f"#### {label}\n\n" + ", ".join(f"`{member}`" for member in members) + "\n"


NODE_TEXT = {
    "S2N_UNSTABLE": "Declared below `s2n/unstable/`. They may change or go away in any release.",
    "S2N_PRIVATE": "Declared in no installed header. Bindings to other languages declare them for themselves.",
}


def symbols(made_by: str, nodes: list[tuple[str, list[str]]], headers: list[Header]) -> str:
    """Which release brought which symbol, node by node."""
    text = page(
        "Symbols in versions",
        made_by,
        "What `libs2n.so.1` exports, by version node. A node `S2N_x.y` holds the stable symbols that release x.y added,"
        " and never changes after that release. [abi.md](abi.md) says what follows from it.",
    )
    by_name = {item.name: item for header in headers for item in header.of("function", "variable")}
    for node, names in nodes:
        text += f"## {node}\n\n{NODE_TEXT.get(node, f'Since release {node[4:]}.')} {len(names)} symbols.\n\n"
        rows = []
        for name in names:
            doc = by_name[name].doc
            deprecated = f"deprecated: {doc.deprecated}" if doc.deprecated else ""
            rows.append([f"`{name}`", doc.since, code(deprecated, set())])
        text += table(["symbol", "since", ""], rows)
    return text.rstrip("\n") + "\n"


def reference(
    made_by: str, header: Header, unstable: list[Header], names: set[str], prototype: Callable[[Item], str]
) -> str:
    """The functions of the public headers, group by group."""
    text = page("s2n.h", made_by, "`#include <s2n.h>`, link with `-ls2n`. Error numbers: [errors](../errors.md).")
    text += "## Conventions\n\n" + "\n".join(prose(p, names) for p in header.preface) + "\n## Contents\n\n"
    groups = {group: words for group, words in header.groups.items() if any(i.group == group for i in header.items)}
    text += "".join(f"- [{title}](#{anchor(title)})\n" for title, _ in groups.values())
    text += "- [Constants](#constants)\n- [Objects](#objects)\n- [Unstable functions](#unstable-functions)\n"
    for group, (title, intro) in groups.items():
        text += f"\n## {title}\n\n" + "".join(prose(p, names) + "\n" for p in intro)
        for item in header.items:
            if item.group == group:
                text += entry(item, names, prototype)
    text += "\n## Constants\n\n"
    numbers = [m for m in header.of("macro") if re.fullmatch(r"\(?-?\d+\)?", m.decl)]
    text += table(
        ["name", "value", ""], [[f"`{m.name}`", m.decl.strip("()"), code(m.doc.brief, names)] for m in numbers]
    )
    text += "## Objects\n\n"
    objects = header.of("struct", "typedef")
    text += table(["name", ""], [[f"`{o.decl[:-1]}`", code(o.doc.brief, names)] for o in objects])
    text += "## Unstable functions\n\nThey may change or go away in any release.\n\n"
    for other in unstable:
        text += f"`#include <s2n/unstable/{other.path.name}>`\n\n"
        text += "".join(entry(item, names, prototype) for item in other.of("function")) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def entry(item: Item, names: set[str], prototype: Callable[[Item], str]) -> str:
    text = f"\n### {item.name}\n\n"
    if item.kind == "enum":
        text += "".join(prose(p, names) + "\n" for p in item.doc.text)
        return text + table(["name", "value", ""], [[f"`{n}`", str(v), code(d, names)] for n, v, d in item.values])
    text += f"```c\n{wrapped(prototype(item))}\n```\n\n"
    text += "".join(prose(p, names) + "\n" for p in item.doc.text)
    if item.doc.deprecated:
        text += f"**Deprecated.** {prose(item.doc.deprecated, names)}\n"
    return text + (f"Since {item.doc.since}.\n" if item.doc.since else "")


def wrapped(decl: str) -> str:
    """A declaration over several lines, one parameter each, when it is long."""
    if len(decl) <= 100:
        return decl
    at = decl.rindex("(") + 1
    return f"{decl[:at]}\n    " + ",\n    ".join(decl[at:].split(", "))


def prose(text: str, names: set[str]) -> str:
    """A comment's paragraph as Markdown: parameters and functions as code, errors with their full name."""
    if text.startswith("Errors"):
        for token in re.findall(r"(?<!\w)(?!S2N_)[A-Z][A-Z0-9]*_[A-Z0-9_]+", text):
            if token not in names:
                raise SourceError(f"a comment names the error {token}, which errors.def does not have")
    return code(text, names) + "\n"


def code(text: str, names: set[str]) -> str:
    def full(match: re.Match[str]) -> str:
        return f"`S2N_ERR_{match[0]}`" if match[0] in names else match[0]

    def listed(match: re.Match[str]) -> str:
        return match[0] if match[0] in ("NULL", "OK") else full(match)

    # One word alone is an error's name in a list of errors or after "with"; NULL is mostly just a pointer.
    word = r"(?<![`\w])[A-Z][A-Z0-9_]+(?!\w)"
    several = r"(?<![`\w])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)"
    text = re.sub(rf"(?:(?<=\bwith )|(?<=^Errors: )){word}|NULL(?= also\b)|{several}", full, text)
    if text.startswith("Errors"):
        text = re.sub(word, listed, text)
    text = re.sub(r"@p (\w+)", r"`\1`", text)
    return re.sub(r"(?<![`\w\"])(s2n_\w+(?:\(\))?|S2N_[A-Z0-9_]+)(?![`\w\"])", r"`\1`", text)
