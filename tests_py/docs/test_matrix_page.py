# SPDX-License-Identifier: Apache-2.0
"""The matrices' page in a real browser: it shows what it was given, and is usable with a whole run's cells."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest

from matrix.report import Row, label, write_page
from peers.base import CERTS, FEATURES, GROUPS, SUITES12, SUITES13
from peers.webdriver import PROGRAMS, Browser

LACKING = [program for program in PROGRAMS if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {', '.join(LACKING)}")

PEERS = (
    "OpenSSL 3.0.19", "GnuTLS 3.7.9", "NSS 3.87.1", "Botan 2.19.3", "Python-ssl 3.11.7", "curl 7.88.1", "nginx 1.22.1",
    "HAProxy 2.6.12", "Go crypto/tls 1.24.4", "rustls 0.23.31 (aws-lc-rs)", "Java JSSE 17.0.16", "Node.js 18.20.4",
    "tlslite-ng 0.8.2", "Chromium 156.0.8078.79", "s2n-tls crate 0.3.26",
)  # fmt: skip
ABSENT = [
    ("s2n-tls through awscrt", "not installed: no wheel for this Python"),
    ("Botan 3", "not on this machine: botan3"),
]
CRATES = ("0.3.26", "0.3.10", "0.2.4", "0.1.0")
RELEASES = ("this library", "0.9.0", *(f"s2n-tls crate {version}" for version in CRATES))
ERROR = "Alert: the peer says decrypt_error"
LOADED_WITHIN = 30.0  # seconds; it is well below one on an idle machine


def conversation(peer: str, port: int, error: str = "") -> str:
    lines = [f"ours    client hello sent, policy test_all, port {port}", f"{peer} says ok=1 version=1.3 closed=clean"]
    if error:
        trace = (f"  trace {port + step:05x} record type=23 length={step * 97}" for step in range(30))
        lines = [f"{error}: {port}", *lines, *trace]
    return "\n".join([*lines, "hop     serialized 1209 bytes after 524288, restored in another process"])


def places() -> Iterator[dict[str, str]]:
    for role in ("client", "server"):
        for suite in SUITES13 + SUITES12:
            version = "1.3" if suite in SUITES13 else "1.2"
            for group in ("-",) if suite.startswith("TLS_RSA") else GROUPS:
                for cert, feature in product(CERTS, FEATURES):
                    yield dict(role=role, version=version, suite=suite, group=group, cert=cert, feature=feature)


def interop(peers: Sequence[str], sizes: random.Random) -> tuple[list[Row], list[tuple[str, dict[str, str], str, int]]]:
    rows, impossible = [], []
    for peer in peers:
        for axes in places():
            why = why_not(peer, axes)
            if why:
                impossible.append(("interop", {"peer": peer, **axes}, why, 1))
                continue
            broken = fails(peer, axes, sizes)
            log = conversation(peer, sizes.randrange(32768, 61000), broken)
            name = "/".join(["interop", peer.split()[0].lower(), *axes.values()])
            state = "failed" if broken else "passed"
            rows.append(Row("interop", peer, axes, state, sizes.uniform(0.02, 0.4), log, name))
    return rows, impossible


def why_not(peer: str, axes: dict[str, str]) -> str:
    if axes["version"] == "1.2":
        if axes["feature"] in ("hello_retry", "external_psk", "early_data", "key_update_ours", "key_update_theirs"):
            return "TLS 1.2 has no such thing"
        if ("ECDSA" in axes["suite"]) != axes["cert"].startswith("p"):
            return "the suite signs with another kind of key than the certificate's"
    if axes["role"] == "server" and peer.startswith(("nginx", "HAProxy")):
        return "is a server only"
    if peer.startswith(("Go", "rustls")) and ("3DES" in axes["suite"] or "CBC_SHA384" in axes["suite"]):
        return "does not have the suite"
    if peer.startswith("rustls") and "CBC" in axes["suite"]:
        return "has no CBC suites"
    if peer.startswith("Go") and axes["feature"] in ("external_psk", "early_data"):
        return f"crypto/tls has no {axes['feature'].replace('_', ' ')}"
    if peer.startswith("Chromium") and (axes["role"] == "client" or axes["group"] == "secp521r1"):
        return "is a client only" if axes["role"] == "client" else "does not have the group"
    return ""


def fails(peer: str, axes: dict[str, str], sizes: random.Random) -> str:
    if peer.startswith("Java") and axes["feature"] == "key_update_ours" and axes["role"] == "server":
        return "Timeout: no answer to KeyUpdate for 20 s" if axes["cert"] != "p521" else ""
    if peer.startswith("NSS") and axes["cert"] == "rsapss" and axes["version"] == "1.2":
        return "PeerError: SSL_ERROR_BAD_CERTIFICATE"
    return ERROR if sizes.random() < 0.0003 else ""


def versions(sizes: random.Random) -> tuple[list[Row], list[tuple[str, dict[str, str], str, int]]]:
    rows, impossible = [], []
    suites = [("1.3", suite) for suite in SUITES13] + [("1.2", suite) for suite in SUITES12]
    matrices, roles = ("serialization", "tickets", "sessions"), ("client", "server")
    for matrix, writer, reader, (version, suite), role in product(matrices, RELEASES, RELEASES, suites, roles):
        axes = dict(writer=writer, reader=reader, version=version, suite=suite, role=role)
        if matrix == "serialization" and reader.endswith("0.1.0"):
            impossible.append((matrix, axes, "the release has no serialization", 1))
            continue
        wrong = (matrix, writer, version, role) == ("tickets", "s2n-tls crate 0.2.4", "1.3", "server")
        log = conversation(writer, sizes.randrange(32768, 61000), "Wrong: not resumed" if wrong else "")
        name = "/".join([matrix, *axes.values()]).replace(" ", "_")
        rows.append(Row(matrix, writer, axes, "failed" if wrong else "passed", sizes.uniform(0.02, 0.2), log, name))
    for order in ("readers first", "writers first"):
        for step in ("1 of 3", "2 of 3", "3 of 3"):
            for version in ("1.2", "1.3"):
                axes = dict(order=order, step=step, version=version)
                log = conversation("fleet", sizes.randrange(32768, 61000))
                rows.append(Row("fleet", "6 processes", axes, "passed", 3.5, log, "/".join(["fleet", *axes.values()])))
    return rows, impossible


FACTS = {
    "library": "0.9.0, commit 756a220",
    "libcrypto": "OpenSSL 3.0.19 27 Jan 2026",
    "run": "everything",
    "date": "2026-11-21 17:40 UTC",
    "machine": "Linux x86_64, 2 cores, Python 3.11.7",
    "took": "4,312 s",
}


OUTSIDE = {"RC4 suites": "never used, whatever libcrypto has", "post-quantum groups": "libcrypto 3.0 has no ML-KEM"}


class Page:
    def __init__(self, path: Path, peers: Sequence[str] = PEERS) -> None:
        sizes = random.Random(5)
        first, second = interop(peers, sizes), versions(sizes)
        self.rows, self.impossible = first[0] + second[0], first[1] + second[1]
        self.path = path
        write_page(path, self.rows, self.impossible, ABSENT, FACTS, OUTSIDE)

    @property
    def failed(self) -> list[Row]:
        return [row for row in self.rows if row.failed]

    def where(self, matrix: str, peer: str = "", **axes: str) -> list[Row]:
        return [
            row
            for row in self.rows
            if row.matrix == matrix and peer in ("", row.peer) and axes.items() <= row.axes.items()
        ]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """With few peers: every test loads it anew."""
    names = ("OpenSSL", "NSS", "Go", "Java", "Chromium", "s2n")
    return Page(tmp_path_factory.mktemp("page") / "report.html", [peer for peer in PEERS if peer.startswith(names)])


@pytest.fixture(scope="module")
def running():
    with Browser(timeout=60) as browser:
        browser.resize(1400, 900)
        yield browser


@pytest.fixture
def browser(running: Browser, page: Page):
    show(running, page)
    yield running
    assert running.console() == []


def show(browser: Browser, page: Page, place: str = "") -> None:
    browser.navigate("about:blank")  # else a place in the same page would not load it again
    browser.navigate(page.path.as_uri() + place)
    wait_for(browser, "return document.documentElement.dataset.ready === '1'")


def wait_for(browser: Browser, script: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not browser.run(script):
        assert time.monotonic() < deadline, f"never true: {script}"
        time.sleep(0.02)


def press(browser: Browser, label: str) -> None:
    """Click on the heat map's cell whose label begins so."""
    browser.run(
        "const all = [...document.querySelectorAll('#map td button')];"
        "const found = all.filter(b => b.ariaLabel.startsWith(arguments[0]));"
        "if (found.length !== 1) throw new Error(found.length + ' cells are called so');"
        "found[0].click()",
        label + ":",
    )


