#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes C from the contract alone, so that the library and its headers can be held against it.

usage: contract_header.py OUT_DIR            from contract.txt beside this script, write into OUT_DIR:
           contract.h     a header that a program can use instead of ours
           agree.c        compiles if our headers agree with the contract in every type, number and layout
           private.c      the same for abi/src/s2n_private.h, as far as that declares something
           stub.c         an empty library with the contract's symbols, to link old programs with
       contract_header.py --import API_JSON ERRORS_JSON      rewrite contract.txt

contract.txt holds one fact in a line: kind, header, name and what it is, with | between. Nothing here reads the
project's own headers, or it would agree with itself. Standard library only.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

FACTS = Path(__file__).resolve().parent / "contract.txt"
HEAD = "/* Made by tests_c/abi/contract_header.py from contract.txt. */\n"


class Fact(NamedTuple):
    kind: str  # opaque, typedef, enum, macro, struct, callback, function, variable, private, error
    header: str  # s2n.h, unstable/NAME.h, or - outside of the public headers
    name: str
    text: str


def read(path: Path = FACTS) -> list[Fact]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Fact(*line.split("|", 3)) for line in lines if line and not line.startswith("#")]


def of(facts: list[Fact], *kinds: str) -> list[Fact]:
    return [fact for fact in facts if fact.kind in kinds]


def pairs(fact: Fact) -> list[tuple[str, int]]:
    """The enumerators of an enum fact."""
    return [(name, int(value)) for name, value in (word.split("=") for word in fact.text.split())]


# ---- C ---------------------------------------------------------------------------------------------------------------


def renamed(text: str, name: str, new: str) -> str:
    return re.sub(rf"\b{name}\b", new, text)


def contract_h(facts: list[Fact]) -> str:
    text = HEAD + "#ifndef CONTRACT_H\n#define CONTRACT_H\n"
    for name in ("stdbool", "stddef", "stdint", "stdio", "sys/types", "sys/uio"):
        text += f"#include <{name}.h>\n"
    text += "".join(f"#define {m.name} ({m.text})\n" for m in of(facts, "macro"))
    text += "".join(f"struct {s.name};\n" for s in of(facts, "opaque"))
    for enum in of(facts, "enum"):
        text += "typedef enum { " + ", ".join(f"{n} = {v}" for n, v in pairs(enum)) + f" }} {enum.name};\n"
    text += "".join(f"struct {s.name} {{ {s.text} }};\n" for s in of(facts, "struct"))
    text += "".join(f"{fact.text}\n" for fact in of(facts, "typedef", "callback", "function", "variable"))
    errors = of(facts, "error")
    text += f"#define CONTRACT_ERRORS {len(errors)}\n"
    text += "#define CONTRACT_ERROR_ROWS " + ", ".join(f'{{ "{e.name}", {e.text} }}' for e in errors) + "\n"
    return text + "#endif\n"


def function_pointer(fact: Fact) -> str:
    """int f(int a); -> int (*)(int a)"""
    return re.sub(rf"\b{fact.name}\s*\(", "(*)(", fact.text, count=1).rstrip("; ")


def agree_c(facts: list[Fact]) -> str:
    text = HEAD + "#define S2N_DEPRECATED(text)\n#include <s2n.h>\n"
    for header in sorted({fact.header for fact in facts} - {"s2n.h", "-"}):
        text += f"#include <s2n/{header}>\n"
    text += "#define SAME(a, b, what) _Static_assert(__builtin_types_compatible_p(a, b), what)\n"
    for fact in of(facts, "function"):
        text += f'SAME(__typeof__(&{fact.name}), __typeof__({function_pointer(fact)}), "the type of {fact.name}");\n'
    for fact in of(facts, "callback", "typedef"):
        text += f"{renamed(fact.text, fact.name, 'contract_' + fact.name)}\n"
        text += f'SAME({fact.name} *, contract_{fact.name} *, "the type {fact.name}");\n'
    for fact in of(facts, "variable"):
        kind = re.sub(rf"extern |__thread |\s*\b{fact.name};", "", fact.text)
        text += f'SAME(__typeof__({fact.name}), {kind}, "the type of {fact.name}");\n'
    for fact in of(facts, "enum"):
        text += f'_Static_assert(sizeof({fact.name}) == sizeof(int), "the size of {fact.name}");\n'
        for name, value in pairs(fact):
            text += f'_Static_assert((long long) {name} == {value}, "the value of {name}");\n'
    for fact in of(facts, "macro"):
        text += f'_Static_assert(({fact.name}) == ({fact.text}), "the value of {fact.name}");\n'
    for fact in of(facts, "struct"):
        other = f"struct contract_{fact.name}"
        text += f"{other} {{ {fact.text} }};\n"
        text += f'_Static_assert(sizeof(struct {fact.name}) == sizeof({other}), "the size of {fact.name}");\n'
        for field in re.findall(r"(\w+);", fact.text):
            offset = f"offsetof(struct {fact.name}, {field}) == offsetof({other}, {field})"
            member = f"__typeof__(((struct {fact.name} *) 0)->{field}), __typeof__((({other} *) 0)->{field})"
            text += f'_Static_assert({offset}, "the place of {fact.name}.{field}");\n'
            text += f'SAME({member}, "the type of {fact.name}.{field}");\n'
    return text


