#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the bindings' surface from the public headers: every function that the library exports becomes a method of
one of four classes or a function of the module, or is left out for a reason that stands in ignore.i.

usage: gen.py            write the outputs
       gen.py --check    write nothing; print what is stale and exit 1

Outputs, committed: bindings/methods.i (what SWIG sees), bindings/support/methods.c (what it calls) and
bindings/ignore.i. Inputs: abi/include, abi/symbols.txt (what the library exports) and support/custom.h (the methods
written by hand). Standard library only.

A function that fits no rule below is an error: give it a rule, a method in custom.h, or a reason.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "abi/gen"))
from sources import Item, SourceError, prototype, read_header  # noqa: E402

MADE_BY = "Made by bindings/gen.py; do not edit."

# C struct -> (class of the scripts, constant, C names of its methods begin with).
CLASSES = {
    "s2n_connection": ("connection", "SCRIPT_CONNECTION", "s2n_connection_"),
    "s2n_config": ("config", "SCRIPT_CONFIG", "s2n_config_"),
    "s2n_cert_chain_and_key": ("cert", "SCRIPT_CERT", "s2n_cert_chain_and_key_"),
    "s2n_psk": ("psk", "SCRIPT_PSK", "s2n_psk_"),
}
PUBLIC = {"connection": "Connection", "config": "Config", "cert": "CertChain", "psk": "Psk"}

# Functions that a method of custom.h stands for, by the method.
CUSTOM = {
    "connection_new": ["s2n_connection_new"],
    "connection_close": ["s2n_connection_free"],
    "connection_set_config": ["s2n_connection_set_config"],
    "connection_negotiate": ["s2n_negotiate"],
    "connection_send": ["s2n_send"],
    "connection_recv": ["s2n_recv"],
    "connection_shutdown": ["s2n_shutdown"],
    "connection_shutdown_send": ["s2n_shutdown_send"],
    "connection_send_early_data": ["s2n_send_early_data"],
    "connection_recv_early_data": ["s2n_recv_early_data"],
    "connection_get_early_data_context": [
        "s2n_offered_early_data_get_context_length",
        "s2n_offered_early_data_get_context",
    ],
    "connection_accept_early_data": ["s2n_offered_early_data_accept"],
    "connection_reject_early_data": ["s2n_offered_early_data_reject"],
    "connection_wipe": ["s2n_connection_wipe"],
    "connection_free_handshake": ["s2n_connection_free_handshake"],
    "connection_serialize": ["s2n_connection_serialization_length", "s2n_connection_serialize"],
    "connection_deserialize": ["s2n_connection_deserialize"],
    "connection_get_session": ["s2n_connection_get_session_length", "s2n_connection_get_session"],
    "connection_get_session_id": ["s2n_connection_get_session_id_length", "s2n_connection_get_session_id"],
    "connection_get_master_secret": ["s2n_connection_get_master_secret"],
    "connection_get_negotiated_psk_identity": [
        "s2n_connection_get_negotiated_psk_identity_length",
        "s2n_connection_get_negotiated_psk_identity",
    ],
    "connection_get_cipher_iana_value": ["s2n_connection_get_cipher_iana_value"],
    "connection_get_client_cert_chain": ["s2n_connection_get_client_cert_chain"],
    "connection_get_peer_cert_chain": ["s2n_connection_get_peer_cert_chain"],
    "connection_get_selected_cert": ["s2n_connection_get_selected_cert"],
    "connection_get_client_hello": [
        "s2n_connection_get_client_hello",
        "s2n_client_hello_get_raw_message_length",
        "s2n_client_hello_get_raw_message",
    ],
    "connection_get_client_random": ["s2n_client_hello_get_random"],
    "connection_get_client_session_id": [
        "s2n_client_hello_get_session_id_length",
        "s2n_client_hello_get_session_id",
    ],
    "connection_use_memory": [
        "s2n_connection_set_recv_cb",
        "s2n_connection_set_send_cb",
        "s2n_connection_set_recv_ctx",
        "s2n_connection_set_send_ctx",
    ],
    "connection_get_read_fd": ["s2n_connection_get_read_fd"],
    "config_new": ["s2n_config_new", "s2n_config_new_minimal"],
    "config_close": ["s2n_config_free"],
    "config_add_cert_chain_and_key_to_store": ["s2n_config_add_cert_chain_and_key_to_store"],
    "config_set_verification_ca_location": ["s2n_config_set_verification_ca_location"],
    "config_accept_host": ["s2n_connection_set_verify_host_callback"],
    "config_set_verify_host": ["s2n_config_set_verify_host_callback"],
    "config_hold_early_data": ["s2n_config_set_early_data_cb"],
    "config_get_supported_groups": ["s2n_config_get_supported_groups"],
    "config_clear_protocol_preferences": ["s2n_config_set_protocol_preferences"],
    "cert_new": ["s2n_cert_chain_and_key_new"],
    "cert_close": ["s2n_cert_chain_and_key_free"],
    "cert_get_der": ["s2n_cert_chain_get_cert", "s2n_cert_get_der"],
    "cert_get_extension": ["s2n_cert_get_x509_extension_value_length", "s2n_cert_get_x509_extension_value"],
    "utf8_from_extension": [
        "s2n_cert_get_utf8_string_from_extension_data_length",
        "s2n_cert_get_utf8_string_from_extension_data",
    ],
    "psk_new": ["s2n_external_psk_new"],
    "psk_close": ["s2n_psk_free"],
}

