# SPDX-License-Identifier: Apache-2.0
"""The loop of a process that runs cells: a line of JSON in, with the cell's "id"; a line out, with its state and log."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def serve(run: Callable[[dict[str, Any]], str], close: Callable[[], None]) -> None:
    """Until the input ends. `run` returns what to put into the log, or raises; what an exception has for the log beside
    its text is its attribute `log`."""
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing but answers there
    try:
        for line in sys.stdin:
            job = json.loads(line)
            began = time.monotonic()
            try:
                state, log = "passed", run(job)
            except Exception as error:
                state, log = "failed", f"{type(error).__name__}: {' '.join(map(str, error.args))}\n{getattr(error, 'log', '')}"
            seconds = round(time.monotonic() - began, 3)
            answers.write(json.dumps({"id": job["id"], "state": state, "seconds": seconds, "log": log.strip()}) + "\n")
            answers.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())  # nobody hears us any more: the run was interrupted
    finally:
        close()