def private_c(facts: list[Fact]) -> str:
    """Declares all again: a compiler accepts it twice only if it is the same."""
    declared = [fact.text for fact in of(facts, "private") if "s2n_secret_cb" not in fact.text]
    return HEAD + '#include "s2n_private.h"\n' + "".join(f"{text}\n" for text in declared)


def stub_c(facts: list[Fact]) -> str:
    """Bodies are empty: nothing of the stub ever runs, it only gives the names to the linker."""
    text = HEAD + "".join(f"void {f.name}(void) {{}}\n" for f in of(facts, "function", "private"))
    for fact in of(facts, "variable"):
        text += f"{'__thread ' if '__thread' in fact.text else ''}int {fact.name};\n"
    return text


# ---- contract.txt ----------------------------------------------------------------------------------------------------


def imported(api: dict[str, Any], errors: Any) -> str:
    def short(header: str) -> str:
        return header.split("api/", 1)[-1]

    facts = [Fact("opaque", short(s["header"]), s["name"], "") for s in api["opaque_structs"]]
    for alias in api["typedefs"]:
        text = f"typedef {alias['type']} {alias['name']};"
        facts.append(Fact("typedef", short(alias["header"]), alias["name"], text))
    for enum in api["enums"]:
        values = " ".join(f"{v['name']}={v['value']}" for v in enum["values"])
        facts.append(Fact("enum", short(enum["header"]), enum["name"], values))
    for macro in api["macros"]:
        if macro["value"]:
            facts.append(Fact("macro", short(macro["header"]), macro["name"], macro["value"]))
    for struct in api["structs"]:
        fields = " ".join(f"{f['type']} {f['name']};" for f in struct["fields"])
        facts.append(Fact("struct", short(struct["header"]), struct["name"], fields))
    facts += [Fact("callback", short(c["header"]), c["name"], c["signature"]) for c in api["callbacks"]]
    for function in api["functions"]:
        params = ", ".join(p["type"] for p in function["params"]) or "void"
        text = f"{function['return_type']} {function['name']}({params});"
        facts.append(Fact("function", short(function["header"]), function["name"], text))
    for variable in api["variables"]:
        thread = "__thread " if variable["thread_local"] else ""
        text = f"extern {thread}{variable['type']} {variable['name']};"
        facts.append(Fact("variable", short(variable["header"]), variable["name"], text))
    facts += [Fact("private", "-", p["name"], p["signature"].replace("()", "(void)")) for p in api["private_exports"]]
    rows = errors["errors"] if isinstance(errors, dict) else errors
    facts += [Fact("error", "-", row["name"], str(row["value"])) for row in rows]
    text = "# The interface as facts: kind|header|name|what. Made by contract_header.py --import; see there.\n"
    return text + "".join("|".join(fact) + "\n" for fact in facts)


def main(argv: list[str]) -> int:
    if len(argv) == 4 and argv[1] == "--import":
        api, errors = (json.loads(Path(name).read_text(encoding="utf-8")) for name in argv[2:])
        FACTS.write_text(imported(api, errors), encoding="utf-8")
        return 0
    if len(argv) != 2 or argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    facts = read()
    made = {"contract.h": contract_h, "agree.c": agree_c, "private.c": private_c, "stub.c": stub_c}
    for name, make in made.items():
        (Path(argv[1]) / name).write_text(make(facts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