# Functions that scripts do without, with the reason.
IGNORED = {
    "s2n_errno_location": "errors are exceptions",
    "s2n_error_get_type": "errors are exceptions",
    "s2n_strerror": "errors are exceptions",
    "s2n_strerror_debug": "errors are exceptions",
    "s2n_strerror_name": "errors are exceptions",
    "s2n_strerror_source": "errors are exceptions",
    "s2n_stack_traces_enabled": "traces of C code",
    "s2n_stack_traces_enabled_set": "traces of C code",
    "s2n_calculate_stacktrace": "traces of C code",
    "s2n_free_stacktrace": "traces of C code",
    "s2n_get_stacktrace": "traces of C code",
    "s2n_init": "called when the module is loaded",
    "s2n_cleanup_final": "handles may be alive until the process ends",
    "s2n_crypto_disable_init": "only before the module is loaded",
    "s2n_disable_atexit": "only before the module is loaded",
    "s2n_config_free_cert_chain_and_key": "a config keeps its certificates alive by itself",
    "s2n_config_add_cert_chain_and_key": "makes a certificate without an owner; see CertChain",
    "s2n_config_set_cert_chain_and_key_defaults": "an array; the first chain of each key type is the default",
    "s2n_config_set_cache_store_callback": "a callback that must answer at once; session tickets need none",
    "s2n_connection_set_protocol_preferences": "an array; see append_protocol_preference",
    "s2n_connection_get_session_length": "part of get_session",
    "s2n_cert_chain_and_key_load_pem": "see load_pem_bytes",
    "s2n_config_set_client_hello_cb_mode": "goes with a C callback",
    "s2n_client_hello_cb_done": "goes with a C callback",
    "s2n_connection_server_name_extension_used": "goes with a C callback",
    "s2n_config_set_subscriber": "a pointer for C callbacks",
    "s2n_connection_tls_exporter": "writes as many bytes as the caller asks for",
    "s2n_connection_get_key_update_counts": "two results; of use with the kernel's TLS",
    "s2n_connection_get_ocsp_response": "bytes with a length beside them",
    "s2n_connection_get_sct_list": "bytes with a length beside them",
    "s2n_connection_get_client_hello_version": "the same as get_client_protocol_version for programs of today",
}

