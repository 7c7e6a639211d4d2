# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium, driven through chromedriver with nothing but the standard library.

Used by the adapter for Chromium and by the tests that look at pages. A browser has a home of its own in a temporary
folder, with an NSS database in it. There Chromium on Linux looks for local authorities and for client certificates: it
verifies for real instead of being told to accept anything.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Optional

PROGRAMS = {"chromium": "chromium", "chromedriver": "chromium-driver", "certutil": "libnss3-tools"}
SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # the tests run as root in a container, where the sandbox cannot
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
)
QUIET = {
    "net.network_prediction_options": 2,  # no connections on suspicion
    "safebrowsing.enabled": False,
    "search.suggest_enabled": False,
}
STARTED = re.compile(rb"started successfully on port (\d+)")
# Chromium shows a page of its own where a certificate is not good enough, and chromedriver is content with it.
REFUSED = """
const code = document.getElementById("error-code");
return origin === "null" && document.body.className === "ssl" && code ? code.textContent : "";
"""


class WebDriverError(Exception):
    """chromedriver or the browser says no. `code` is the protocol's word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message.splitlines()[0] if message else ''}")
        self.code = code


class Browser:
    """A chromedriver with one browser. `authority` is trusted beside the built-in roots; it is a context manager."""

    def __init__(
        self,
        authority: Optional[Path] = None,
        *,
        client: Optional[tuple[Path, Path]] = None,
        switches: Sequence[str] = (),
        prefs: Mapping[str, Any] = {},
        timeout: float = 30.0,
    ) -> None:
        self.timeout = timeout
        self.folder = Path(tempfile.mkdtemp(prefix="browser-"))
        self._driver: Optional[subprocess.Popen[bytes]] = None
        self._session = ""
        try:
            self._make_store(authority, client)
            for last in (False, False, True):
                if self._start_driver(last):
                    break
            self._open([*SWITCHES, f"--user-data-dir={self.folder}/profile", *switches], {**QUIET, **prefs})
        except BaseException:
            self.quit()
            raise

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, _type: Optional[type[BaseException]], _error: Optional[BaseException], _trace: Optional[TracebackType]
    ) -> None:
        self.quit()

    # ---- starting and ending --------------------------------------------------------------------------------------

    def _make_store(self, authority: Optional[Path], client: Optional[tuple[Path, Path]]) -> None:
        store = self.folder / ".pki" / "nssdb"
        store.mkdir(parents=True)
        _tool("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
        if authority is not None:
            _tool("certutil", "-A", "-d", f"sql:{store}", "-n", "authority", "-t", "C,,", "-i", str(authority))
        if client is not None:
            bundle = str(self.folder / "client.p12")
            made_of = ["-in", str(client[0]), "-inkey", str(client[1])]
            _tool("openssl", "pkcs12", "-export", *made_of, "-out", bundle, "-passout", "pass:")
            _tool("pk12util", "-d", f"sql:{store}", "-i", bundle, "-W", "")

    def _start_driver(self, last: bool) -> bool:
        """Whether it runs. It looks for a free port and then takes it, which another one may have done meanwhile."""
        home = str(self.folder)
        env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        env.update(HOME=home, TMPDIR=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home)
        log = self.folder / "chromedriver.log"
        with log.open("wb") as out:
            self._driver = subprocess.Popen(
                ["chromedriver", "--port=0"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,  # a group of its own: nothing of the browser outlives quit()
            )
        deadline = time.monotonic() + self.timeout
        while not (started := STARTED.search(log.read_bytes())):
            if self._driver.poll() is not None and not last:
                return False
            if self._driver.poll() is not None or time.monotonic() > deadline:
                raise WebDriverError("not started", self.log)
            time.sleep(0.02)
        self._url = f"http://127.0.0.1:{int(started[1])}"
        return True

    def _open(self, switches: Sequence[str], prefs: Mapping[str, Any]) -> None:
        options = {"args": list(switches), "binary": shutil.which("chromium"), "prefs": dict(prefs)}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        opened = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{opened['sessionId']}"
        self.version = str(opened["capabilities"]["browserVersion"])
        limits = {"script": self.timeout * 1000, "pageLoad": self.timeout * 1000, "implicit": 0}
        self._call("POST", f"{self._session}/timeouts", limits)

    def quit(self) -> None:
        """End browser and driver, whatever they are at, and remove their folder. May be called more than once."""
        driver, self._driver = self._driver, None
        if driver is not None:
            try:
                os.killpg(driver.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            driver.wait()
        for _ in range(50):  # what was killed may still be writing for a moment
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.02)

    @property
    def alive(self) -> bool:
        return self._driver is not None and self._driver.poll() is None

    @property
    def log(self) -> str:
        """What chromedriver printed."""
        path = self.folder / "chromedriver.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # ---- the protocol ---------------------------------------------------------------------------------------------

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if method != "POST" else json.dumps({} if body is None else body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes by a proxy
        try:
            with opener.open(request, timeout=self.timeout + 10) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            said = json.load(refused)["value"]
            raise WebDriverError(said["error"], said["message"]) from None

    def navigate(self, url: str) -> None:
        """Open a page and wait until it has been loaded. A certificate that is not trusted is an error."""
        self._call("POST", f"{self._session}/url", {"url": url})
        if refused := self.run(REFUSED):
            raise WebDriverError("insecure certificate", refused)

    def run(self, script: str, *args: Any) -> Any:
        """The value of a function's body, executed in the page; `arguments` are the args."""
        return self._call("POST", f"{self._session}/execute/sync", {"script": script, "args": list(args)})

    def run_async(self, script: str, *args: Any) -> Any:
        """Likewise for a script that calls the last of its `arguments` with its result."""
        return self._call("POST", f"{self._session}/execute/async", {"script": script, "args": list(args)})

    def resize(self, width: int, height: int) -> None:
        self._call("POST", f"{self._session}/window/rect", {"width": width, "height": height})

    def click(self, selector: str) -> None:
        """Click on the first element that a CSS selector finds, as a user would: it has to be visible and uncovered."""
        self._call("POST", f"{self._element(selector)}/click")

    def enter(self, selector: str, text: str) -> None:
        """Type into an element, or name the file for one that takes a file."""
        self._call("POST", f"{self._element(selector)}/value", {"text": text})

    def _element(self, selector: str) -> str:
        found = self._call("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        return f"{self._session}/element/{next(iter(found.values()))}"

    def screenshot(self) -> bytes:
        """The visible part of the page as PNG."""
        return base64.b64decode(self._call("GET", f"{self._session}/screenshot"))

    def console(self) -> list[dict[str, Any]]:
        """The console's messages since the last call: level, source, message, timestamp."""
        return list(self._call("POST", f"{self._session}/se/log", {"type": "browser"}))

    @property
    def title(self) -> str:
        return str(self._call("GET", f"{self._session}/title"))

    @property
    def address(self) -> str:
        return str(self._call("GET", f"{self._session}/url"))


def _tool(*words: str) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise WebDriverError(f"{words[0]} failed", (done.stderr or done.stdout).strip() or f"code {done.returncode}")
