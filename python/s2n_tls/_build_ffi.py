# SPDX-License-Identifier: Apache-2.0
"""Writes the C source of the extension module s2n_tls._s2n.

    python _build_ffi.py OUT.c

CMake runs it and compiles the result for the limited API (cffi API mode: the C compiler checks every
signature). The declarations come from _cdef.h, which abi/gen/gen.py makes from the public header, and from
_callbacks.h. Not part of an installed package.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Run as a script, this folder would come first, and its socket.py is not the one that others mean.
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != HERE]

from cffi import FFI  # noqa: E402


def builder(cdef: Path = HERE / "_cdef.h") -> FFI:
    """The cffi builder for the module, from the declarations in `cdef`."""
    ffi = FFI()
    ffi.cdef(cdef.read_text(encoding="utf-8"))
    ffi.cdef((HERE / "_callbacks.h").read_text(encoding="utf-8"))
    ffi.set_source("s2n_tls._s2n", '#include "_glue.h"\n')
    return ffi


def main(argv: list[str]) -> int:
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    builder().emit_c_code(argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