# The same by the type of a parameter, first match counts.
IGNORED_TYPES = [
    (r"\bFILE \*", "takes a FILE *"),
    (r"\bstruct iovec\b", "takes an array of buffers; see send"),
    (r"\bs2n_\w+_(?:fn|cb|callback)\b|\bs2n_clock_time_nanoseconds\b|\(\*", "takes a C callback"),
    (r"\bvoid \*\*?\s*\w*ctx\b|\bvoid \*\s*ctx\b", "a pointer for C callbacks"),
    (
        r"\bstruct s2n_(?:offered_psk|offered_psk_list|session_ticket|async_pkey_op|client_hello)\b",
        "used in C callbacks only",
    ),
    (
        r"\bstruct s2n_(?:certificate_request|certificate_authority_list|crl|crl_lookup|cert_validation_info)\b",
        "used in C callbacks only",
    ),
    (r"\bstruct s2n_fingerprint\b", "works on a ClientHello, which scripts have as bytes"),
    (r"\bs2n_cert_(?:private|public)_key\b|\bs2n_pkey\b", "a key that other functions of C take"),
    (r"^void \*", "a pointer for C callbacks"),
]

# int functions whose result is an answer, not just success.
BOOLEANS = re.compile(r"_is_|_used$|_enabled$|_has_")
NUMBERS = re.compile(r"_get_|_peek")
# What a config or chain may do while connections use it.
NOT_A_CHANGE = re.compile(r"_get_|_is_|add_ticket_crypto_key")

UNSIGNED = {"uint8_t": 8, "uint16_t": 16, "uint32_t": 32, "uint64_t": 64, "size_t": 64, "unsigned long": 64}
SIGNED = {"int": "INT_MIN, INT_MAX"}
LEAST_MOST = {
    "uint8_t": "0, UINT8_MAX",
    "uint16_t": "0, UINT16_MAX",
    "uint32_t": "0, UINT32_MAX",
    "uint64_t": "0, INT64_MAX",
    "size_t": "0, INT64_MAX",
    **SIGNED,
}
MAXIMUM = {"uint8_t": "UINT8_MAX", "uint16_t": "UINT16_MAX", "uint32_t": "UINT32_MAX", "size_t": "SIZE_MAX"}


class NoRule(Exception):
    """A function that cannot be translated."""


@dataclass
class Parameter:
    type: str
    name: str


@dataclass
class Method:
    """A method as SWIG sees it: `owner` is a class of CLASSES or empty for a function of the module."""

    owner: str
    name: str
    result: str
    parameters: list[str]
    doc: str
    body: str = ""

    @property
    def symbol(self) -> str:
        return f"script_{self.owner}_{self.name}" if self.owner else f"script_{self.name}"


def fold(line: str, width: int = 110) -> str:
    """A long line of C over several: after || or a comma, behind the bracket that they belong to."""
    if len(line) <= width:
        return line
    condition = line.lstrip().startswith("if (")
    bracket = line.index("(", 0 if condition else line.find("= ") + 1) + 1
    mark = " || " if condition else ", "
    out, rest = "", line
    while len(rest) > width:
        cut = rest.rfind(mark, bracket, width) + len(mark)
        if cut < bracket + len(mark):
            break
        out += rest[:cut].rstrip() + "\n"
        rest = " " * bracket + rest[cut:]
    return out + rest


def split_declaration(declaration: str) -> tuple[str, str, list[Parameter]]:
    match = re.match(r"(.*?)\b(s2n_\w+)\((.*)\);$", declaration)
    if not match:
        raise SourceError(f"cannot read {declaration!r}")
    result, name, inside = match[1].strip(), match[2], match[3].strip()
    parameters = []
    if inside not in ("void", ""):
        for one in inside.split(","):
            part = re.match(r"(.*?[\s*])(\w+)$", one.strip())
            if not part:
                raise NoRule(f"{name}: parameter {one.strip()!r}")
            parameters.append(Parameter(re.sub(r"\s*\*\s*", " *", part[1]).replace("* *", "**").strip(), part[2]))
    return re.sub(r"\s*\*$", " *", result), name, parameters


def class_of(c_type: str) -> str:
    match = re.fullmatch(r"(?:const )?struct (s2n_\w+) \*", c_type)
    return CLASSES[match[1]][0] if match and match[1] in CLASSES else ""


