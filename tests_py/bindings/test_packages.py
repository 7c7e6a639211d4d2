# SPDX-License-Identifier: Apache-2.0
"""The packages of the scripting languages, built and installed as users do it: against an installed library,
from a copy of the sources, with nothing of the build trees in reach. Each language's bindings/LANG/tests/package.sh does that;
it finds the library through PKG_CONFIG_PATH and CMAKE_PREFIX_PATH, installs below its argument, loads the package from
there and prints a line "loaded PATH VERSION".
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("S2N_BUILD_DIR", ROOT / "build/release"))
ONLY = os.environ.get("S2N_BINDINGS_ONLY", "").split()
SCRIPTS = {path.parents[1].name: path for path in sorted((ROOT / "bindings").glob("*/tests/package.sh"))}
NAMES = [name for name in SCRIPTS if not ONLY or name in ONLY]
LEFT_BEHIND = ("build", "node_modules", "target", "*.o", "*.so", "__pycache__")


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library, installed."""
    folder = tmp_path_factory.mktemp("prefix")
    done = subprocess.run(
        ["cmake", "--install", str(BUILD), "--prefix", str(folder)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return folder


def environment(prefix: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "S2N_"))}
    places = [str(path) for path in prefix.glob("lib*/**/pkgconfig")]
    return {**kept, "PKG_CONFIG_PATH": ":".join(places), "CMAKE_PREFIX_PATH": str(prefix), "S2N_PREFIX": str(prefix)}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", NAMES)
def test_package(language: str, prefix: Path, tmp_path: Path) -> None:
    copy = tmp_path / "sources"
    for name in ("bindings", "abi/include", "abi/extra"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    destination = tmp_path / "installed"
    destination.mkdir()
    script = copy / SCRIPTS[language].relative_to(ROOT)
    done = subprocess.run(
        ["sh", script, destination], env=environment(prefix), capture_output=True, text=True, timeout=590
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    loaded = re.search(r"^loaded (\S+) (\S+)$", done.stdout, re.MULTILINE)
    assert loaded, done.stdout[-2000:]
    assert loaded[1].startswith(str(destination)), loaded[0]
    assert loaded[2] == "0.9.0"
