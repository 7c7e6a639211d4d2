# SPDX-License-Identifier: Apache-2.0
"""The matrices' report without a browser: what is in the page, the order of things, and the text for the terminal."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
from typing import Any

import pytest

from matrix import report
from matrix.report import Row, label, ordered, page, summary, write_page
from peers.base import FEATURES, SUITES12, SUITES13

FACTS = {"library": "0.9.0, commit 1234567", "machine": "<two> & cores"}
ABSENT = [("Absent TLS 1", "no such program")]


def cell(peer: str, feature: str, state: str = "passed", role: str = "client", log: str = "all is well") -> Row:
    axes = {"role": role, "version": "1.3", "suite": SUITES13[0], "group": "x25519", "cert": "p256", "feature": feature}
    return Row("interop", peer, axes, state, 0.25, log, f"interop/{peer}/{role}/{feature}")


ROWS = [
    cell("Peer 10", "plain"),
    cell("Peer 9", "alpn", "failed", log="\n  Alert: bad_record_mac\nmore of it"),
    cell("Peer 9", "plain"),
    cell("Peer 9", "plain", role="server"),
]
IMPOSSIBLE = [
    ("interop", {"peer": "Peer 10", "role": "client", "feature": "alpn"}, "has no ALPN", 7),
    ("interop", {"peer": "Peer 10", "role": "client", "feature": "alpn"}, "has no ALPN", 3),
    ("interop", {"peer": "Peer 10", "role": "server"}, "is a server only", 20),
]


def unpack(text: str, name: str) -> Any:
    packed = re.search(f'id="{name}">([^<]*)<', text)
    assert packed is not None
    return json.loads(gzip.decompress(base64.b64decode(packed[1])))


def axis(matrix: dict[str, Any], name: str) -> dict[str, Any]:
    return next(axis for axis in matrix["axes"] if axis["name"] == name)


def test_the_page_has_every_cell_with_its_place_and_log():
    text = page(ROWS, IMPOSSIBLE, ABSENT, FACTS)
    (matrix,) = unpack(text, "index")["matrices"]
    logs = unpack(text, "logs")
    by_id = {row.id: row for row in ROWS}
    assert sorted(matrix["ids"]) == sorted(by_id)
    for place, name in enumerate(matrix["ids"]):
        row = by_id[name]
        for one in matrix["axes"]:
            assert one["values"][one["at"][place]] == row.at(one["name"])
        assert logs[place] == row.log and matrix["ms"][place] == 250
        assert (str(place) in matrix["failed"]) == row.failed
    assert list(matrix["failed"].values()) == ["Alert: bad_record_mac"]
    assert matrix["layout"] == ["peer", "role", "feature"]
    assert matrix["absent"] == [["Absent TLS 1", "no such program"]]
    assert "Absent TLS 1" not in axis(matrix, "peer")["values"]


def test_equal_groups_of_impossible_cells_are_one():
    (matrix,) = unpack(page(ROWS, IMPOSSIBLE, [], FACTS), "index")["matrices"]
    groups = matrix["impossible"]
    found = {}
    for place, (reason, count) in enumerate(zip(groups["reason"], groups["count"])):
        fields = {name: axis(matrix, name)["values"][at[place]] for name, at in groups["at"].items() if at[place] >= 0}
        found[matrix["reasons"][reason]] = fields, count
    assert found == {
        "has no ALPN": ({"peer": "Peer 10", "role": "client", "feature": "alpn"}, 10),
        "is a server only": ({"peer": "Peer 10", "role": "server"}, 20),
    }


def test_the_page_is_one_file_that_asks_for_nothing():
    text = page(ROWS, IMPOSSIBLE, ABSENT, {"script": "</script><img src=x>", **FACTS})
    assert "{{" not in text
    assert "default-src 'none'" in text
    assert "<img" not in text and "&lt;two&gt; &amp; cores" in text
    assert not re.search(r"https?:|\bsrc=\"|@import|url\(", text)
    assert "1 of 4 failed" in text.partition("<title>")[2].partition("</title>")[0]


def test_words_that_look_like_the_templates_own_are_left_alone():
    rows = [cell("Peer {{logs}}", "plain", "failed", log="\\1 {{index}} \ud800")]
    text = page(rows, [], [], {"name": "{{title}}"}, {"RC4": "never"})
    assert unpack(text, "index")["outside"] == [["RC4", "never"]]
    assert unpack(text, "index")["matrices"][0]["axes"][0]["values"] == ["Peer {{logs}}"]
    assert unpack(text, "logs") == ["\\1 {{index}} ?"]


def test_long_logs_keep_both_ends():
    failed = cell("Peer", "plain", "failed", log="first\n" + "x" * 100_000 + "\nlast")
    rows = [failed, cell("Peer", "alpn", log="y" * 9_000)]
    logs = unpack(page(rows, [], [], {}), "logs")
    long = next(log for log in logs if log.startswith("first"))
    assert long.endswith("\nlast") and "characters left out" in long
    assert len(long) < 31_000 and max(len(log) for log in logs if log[0] == "y") < 2_100


def test_logs_are_shortened_until_the_page_is_small(monkeypatch):
    rows = [cell("Peer", f"feature {n}", "failed", log=random_text(n)) for n in range(20)]
    whole = len(page(rows, [], [], {}))
    monkeypatch.setattr(report, "PAGE_LIMIT", whole - 100_000)
    text = page(rows, [], [], {})
    assert len(text) <= whole - 100_000
    assert all(log.startswith(str(n)) for n, log in zip(sorted(range(20), key=str), sorted(unpack(text, "logs"))))


def random_text(seed: int) -> str:
    return f"{seed} " + base64.b64encode(random.Random(seed).randbytes(20_000)).decode()


@pytest.mark.parametrize(
    "rows, absent, words",
    [
        ([cell("Peer", "plain", "skipped")], [], "neither passed nor failed"),
        ([cell("Peer", "plain"), cell("Peer", "plain")], [], "two cells"),
        ([cell("Peer", "plain")], [("Peer", "not here")], "absent, but"),
    ],
)
def test_what_cannot_be_shown_truthfully_is_refused(rows, absent, words):
    for use in (lambda: page(rows, [], absent, {}), lambda: summary(rows, [], absent, {}, 80)):
        with pytest.raises(ValueError, match=words):
            use()


def test_values_come_in_the_order_people_expect():
    assert ordered("feature", reversed(FEATURES)) == list(FEATURES)
    assert ordered("feature", ["new", *FEATURES])[-1] == "new"
    assert ordered("peer", ["curl 8", "Botan", "curl 10", "Zlib"]) == ["Botan", "curl 8", "curl 10", "Zlib"]
    assert ordered("group", ["", "secp256r1", "-", "x25519"]) == ["x25519", "secp256r1", "-", ""]
    heads = [label("suite", name)[0] for name in ordered("suite", SUITES12 + SUITES13)]
    starts = [head for place, head in enumerate(heads) if head != heads[place - 1]]
    assert starts == ["TLS 1.3", "ECDHE-RSA", "ECDHE-ECDSA", "RSA"]


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("TLS_CHACHA20_POLY1305_SHA256", ("TLS 1.3", "CHACHA20-POLY1305")),
        ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", ("ECDHE-RSA", "AES-128-CBC SHA256")),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", ("RSA", "3DES-CBC SHA")),
        ("", ("", "none")),
        ("other", ("", "other")),
    ],
)
def test_suites_are_called_by_short_names(name, wanted):
    assert label("suite", name) == wanted


def test_all_suites_have_names_of_their_own():
    assert len({label("suite", name) for name in SUITES12 + SUITES13}) == len(SUITES12 + SUITES13)


def version_row(writer: str, reader: str, version: str, state: str = "passed") -> Row:
    axes = {"writer": writer, "reader": reader, "version": version, "suite": "any", "role": "client"}
    return Row("serialization", writer, axes, state, 1, "Wrong: blob", f"serialization/{writer}/{reader}/{version}")


def test_version_matrices_are_writers_by_readers():
    rows = [version_row(w, r, v) for w in ("0.9", "0.10") for r in ("0.9", "0.10") for v in ("1.2", "1.3")]
    (matrix,) = unpack(page(rows, [], [], {}), "index")["matrices"]
    assert matrix["layout"] == ["writer", "version", "reader"]
    assert axis(matrix, "writer")["values"] == ["0.9", "0.10"]
    assert [one["name"] for one in matrix["axes"]] == ["writer", "reader", "role", "version", "suite"]


def test_an_empty_run_is_a_page_too():
    assert "nothing ran" in page([], [], [], {})
    assert summary([], [], [], {}, 80).endswith("0 passed, 0 failed, 0 impossible, 0 absent\n")
    (matrix,) = unpack(page([], [IMPOSSIBLE[0]], ABSENT, {}), "index")["matrices"]
    assert matrix["ids"] == [] and matrix["impossible"]["count"] == [7]


def test_the_page_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "deep" / "report.html"
    write_page(path, [], [], [], {})
    write_page(path, ROWS, IMPOSSIBLE, ABSENT, FACTS)
    assert path.read_text() == page(ROWS, IMPOSSIBLE, ABSENT, FACTS)
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]


def test_the_terminals_table_says_it_all():
    lines = summary(ROWS, IMPOSSIBLE, ABSENT, FACTS, 80).splitlines()
    assert lines[0] == "library: 0.9.0, commit 1234567"
    start = lines.index("INTEROP: peer by our role x feature")
    assert [line.split() for line in lines[start + 1 : start + 6]] == [
        ["passed", "failed", "a", "b"],
        ["Peer", "9", "client", "1", "1", "+", "F"],
        ["Peer", "9", "server", "1", "0", "+", "."],
        ["Peer", "10", "client", "1", "0", "+", "-"],
        ["Absent", "TLS", "1", "absent:", "no", "such", "program"],
    ]
    assert lines[start + 6] == "  a plain   b ALPN"
    failed = lines.index("failed interop/Peer 9/client/alpn")
    assert lines[failed + 1] == "    Alert: bad_record_mac"
    assert lines[-1] == "3 passed, 1 failed, 30 impossible, 1 absent"


def test_the_terminals_lines_fit_and_are_plain_unless_colour_is_asked_for():
    rows = [cell("A peer with quite a long name and version 1.2.3", feature) for feature in FEATURES]
    absent = [("Another peer with a rather long name", "a reason that goes on and on " * 5)]
    text = summary(rows, IMPOSSIBLE, absent, {"command": "x" * 200}, 80)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    coloured = summary(rows, IMPOSSIBLE, absent, {"command": "x" * 200}, 80, colour=True)
    assert "\x1b[34m+" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text


def test_what_a_peer_printed_does_not_command_the_terminal():
    text = summary([cell("Peer", "plain", "failed", log="\x1b[2JWrong:\tx\x07")], [], [], {}, 80)
    assert "    [2JWrong: x\n" in text and not re.search(r"[\x00-\x09\x0b-\x1f]", text)


def test_many_failures_do_not_flood_the_terminal():
    rows = [cell("Peer", f"feature {n}", "failed", log="Wrong: x") for n in range(200)]
    text = summary(rows, [], [], {}, 80)
    assert text.count("    Wrong: x") == report.FAILURES_SHOWN
    assert f"{200 - report.FAILURES_SHOWN} more" in text and "0 passed, 200 failed" in text