class Translator:
    """Turns one function of the library into a method."""

    def __init__(self, item: Item, enums: dict[str, tuple[int, int]]) -> None:
        self.enums = enums
        self.item = item
        self.result, self.c_name, self.rest = split_declaration(prototype(item))
        self.owner = class_of(self.rest[0].type) if self.rest else ""
        self.parameters: list[str] = []
        self.checks: list[str] = []
        self.arguments: list[str] = []
        self.locals: list[str] = []
        self.others: list[tuple[str, str]] = []  # constant, parameter
        self.answer = ""  # type of what a pointer parameter gives back
        if self.owner:
            self.rest.pop(0)
            struct = next(s for s, c in CLASSES.items() if c[0] == self.owner)
            self.arguments.append(f"(struct {struct} *) call.raw")

    def method(self) -> Method:
        while self.rest:
            self.take()
        result = self.result_type()
        own = [f"struct script_{self.owner} *self"] if self.owner else []
        method = Method(self.owner, self.name(), result, own + self.parameters, self.doc())
        method.body = self.body(result)
        return method

    def name(self) -> str:
        prefixes = [c[2] for c in CLASSES.values() if c[0] == self.owner] + ["s2n_cert_chain_", "s2n_"]
        prefix = next(p for p in prefixes if self.c_name.startswith(p))
        return self.c_name[len(prefix) :]

    def doc(self) -> str:
        text = re.sub(r"@p (\w+)", r"\1", self.item.doc.brief).replace("*/", "")
        return f"{self.c_name}(): {text}"

    def take(self) -> None:
        """Translates the next parameter, or two that belong together."""
        p = self.rest.pop(0)
        following = self.rest[0] if self.rest else Parameter("", "")
        base = p.type[:-2] if p.type.endswith(" *") else ""
        if p.type in ("const uint8_t *", "uint8_t *", "const void *") and following.type in MAXIMUM:
            self.bytes(p, self.rest.pop(0))
        elif p.type == "const char *":
            self.parameters.append(f"struct script_chars {p.name}")
            self.checks.append(f'script_plain("{p.name}", &{p.name})')
            self.arguments.append(f"{p.name}.data")
        elif p.type == "bool" or (p.type == "uint8_t" and p.name == "enabled"):
            self.parameters.append(f"bool {p.name}")
            self.arguments.append(p.name)
        elif p.type in LEAST_MOST:
            self.number(p, LEAST_MOST[p.type], p.type)
        elif p.type in self.enums:
            low, high = self.enums[p.type]
            self.number(p, f"{low}, {high}", p.type)
        elif class_of(p.type):
            self.handle(p)
        elif not self.rest and not self.answer and (base in LEAST_MOST or base in self.enums or base == "bool"):
            self.pointer(base, p.name)
        elif not self.rest and p.type == "const char **":
            self.pointer("const char *", p.name)
        else:
            raise NoRule(f"{self.c_name}: {p.type} {p.name}")

    def bytes(self, p: Parameter, size: Parameter) -> None:
        if re.search(r"_get_|^s2n_recv", self.c_name):
            raise NoRule(f"{self.c_name}: {p.type} {p.name} looks like a buffer to fill")
        self.parameters.append(f"struct script_in {p.name}")
        if size.type != "size_t":
            self.checks.append(f'script_short_enough("{p.name}", {p.name}.len, {MAXIMUM[size.type]})')
        self.arguments.append(f"{p.name}.data" if p.type.startswith("const") else f"script_mutable({p.name}.data)")
        self.arguments.append(f"{p.name}.len" if size.type == "size_t" else f"({size.type}) {p.name}.len")

    def number(self, p: Parameter, bounds: str, c_type: str) -> None:
        self.parameters.append(f"script_int {p.name}")
        self.checks.append(f'script_fits("{p.name}", {p.name}, {bounds})')
        self.arguments.append(f"({c_type}) {p.name}")

    def handle(self, p: Parameter) -> None:
        short = class_of(p.type)
        struct = next(s for s, c in CLASSES.items() if c[0] == short)
        if self.others:
            raise NoRule(f"{self.c_name}: more than one handle")
        self.others.append((CLASSES[struct][1], p.name))
        self.parameters.append(f"struct script_{short} *{p.name}")
        self.arguments.append(f"(struct {struct} *) other.raw")

    def pointer(self, base: str, name: str) -> None:
        if self.result != "int":
            raise NoRule(f"{self.c_name}: a result besides {self.result}")
        self.answer = base
        zero = "NULL" if base == "const char *" else "false" if base == "bool" else f"({base}) 0"
        space = "" if base.endswith("*") else " "
        self.locals.append(f"{base}{space}{name} = {zero};")
        self.arguments.append(f"&{name}")
        self.out_name = name

    def result_type(self) -> str:
        if self.answer:
            return self.script_type(self.answer)
        if self.result == "int":
            if BOOLEANS.search(self.c_name):
                return "bool"
            return "script_int" if NUMBERS.search(self.c_name) else "void"
        return self.script_type(self.result)

    def script_type(self, c_type: str) -> str:
        if c_type == "bool":
            return "bool"
        if c_type == "const char *":
            return "struct script_text"
        if c_type in UNSIGNED or c_type in SIGNED or c_type in self.enums or c_type == "ssize_t":
            return "script_int"
        raise NoRule(f"{self.c_name}: result {c_type}")

    def sides(self) -> str:
        if self.owner in ("config", "cert", "psk") and not NOT_A_CHANGE.search(self.c_name):
            return "SCRIPT_CHANGING"
        return "SCRIPT_BOTH"

    def body(self, result: str) -> str:
        """The C code. One shape for all: check, enter, call, leave, give."""
        call = f"{self.c_name}({', '.join(self.arguments)})"
        lines = ["struct script_call call;"] if self.owner else []
        lines += ["struct script_call other;"] if self.others else []
        lines += self.locals
        fail = {"void": "", "bool": " false", "script_int": " 0", "struct script_text": " script_no_text()"}[result]
        conditions = ["!" + check for check in self.checks]
        if not self.owner:
            conditions.insert(0, "script_failed()")
        constant = next((c[1] for c in CLASSES.values() if c[0] == self.owner), "")
        if constant:
            conditions.append(f"!script_enter(&call, self, {constant}, {self.sides()})")
        lines += ["if (" + " || ".join(conditions) + ") {", f"    return{fail};", "}"]
        for other, name in self.others:
            lines += [
                f"if (!script_enter(&other, {name}, {other}, SCRIPT_BOTH)) {{",
                "    (void) script_leave(&call, 0);",
                f"    return{fail};",
                "}",
            ]
        text = self.answer == "const char *" or (not self.answer and result == "struct script_text")
        failable = self.result == "int"
        if text:
            lines.append("struct script_text text;")
        if failable:
            lines.append(f"script_int result = {call};")
        elif text:
            lines += ["script_forget_errno();", f"const char *found = {call};"]
            lines.append("script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;")
        elif result == "bool":
            lines.append(f"script_int result = {call} ? 1 : 0;")
        else:
            lines.append(f"script_int result = (script_int) {call};")
        if failable and self.others:
            lines += ["if (result < 0) {", "    script_note(NULL);", "}", "(void) script_leave(&other, 0);"]
        elif self.others:
            lines.append("(void) script_leave(&other, 0);")
        if text:
            found = self.out_name if self.answer else "found"
            lines.append(f"text = result < 0 ? script_no_text() : script_string({found});")
        lines += self.ending(result, failable, text)
        return "".join(fold(f"    {line}") + "\n" for line in lines)

    def ending(self, result: str, failable: bool, text: bool) -> list[str]:
        leave = "script_leave(&call, result)" if self.owner else "script_result(result)"
        if text:
            return [f"(void) {leave};", "return text;"]
        if result == "void":
            return [f"(void) {leave};"]
        if self.answer:
            value = self.out_name if result == "bool" else f"(script_int) {self.out_name}"
            return [f"return {leave} < 0 ? {'false' if result == 'bool' else '0'} : {value};"]
        if result == "bool":
            return [f"return {leave} > 0;"]
        if not failable and self.owner:
            return ["(void) script_leave(&call, 0);", "return result;"]
        return [f"return {leave};"]


