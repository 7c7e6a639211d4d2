# SPDX-License-Identifier: Apache-2.0
"""The C code under the scripting bindings: with sanitizers, from many threads; and the generator of their surface."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("S2N_BUILD_DIR", ROOT / "build/release"))
SANITIZERS = {"address": "address,undefined", "thread": "thread"}
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wvla", "-Wcast-qual", "-Werror"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("sanitizer", SANITIZERS)
def test_support_code(tmp_path: Path, sanitizer: str) -> None:
    program = tmp_path / "support_test"
    sources = sorted((ROOT / "bindings/support").glob("*.c"))
    folders = [f"-I{ROOT / name}" for name in ("bindings/support", "abi/include", "abi/extra")]
    subprocess.run(
        [os.environ.get("CC", "cc"), "-std=gnu11", "-O1", "-g", *STRICT, f"-fsanitize={SANITIZERS[sanitizer]}"]
        + ["-fno-sanitize-recover=all", *folders, *map(str, sources), str(ROOT / "bindings/tests/support_test.c")]
        + [str(BUILD / "libs2n.so"), f"-Wl,-rpath,{BUILD.resolve()}", "-lpthread", "-o", str(program)],
        check=True,
    )
    done = subprocess.run([program], capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr


def tree(tmp_path: Path) -> Path:
    """A copy of what the generator reads and writes."""
    for name in ("abi/include", "abi/gen", "bindings/support"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("abi/symbols.txt", "bindings/gen.py", "bindings/methods.i", "bindings/ignore.i"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def generate(root: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, root / "bindings/gen.py", *options], capture_output=True, text=True)


def declare(root: Path, declaration: str) -> None:
    """A new function in the header and in the library."""
    name = re.search(r"\bs2n_\w+(?=\()", declaration)[0]
    header = root / "abi/include/s2n.h"
    text = header.read_text(encoding="utf-8")
    at = text.rindex("#ifdef __cplusplus")
    new = f"/**\n * For this test only.\n * @since 0.9\n */\nS2N_API {declaration}\n\n"
    header.write_text(text[:at] + new + text[at:], encoding="utf-8")
    with (root / "abi/symbols.txt").open("a", encoding="utf-8") as symbols:
        symbols.write(f"{name} 0.9 - S2N_0.9\n")


def test_generated_files_are_fresh(tmp_path: Path) -> None:
    root = tree(tmp_path)
    assert generate(root, "--check").returncode == 0
    (root / "bindings/methods.i").write_text("", encoding="utf-8")
    stale = generate(root, "--check")
    assert stale.returncode == 1 and "stale" in stale.stderr


def test_a_new_function_becomes_a_method(tmp_path: Path) -> None:
    root = tree(tmp_path)
    declare(root, "int s2n_connection_set_mood(struct s2n_connection *conn, const uint8_t *mood, uint16_t mood_len);")
    assert generate(root).returncode == 0
    assert "void set_mood(struct script_in mood);" in (root / "bindings/methods.i").read_text(encoding="utf-8")
    body = (root / "bindings/support/methods.c").read_text(encoding="utf-8")
    assert "UINT16_MAX" in body[body.index("script_connection_set_mood") :]


def test_a_callback_is_left_out_with_the_reason(tmp_path: Path) -> None:
    root = tree(tmp_path)
    declare(root, "int s2n_config_set_mood_cb(struct s2n_config *config, s2n_key_log_fn callback, void *ctx);")
    assert generate(root).returncode == 0
    ignored = (root / "bindings/ignore.i").read_text(encoding="utf-8")
    assert re.search(r"s2n_config_set_mood_cb; .*takes a C callback", ignored)


def test_a_function_without_a_rule_is_an_error(tmp_path: Path) -> None:
    root = tree(tmp_path)
    declare(root, "int s2n_connection_get_mood(struct s2n_connection *conn, uint8_t *out, uint32_t max_length);")
    refused = generate(root, "--check")
    assert refused.returncode == 1 and "s2n_connection_get_mood" in refused.stderr


def test_every_exported_function_has_its_place() -> None:
    """Each is a method, or left out with a reason; nothing else is, and private exports are nobody's business."""
    exported = set(re.findall(r"^s2n_\w+", (ROOT / "abi/symbols.txt").read_text(encoding="utf-8"), re.MULTILINE))
    ignore = (ROOT / "bindings/ignore.i").read_text(encoding="utf-8")
    headers = [ROOT / "abi/include/s2n.h", *(ROOT / "abi/include/s2n/unstable").glob("*.h")]
    declared = set(re.findall(r"\b(s2n_\w+)\(", "".join(path.read_text(encoding="utf-8") for path in headers)))
    assert set(re.findall(r"^%ignore (s2n_\w+);", ignore, re.MULTILINE)) == exported & declared - {"s2n_errno"}
