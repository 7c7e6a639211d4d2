# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium, looking at a page that is served by us.

The browser opens https://localhost:PORT/, and from that page sends its file in a PUT of /data and compares the answer.
For a session to resume, it does so again when the connection that brought the page has been closed. Chromium verifies
our certificate against the authority in its own store. Browsers are kept for later conversations with equal settings.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from typing import Any, Optional

from peers.base import GROUPS, SUITES13, TIMEOUT, Answer, Job, Peer, PeerError, Rule, Session, Table
from peers.webdriver import PROGRAMS, Browser, WebDriverError

KEPT = 6  # browsers: one, and one for each kind of client certificate
# In Chromium's order, with their numbers: those before TLS 1.3 can be switched off one by one.
SUITES12 = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": 0xC02B,
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": 0xC02F,
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": 0xC02C,
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": 0xC030,
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": 0xCCA9,
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": 0xCCA8,
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": 0xC013,
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": 0xC014,
    "TLS_RSA_WITH_AES_128_GCM_SHA256": 0x009C,
    "TLS_RSA_WITH_AES_256_GCM_SHA384": 0x009D,
    "TLS_RSA_WITH_AES_128_CBC_SHA": 0x002F,
    "TLS_RSA_WITH_AES_256_CBC_SHA": 0x0035,
}
# Any certificate of the store for any site that asks for one; elsewhere an administrator's setting.
SELECT_CERTIFICATE = {
    "profile.managed_auto_select_certificate_for_urls": [json.dumps({"pattern": "https://localhost", "filter": {}})]
}
FILES = """
document.body.innerHTML = '<input type="file" id="upload"><input type="file" id="expected">';
"""
EXCHANGE = """
const done = arguments[0];
const file = (name) => document.getElementById(name).files[0];
(async () => {
    const answer = await fetch("/data", {method: "PUT", body: file("upload"), cache: "no-store"});
    const got = new Uint8Array(await answer.arrayBuffer());
    const wanted = new Uint8Array(await file("expected").arrayBuffer());
    if (answer.status !== 200) return `the server answers ${answer.status}`;
    if (got.length !== wanted.length) return `${got.length} bytes, not ${wanted.length}`;
    for (let at = 0; at < wanted.length; at++) if (got[at] !== wanted[at]) return `wrong byte at ${at}`;
    const entry = performance.getEntriesByName(answer.url).pop();
    return {protocol: entry ? entry.nextHopProtocol : ""};
})().then(done, (error) => done(String(error)));
"""


class _Conversation(Session):
    def __init__(self, browser: Browser, job: Job) -> None:
        self._browser = browser
        self._job = job
        self._error: Optional[BaseException] = None
        self._protocol = ""
        self._console = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._browser.navigate(f"https://{self._job.name}:{self._job.port}/")
            self._browser.run(FILES)
            self._browser.enter("#upload", str(self._job.send))
            self._browser.enter("#expected", str(self._job.expect))
            for _ in range(2 if self._job.resume else 1):
                self._exchange()
        except BaseException as error:
            self._error = error
        try:
            self._console = "\n".join(str(entry["message"]) for entry in self._browser.console())
        except (OSError, WebDriverError) as error:
            self._error = self._error or error
        if self._error is not None:
            self._browser.quit()  # who knows what it is still at

    def _exchange(self) -> None:
        said = self._browser.run_async(EXCHANGE)
        if not isinstance(said, dict):
            raise PeerError(str(said))
        self._protocol = said["protocol"]

    def finish(self, timeout: float = TIMEOUT) -> Answer:
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise PeerError(f"the browser has not finished after {timeout:.0f} s")
        if self._error is not None:
            raise PeerError(str(self._error)) from self._error
        return {"note": f"the page came by {self._protocol}"}

    def close(self) -> None:
        if self._thread.is_alive():
            self._thread.join(1)
        if self._thread.is_alive():
            self._browser.quit()
            self._thread.join(5)

    @property
    def log(self) -> str:
        return self._console


class Chromium(Peer):
    name = "chromium"
    title = "Chromium (headless)"
    programs = {**PROGRAMS}
    tables = {
        "client": Table(
            suites=(*SUITES13, *SUITES12),
            groups=GROUPS[:3],
            certs=("rsa2048", "rsa3072", "p256", "p384"),
            pins=frozenset({"version", "suite12"}),
            answers_close=False,
            comes_back=True,
            app="http",
            rules=(
                Rule("Chromium takes no RSA-PSS keys", cert="rsapss"),
                Rule("Chromium takes no signatures with P-521", cert="p521"),
                Rule("Chromium does not have P-521", group="secp521r1"),
                Rule("Chromium has no external PSKs", feature="external_psk"),
                Rule("Chromium sends nothing but GET as early data, never an upload", feature="early_data"),
                Rule("Chromium cannot be told the size of its records", feature="tiny_records"),
                Rule("Chromium never updates its keys by itself", feature="key_update_theirs"),
                Rule("Chromium ends connections without close_notify", feature="close_theirs"),
            ),
        )
    }

    def __init__(self) -> None:
        self._local = threading.local()

    def version(self) -> str:
        said = subprocess.run(["chromium", "--version"], capture_output=True, text=True, timeout=20).stdout
        found = re.search(r"Chromium (\S+)", said)
        if found is None:
            raise PeerError(said.strip() or "chromium does not say its version")
        return found[1]

    def start(self, job: Job) -> _Conversation:
        if job.role != "client":
            raise PeerError("Chromium is a client")
        return _Conversation(self._browser(job), job)

    def _browser(self, job: Job) -> Browser:
        """A browser with this job's settings: one that has been used before, or a new one."""
        dialect = f"tls{job.version}"
        switches = [f"--ssl-version-min={dialect}", f"--ssl-version-max={dialect}"]
        if job.version == "1.2":
            others = ",".join(f"0x{number:04x}" for name, number in SUITES12.items() if name != job.suite)
            switches.append(f"--cipher-suite-blacklist={others}")
        client = (job.cert, job.key) if job.cert is not None and job.key is not None else None
        settings = (*switches, job.ca, client)
        kept: dict[Any, Browser] = self._local.__dict__.setdefault("kept", {})
        browser = kept.pop(settings, None)
        if browser is None or not browser.alive:
            prefs = SELECT_CERTIFICATE if client else {}
            try:
                browser = Browser(job.ca, client=client, switches=switches, prefs=prefs, timeout=20)
            except (OSError, WebDriverError) as error:
                raise PeerError(f"no browser: {error}") from error
        kept[settings] = browser  # the last of them is that used last
        if len(kept) > KEPT:
            kept.pop(next(iter(kept))).quit()
        return browser

    def stop(self) -> None:
        kept: dict[Any, Browser] = self._local.__dict__.pop("kept", {})
        for browser in kept.values():
            browser.quit()


PEER = Chromium()