def custom_methods(path: Path) -> list[Method]:
    """The methods that custom.h declares."""
    methods = []
    source = path.read_text(encoding="utf-8")
    for match in re.finditer(r"/\*\* (.*?) \*/\n([^;]*?)\b(script_\w+)\(([^;]*)\);", source, re.DOTALL):
        words = match[3].split("_")
        owner = words[1] if words[1] in PUBLIC else ""
        name = "_".join(words[2 if owner else 1 :])
        inside = re.sub(r"\s+", " ", match[4])
        parameters = [] if inside == "void" else inside.split(", ")
        methods.append(Method(owner, name, match[2].strip(), parameters, re.sub(r"\s+", " ", match[1])))
    return methods


class Surface:
    """Everything that the scripts see, and what they do not."""

    def __init__(self, root: Path) -> None:
        include = root / "abi/include"
        paths = [include / "s2n.h", *sorted((include / "s2n/unstable").glob("*.h"))]
        self.headers = [read_header(path) for path in paths]
        exported = set(re.findall(r"^(s2n_\w+)", (root / "abi/symbols.txt").read_text(encoding="utf-8"), re.MULTILINE))
        self.enums = {
            item.name: (min(v for _, v, _ in item.values), max(v for _, v, _ in item.values))
            for header in self.headers
            for item in header.of("enum")
        }
        # Of the unstable headers only those with something in the library.
        self.headers = [
            header
            for number, header in enumerate(self.headers)
            if number == 0 or any(item.name in exported for item in header.of("function"))
        ]
        self.custom = custom_methods(root / "bindings/support/custom.h")
        self.made: list[Method] = []
        self.ignored: list[tuple[str, str]] = []
        written = {f"{m.owner}_{m.name}" if m.owner else m.name for m in self.custom}
        if set(CUSTOM) - written:
            raise SourceError(f"custom.h lacks {' '.join(sorted(set(CUSTOM) - written))}")
        stands_for = {name: method for method, names in CUSTOM.items() for name in names}
        problems = []
        for header in self.headers:
            for item in header.of("function"):
                try:
                    self.place(item, exported, stands_for)
                except NoRule as problem:
                    problems.append(str(problem))
        if problems:
            raise SourceError("no rule for\n  " + "\n  ".join(problems))

    def place(self, item: Item, exported: set[str], stands_for: dict[str, str]) -> None:
        if item.name not in exported:
            return
        if item.name in stands_for:
            return
        reason = self.reason(item)
        if reason:
            self.ignored.append((item.name, reason))
        else:
            self.made.append(Translator(item, self.enums).method())

    def reason(self, item: Item) -> str:
        if item.name in IGNORED:
            return IGNORED[item.name]
        if item.doc.deprecated:
            return "deprecated"
        declaration = prototype(item)
        return next((why for pattern, why in IGNORED_TYPES if re.search(pattern, declaration)), "")

    def of(self, owner: str) -> list[Method]:
        return [m for m in [*self.custom, *self.made] if m.owner == owner]