def listed(browser: Browser) -> list[str]:
    """The ids of all cells in the list below, in its order."""
    while browser.run("const more = document.querySelector('#more button'); if (more) more.click(); return !!more"):
        pass
    script = "return [...document.querySelectorAll('#cells tbody a')].map(a => decodeURIComponent(a.hash.slice(1)))"
    return browser.run(script)


def texts(browser: Browser, selector: str) -> list[str]:
    return browser.run("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", selector)


def test_a_whole_run_is_one_small_file_that_loads_quickly(running, tmp_path):
    page = Page(tmp_path / "report.html")
    assert len(page.rows) >= 40_000
    assert page.path.stat().st_size < 6_000_000
    began = time.monotonic()
    show(running, page)
    assert time.monotonic() - began < LOADED_WITHIN
    began = time.monotonic()
    press(running, "OpenSSL 3.0.19, client, plain")
    assert running.run("return document.querySelectorAll('#cells tbody tr').length") == 100
    assert time.monotonic() - began < LOADED_WITHIN
    began = time.monotonic()
    row = page.failed[len(page.failed) // 2]
    show(running, page, "#" + quote(row.id, safe=""))
    assert running.run("return document.querySelector('#log pre').textContent") == row.log
    assert time.monotonic() - began < LOADED_WITHIN
    assert running.console() == []
    assert running.run("return performance.getEntriesByType('resource').map(e => e.name)") == []


def test_the_totals_are_those_of_the_data(browser, page):
    failed = len(page.failed)
    numbers = [len(page.rows) - failed, failed, sum(group[3] for group in page.impossible), len(ABSENT)]
    names = ["passed", "failed", "impossible", "absent"]
    shown = [text.split() for text in texts(browser, "#counts li")]
    assert shown == [[f"{n:,}", name] for n, name in zip(numbers, names)]
    assert f"{failed:,} of {len(page.rows):,} failed" in browser.title
    assert texts(browser, "#facts dd") == list(FACTS.values())
    assert texts(browser, "#outside dt") == list(OUTSIDE) and texts(browser, "#outside dd") == list(OUTSIDE.values())


def test_groups_that_do_not_name_every_axis_are_not_guessed_at(running, tmp_path):
    page = Page.__new__(Page)
    page.path = tmp_path / "coarse.html"
    axes = dict(role="client", version="1.3", suite=SUITES13[0], group="x25519", cert="p256", feature="plain")
    rows = [
        Row("interop", "One", axes, "passed", 1, "", "a"),
        Row("interop", "Two", {**axes, "role": "server"}, "passed", 1, "", "b"),
    ]
    reasons = [
        ("interop", {"peer": "One", "role": "client", "feature": "alpn"}, "no ALPN", 5),
        ("interop", {"peer": "Two", "feature": "alpn"}, "never", 8),
        ("interop", {"peer": "Absent", "feature": "alpn"}, "never", 8),
    ]
    write_page(page.path, rows, reasons, [("Absent", "not to be had")], {})
    show(running, page)
    kinds = "return [...document.querySelectorAll('#map tbody td button')].map(b => [b.ariaLabel, b.innerText])"
    assert dict(running.run(kinds)) == {
        "One, client: 1 passed, 0 failed": "1",
        "One, client, plain: 1 passed, 0 failed": "1",
        "One, client, ALPN: impossible": "–",
        "Two, client: impossible": "–",
        "Two, client, plain: not run": "·",
        "Two, client, ALPN: impossible": "–",
        "Two, server: 1 passed, 0 failed": "1",
        "Two, server, plain: 1 passed, 0 failed": "1",
        "Two, server, ALPN: impossible": "–",
    }
    assert running.console() == []


@pytest.mark.parametrize("columns, words", [("feature", FEATURES), ("suite", None), ("group", None), ("cert", None)])
def test_every_heat_map_adds_up(browser, page, columns, words):
    browser.run("document.querySelector(`[data-columns=${arguments[0]}]`).click()", columns)
    found = browser.run(
        "return [...document.querySelectorAll('#map tbody td:not(.all) button')].map("
        "b => [b.ariaLabel.split(': ').pop().match(/[0-9][0-9,]*/g) || [], b.innerText])"
    )
    counts = [[int(n.replace(",", "")) for n in numbers] for numbers, _ in found]
    rows = page.where("interop")
    assert sum(pair[0] for pair in counts if pair) == sum(not row.failed for row in rows)
    assert sum(pair[1] for pair in counts if pair) == sum(row.failed for row in rows)
    for pair, (_, text) in zip(counts, found):
        assert text == (f"{pair[1]:,} ✗" if pair and pair[1] else f"{pair[0]}" if pair else "–")
    if words:
        assert texts(browser, "#map thead .flat") == [label("feature", word)[1] for word in words]


@pytest.mark.parametrize(
    "columns, label, peer, axes",
    [
        ("feature", "Java JSSE 17.0.16, server, key update ours", "Java JSSE 17.0.16",
         dict(role="server", feature="key_update_ours")),
        ("suite", "OpenSSL 3.0.19, client, ECDHE-ECDSA AES-256-GCM", "OpenSSL 3.0.19",
         dict(role="client", suite="TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")),
        ("group", "NSS 3.87.1, client, secp384r1", "NSS 3.87.1", dict(role="client", group="secp384r1")),
        ("cert", "NSS 3.87.1, server, rsapss", "NSS 3.87.1", dict(role="server", cert="rsapss")),
    ],
)  # fmt: skip
def test_a_cell_of_the_heat_map_lists_exactly_its_cells(browser, page, columns, label, peer, axes):
    browser.run("document.querySelector(`[data-columns=${arguments[0]}]`).click()", columns)
    press(browser, label)
    wanted = page.where("interop", peer, **axes)
    found = listed(browser)
    assert sorted(found) == sorted(row.id for row in wanted)
    failed = {row.id for row in wanted if row.failed}
    assert set(found[: len(failed)]) == failed, "failed ones come first"
    assert texts(browser, "#cells .state") == ["failed"] * len(failed) + ["passed"] * (len(wanted) - len(failed))
    assert texts(browser, "#list-count") == [f"{len(wanted) - len(failed):,} passed, {len(failed):,} failed"]


def test_the_list_can_be_narrowed(browser, page):
    press(browser, "Java JSSE 17.0.16, server, key update ours")
    type_into = (
        "const box = document.querySelector('#words'); box.value = arguments[0];"
        "box.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    browser.run(type_into, "/p384/ chacha20 failed")
    wanted = [
        row.id
        for row in page.where("interop", "Java JSSE 17.0.16", role="server", feature="key_update_ours", cert="p384")
        if row.failed and "CHACHA20" in row.axes["suite"]
    ]
    assert wanted and sorted(listed(browser)) == sorted(wanted)
    browser.run(type_into, "no such words")
    assert listed(browser) == []
    browser.run(type_into, "")
    browser.run("document.querySelector('#facets [data-axis=cert][data-value=\"5\"]').click()")
    assert {name.split("/")[6] for name in listed(browser)} == {"p521"}


def test_without_a_choice_the_failures_are_listed(browser, page):
    for matrix in ("interop", "tickets", "sessions"):
        browser.run("document.querySelector(`[data-matrix=${arguments[0]}]`).click()", matrix)
        wanted = [row for row in page.where(matrix) if row.failed]
        assert sorted(listed(browser)) == sorted(row.id for row in wanted)
        messages = texts(browser, "#cells td.msg")
        assert sorted(messages) == sorted(row.log.splitlines()[0] for row in wanted)
        common = ["writer s2n-tls crate 0.2.4, our role server, protocol 1.3"] if matrix == "tickets" else []
        assert texts(browser, "#common") == common


def test_versions_are_written_and_read_by_each_other(browser, page):
    browser.run("document.querySelector('[data-matrix=serialization]').click()")
    press(browser, "0.9.0, 1.3, s2n-tls crate 0.2.4")
    wanted = page.where("serialization", writer="0.9.0", reader="s2n-tls crate 0.2.4", version="1.3")
    assert wanted and sorted(listed(browser)) == sorted(row.id for row in wanted)
    browser.run(
        "const only = document.querySelector('[data-only=suite]');"
        "only.selectedIndex = 1; only.dispatchEvent(new Event('change'))"
    )
    press(browser, "0.9.0, 1.3, s2n-tls crate 0.2.4")
    assert sorted(listed(browser)) == sorted(row.id for row in wanted if row.axes["suite"] == "TLS_AES_128_GCM_SHA256")


def test_impossible_cells_say_why(browser, page):
    press(browser, "Go crypto/tls 1.24.4, client, early data")
    place = {"peer": "Go crypto/tls 1.24.4", "role": "client", "feature": "early_data"}
    wanted = [group for group in page.impossible if place.items() <= group[1].items()]
    shown = dict(line.split("\t")[::-1] for line in texts(browser, "#list .why-table tbody tr"))
    assert set(shown) == {group[2] for group in wanted}
    assert sum(int(count.replace(",", "")) for count in shown.values()) == len(wanted)
    browser.run("document.querySelector('#map [aria-pressed=true]').focus()")
    assert "crypto/tls has no early data" in texts(browser, "#tip")[0]
    browser.run("document.querySelector('#reasons').open = true")
    totals = [int(text.replace(",", "")) for text in texts(browser, "#reasons tbody td.num")]
    assert sum(totals) == sum(group[0] == "interop" for group in page.impossible)


def test_absent_peers_are_there_but_never_passed(browser, page):
    for peer, reason in ABSENT:
        line = browser.run(
            "return [...document.querySelectorAll('#map tr')].filter(r => r.cells[0].innerText === arguments[0])"
            ".map(r => [r.className, r.innerText, r.querySelectorAll('button, .p').length])",
            peer,
        )
        assert len(line) == 1
        assert "gone" in line[0][0] and "absent" in line[0][1] and reason in line[0][1] and line[0][2] == 0
    assert [text.split("\t")[1::2] for text in texts(browser, "#gone tbody tr")] == [list(peer) for peer in ABSENT]
    grey = "return getComputedStyle(document.querySelector('#map .gone td.why')).backgroundColor"
    passed = "return getComputedStyle(document.querySelector('#map .p button')).backgroundColor"
    assert browser.run(grey) != browser.run(passed)


def test_a_deep_link_opens_the_log(running, page):
    for row in (page.failed[3], page.where("sessions")[77], page.where("interop")[-1], page.where("fleet")[2]):
        show(running, page, "#" + quote(row.id, safe=""))
        wait_for(running, "return !document.querySelector('#log').hidden && !!document.querySelector('#log pre')")
        assert running.run("return document.querySelector('#log pre').textContent") == row.log
        assert texts(running, "#log .id") == [row.id] and texts(running, "#log .state") == [row.state]
        tab = running.run("return document.querySelector('[role=tab][aria-selected=true]').dataset.matrix")
        assert tab == row.matrix
        assert row.id in listed(running)
    show(running, page, "#no/such/cell")
    assert "no such cell" in texts(running, "#log")[0]
    assert running.console() == []


def test_logs_are_reached_with_the_keyboard_and_closed_again(browser, page):
    browser.run("document.querySelector('#cells tbody a').focus()")
    link = browser.run("return document.activeElement.hash")
    browser.click("#cells tbody a")
    wait_for(browser, "return !document.querySelector('#log').hidden")
    assert browser.run("return location.hash") == link
    browser.click("#next")
    wait_for(browser, "return location.hash === document.querySelectorAll('#cells tbody a')[1].hash")
    browser.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    assert browser.run("return [document.querySelector('#log').hidden, location.hash]") == [True, ""]
    move = (
        "const b = document.querySelector('#map td button[tabindex=\"0\"]'); b.focus();"
        "b.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}));"
        "return document.activeElement.ariaLabel"
    )
    assert browser.run(move, "ArrowDown").startswith("Chromium 156.0.8078.79, server:")
    assert browser.run(move, "ArrowRight").startswith("Chromium 156.0.8078.79, server, plain:")


def test_tables_have_heads_and_every_control_has_a_name(browser, page):
    headless = (
        "return [...document.querySelectorAll('main table')].filter(t => !t.querySelector('thead th[scope]')).length"
    )
    nameless = (
        "return [...document.querySelectorAll('button, select, input, a')].filter(e => "
        "!(e.ariaLabel || e.innerText.trim() || (e.labels && e.labels.length))).map(e => e.outerHTML)"
    )
    assert browser.run(headless) == 0
    assert browser.run(nameless) == []
    orphans = "return [...document.querySelectorAll('#map tbody tr')].filter(r => !r.querySelector('th')).length"
    assert browser.run(orphans) == 0


CONTRAST = """
const light = text => {
    const [r, g, b] = text.match(/[0-9.]+/g).slice(0, 3).map(n => n / 255)
        .map(n => n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const found = {};
for (const kind of ['p', 'f1', 'f2', 'f3']) {
    const button = document.querySelector(`#map td.${kind} button`);
    if (!button) continue;
    const style = getComputedStyle(button);
    const pair = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a);
    found[kind] = (pair[0] + 0.05) / (pair[1] + 0.05);
}
return [found, getComputedStyle(document.body).backgroundColor, matchMedia('(prefers-color-scheme: dark)').matches];
"""


def test_it_is_legible_by_day_and_by_night_and_on_a_telephone(page):
    grounds = []
    for dark in (False, True):
        with Browser(timeout=60, switches=[f"--blink-settings=preferredColorScheme={0 if dark else 1}"]) as browser:
            browser.resize(420, 900)
            show(browser, page)
            contrast, ground, is_dark = browser.run(CONTRAST)
            assert is_dark is dark
            assert {"p", "f1", "f2"} <= contrast.keys() and min(contrast.values()) >= 4.5, contrast
            grounds.append(sum(map(int, ground.removeprefix("rgb(").rstrip(")").split(","))))
            sideways = browser.run("return document.documentElement.scrollWidth - innerWidth")
            assert sideways <= 0, "only tables scroll sideways"
            assert browser.console() == []
    assert grounds[0] > 700 and grounds[1] < 120
