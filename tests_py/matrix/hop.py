# SPDX-License-Identifier: Apache-2.0
"""The other process of a pair: python -m matrix.hop FD KEY CLIENT-FILE SERVER-FILE. See ours.Pair."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from matrix.ours import Moved, files_of, serve

if __name__ == "__main__":
    fd, key, client, server = sys.argv[1:]
    serve(Moved(socket.socket(fileno=int(fd)), bytes.fromhex(key), files_of(Path(client), Path(server))))