def make_methods_i(surface: Surface) -> str:
    text = f"/* {MADE_BY} The classes and functions that scripts see; see support/custom.h and methods.c. */\n"
    for header in surface.headers[1:]:
        name = f"<s2n/unstable/{header.path.name}>"
        text += f"%{{\n#include {name}\n%}}\n%include {name}\n"
    for owner, name in PUBLIC.items():
        text += f"\n%rename({name}) script_{owner};\nstruct script_{owner} {{\n}};\n"
        text += f"%extend script_{owner} {{\n"
        for method in surface.of(owner):
            if method.name == "new":
                arguments = ", ".join(method.parameters)
                text += f"    /* {method.doc} */\n    script_{owner}({arguments}) {{\n"
                words = ", ".join(re.sub(r".*[\s*]", "", p) for p in method.parameters)
                text += f"        return script_{owner}_new({words});\n    }}\n"
                text += f"    ~script_{owner}() {{\n        script_drop($self);\n    }}\n"
            else:
                space = "" if method.result.endswith("*") else " "
                if class_result(method.result):
                    text += f"    %newobject {method.name};\n"
                words = ", ".join(method.parameters[1:])
                line = f"    /* {method.doc} */\n    {method.result}{space}{method.name}({words});\n"
                text += f"#ifdef S2N_CALLBACKS\n{line}#endif\n" if "struct script_callback" in words else line
        text += "}\n"
    text += "\n"
    for method in surface.of(""):
        space = "" if method.result.endswith("*") else " "
        text += f"/* {method.doc} */\n%rename({method.name}) {method.symbol};\n"
        text += f"{method.result}{space}{method.symbol}({', '.join(method.parameters) or 'void'});\n"
    return text


def class_result(result: str) -> bool:
    return re.fullmatch(r"struct script_(?:connection|config|cert|psk) \*", result) is not None


def make_methods_c(surface: Surface) -> str:
    text = "/* SPDX-License-Identifier: Apache-2.0 */\n"
    text += f"/*\n * {MADE_BY} One method for each function of the public headers that needs\n"
    text += " * nothing special: arguments are checked, the object entered, the library called, the object left.\n */\n"
    text += '#include "methods.h"\n\n#include "handle.h"\n\n#include <limits.h>\n\n'
    for header in surface.headers[1:]:
        text += f"#include <s2n/unstable/{header.path.name}>\n"
    text += "\n/* Ends a call without an object. */\n"
    text += "static script_int script_result(script_int result)\n{\n    if (result < 0) {\n        script_note(NULL);\n"
    text += "    }\n    return result;\n}\n"
    for method in surface.made:
        text += f"\n{fold(signature(method))}\n{{\n{method.body}}}\n"
    return text


def signature(method: Method) -> str:
    space = "" if method.result.endswith("*") else " "
    return f"{method.result}{space}{method.symbol}({', '.join(method.parameters) or 'void'})"


def make_methods_h(surface: Surface) -> str:
    text = "/* SPDX-License-Identifier: Apache-2.0 */\n"
    text += f"/* {MADE_BY} The methods of methods.c; what each does stands in the public header. */\n"
    text += "#ifndef S2N_SCRIPT_METHODS_H\n#define S2N_SCRIPT_METHODS_H\n\n#include \"script.h\"\n\n"
    text += "".join(fold(f"{signature(method)};") + "\n" for method in surface.made)
    return text + "\n#endif\n"


def make_ignore_i(surface: Surface) -> str:
    """No function is wrapped as it stands; so all are ignored, and the comments say what became of each."""
    text = f"/* {MADE_BY} No function of the headers is wrapped as it stands: below, each one that the\n"
    text += " * library exports with the method that stands for it, or why scripts do without. */\n\n"
    for kind in ("isfunction", "isvariable"):
        text += f'%rename("$ignore", regextarget=1, %${kind}) "^s2n_";\n'
    text += "\n"
    rows: list[tuple[str, str]] = [(name, f"not for scripts: {why}") for name, why in surface.ignored]
    for method, names in CUSTOM.items():
        owner, _, rest = method.partition("_")
        label = f"{PUBLIC[owner]}.{rest}" if owner in PUBLIC else method
        rows += [(name, label) for name in names]
    for made in surface.made:
        c_name = made.doc.partition("(")[0]
        rows.append((c_name, f"{PUBLIC[made.owner]}.{made.name}" if made.owner else made.name))
    for name, why in sorted(rows):
        text += f"%ignore {name + ';':<68} /* {why} */\n"
    return text


OUTPUTS = {
    "bindings/methods.i": make_methods_i,
    "bindings/support/methods.c": make_methods_c,
    "bindings/support/methods.h": make_methods_h,
    "bindings/ignore.i": make_ignore_i,
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    check = parser.parse_args(argv).check
    try:
        surface = Surface(ROOT)
        made = {ROOT / name: make(surface) for name, make in OUTPUTS.items()}
    except (SourceError, OSError) as exc:
        print(f"bindings/gen.py: {exc}", file=sys.stderr)
        return 1
    stale = False
    for path, new in made.items():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old == new:
            continue
        stale = True
        name = str(path.relative_to(ROOT))
        if check:
            lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, name + " (now)")
            print("".join(lines), end="")
        else:
            path.write_text(new, encoding="utf-8")
            print(f"wrote {name}")
    if check and stale:
        print("bindings/gen.py: stale outputs; run bindings/gen.py and commit them", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
