# SPDX-License-Identifier: Apache-2.0
"""The machinery of the matrices: which cells there are and why not, lanes that die, results that are kept."""

from __future__ import annotations

import io
import socket

import pytest
from matrix import end, versions
from matrix.cells import Cell, cell_of, every_cell
from matrix.ends import releases
from matrix.fleet import judge
from matrix.ours import steps_of
from matrix.plan import Plan, plan, policies, suites
from matrix.relay import Relay
from matrix.run import Job, Lane, Progress, covering, run_jobs
from matrix.store import Result, Store
from peers import all_peers
from peers.base import FEATURES, GROUPS, SUITES12, SUITES13, Job as PeerJob, Rule, Table, parse

FREE = Table()  # a peer that can do all and be told everything
STUBBORN = Table(
    suites=SUITES13, groups=("x25519", "secp256r1"), versions=("1.3",), pins=frozenset(), rules=[Rule("no", cert="p521")]
)


def cell(**changes):
    values = dict(peer="x", role="client", version="1.3", suite=SUITES13[0], group="x25519", cert="p256", feature="plain")
    return Cell(**{**values, **changes})


# ---- what core/tables says -----------------------------------------------------------------------------------------------


def test_the_axes_are_what_the_library_negotiates():
    ours = {name for name in suites().values() if not any(word in name for word in ("NULL", "RC4", "3DES", "_DHE_"))}
    assert set(SUITES12 + SUITES13) == ours
    curves = {name for policy in policies() for name in policy.groups}
    assert set(GROUPS) == curves


def test_an_end_names_suites_as_the_tables_do():
    names = {int(number, 16): name for number, name in suites().items()}
    assert end.SUITES and all(names[number] == name for number, name in end.SUITES.items())
    assert set(SUITES12 + SUITES13) <= set(end.SUITES.values())


# ---- cells and plans -----------------------------------------------------------------------------------------------------


def test_names_of_cells_lead_back():
    assert cell_of(cell().id) == cell()


@pytest.mark.parametrize(
    "changes, reason",
    [
        (dict(version="1.2", suite=SUITES12[0], cert="rsa2048", feature="early_data"), "TLS 1.2 has no early data"),
        (dict(version="1.2", suite=SUITES12[0]), "signs with another kind of key"),
        (dict(version="1.2", suite="TLS_RSA_WITH_AES_128_CBC_SHA", group="-", cert="rsapss"), "cannot decrypt"),
    ],
)
def test_what_tls_does_not_have_is_impossible_with_every_peer(changes, reason):
    assert reason in plan(cell(**changes), FREE)


def test_a_peer_that_can_be_told_everything_leaves_only_impossible_things():
    for one in every_cell("x"):
        found = plan(one, FREE)
        assert isinstance(found, Plan) or any(word in found for word in ("TLS 1", "key", "policies")), found


@pytest.mark.parametrize(
    "changes, reason",
    [
        (dict(cert="p521"), "no"),
        (dict(version="1.2", suite=SUITES12[0], cert="rsa2048"), "has no TLS 1.2"),
        (dict(group="secp521r1"), "does not have the group"),
        (dict(suite=SUITES13[2]), "prefers another"),
        (dict(role="server", suite=SUITES13[2]), "prefers another"),
    ],
)
def test_reasons_come_from_the_table(changes, reason):
    assert reason in plan(cell(**changes), STUBBORN)


def test_a_peer_that_cannot_be_told_is_met_by_a_policy_that_comes_to_the_suite():
    found = plan(cell(role="server", suite="TLS_AES_256_GCM_SHA384"), STUBBORN)
    chosen = next(policy for policy in policies() if policy.name == found.policy)
    assert chosen.of("1.3")[0] == "TLS_AES_256_GCM_SHA384"


def test_a_retry_needs_a_first_share_that_the_server_does_not_take():
    ours = plan(cell(feature="hello_retry", group="secp384r1"), FREE)
    assert next(policy for policy in policies() if policy.name == ours.policy).groups[0] != "secp384r1"
    theirs = plan(cell(role="server", feature="hello_retry", group="secp384r1"), FREE)
    assert theirs.bait and theirs.bait not in next(p for p in policies() if p.name == theirs.policy).groups


def test_a_missing_role_is_said():
    assert plan(cell(), None) == "cannot be a TLS server"


def test_the_quick_selection_has_every_row_and_column():
    every = [one for one in every_cell("x") if isinstance(plan(one, FREE), Plan)]
    chosen = covering(every)
    assert len(chosen) < 100
    for axis in ("role", "version", "suite", "group", "cert", "feature"):
        assert {getattr(one, axis) for one in chosen} == {getattr(one, axis) for one in every}
    assert {one.feature for one in chosen if one.role == "server" and one.version == "1.3"} == set(FEATURES)


def test_adapters_have_tables_that_name_known_things():
    for name, peer in all_peers().items():
        assert peer.name == name and peer.title and peer.tables
        for table in peer.tables.values():
            assert set(table.suites) <= set(SUITES12 + SUITES13)
            assert table.pins <= {"version", "suite12", "suite13", "group"}
            for rule in table.rules:
                features = [rule.feature] if isinstance(rule.feature, str) else rule.feature
                assert rule.why and set(features) <= set(FEATURES)


@pytest.mark.parametrize(
    "app, role",
    [("duplex", "client"), ("duplex", "server"), ("echo", "client"), ("http", "client"), ("http", "server")],
)
def test_every_conversation_hops_in_the_middle_and_moves_all_bytes(app, role):
    steps = steps_of(app, role, 1000)
    assert ("hop",) in steps[1:-1]
    for words in (["send"], ["recv"]) if app != "echo" else (["echo", "send"], ["echo", "back"]):
        parts = [step[1:3] for step in steps if step[0] in words]
        assert parts[0][0] == 0 and parts[-1][1] == 1000
        assert all(left[1] == right[0] for left, right in zip(parts, parts[1:]))


def test_a_job_survives_its_line():
    job = PeerJob("server", "1.3", SUITES13[0], identity="a b%=", psk=b"\x00\xff", alpn=("x", "y"))
    _first, values = parse("job " + job.line())
    assert values["identity"] == "a b%=" and values["psk"] == "00ff" and values["alpn"] == "x,y" and "bait" not in values


# ---- versions -----------------------------------------------------------------------------------------------------------


def test_releases_are_rows_that_say_what_they_are():
    rows = releases()
    assert rows[0].commit and any(not row.commit for row in rows)
    assert len({row.name for row in rows}) == len(rows)


def test_quick_versions_cover_all_pairs_and_suites():
    names = [name for name in versions.cells("serialization", ["a", "b", "c"]) if not versions.why_not(name)]
    chosen = [name.split("/")[1:] for name in versions.covering(names)]
    assert {(row[0], row[1]) for row in chosen} == {(a, b) for a in "abc" for b in "abc"}
    assert {(row[1], row[3]) for row in chosen} == {(row.split("/")[2], row.split("/")[4]) for row in names}
    assert len(chosen) < len(names)


def test_a_wrong_order_must_fail_as_documented():
    refused, lost = ["old refuses: S2N_ERR_INVALID_SERIALIZED_CONNECTION"], ["lost: gone"]
    assert judge([], True) == "" and judge(refused, True)
    assert judge(refused * 2 + lost * 2, False, 2) == ""
    assert "not 2" in judge(refused, False, 2)
    assert "S2N_ERR_IO" in judge(["old refuses: S2N_ERR_IO"], False, 2)


def test_a_held_relay_keeps_what_the_peer_says_for_the_next_end():
    relay = Relay()
    peer, inner = socket.socketpair()
    relay.start(inner)
    ends = [socket.create_connection(("127.0.0.1", relay.port))]
    relay.take(lambda: False)
    peer.sendall(b"one")
    assert ends[0].recv(3) == b"one"
    relay.hold()
    peer.sendall(b"two")
    ends[0].sendall(b"still here")
    assert peer.recv(10) == b"still here"
    ends[0].close()
    relay.wait_gone()
    ends.append(socket.create_connection(("127.0.0.1", relay.port)))
    relay.take(lambda: False)
    assert ends[1].recv(3) == b"two"
    relay.close()
    assert peer.recv(1) == b""


# ---- running ------------------------------------------------------------------------------------------------------------

LANE = """
import json, os, sys
for line in sys.stdin:
    name = json.loads(line)["id"]
    if name == "dies":
        os.abort()
    print(json.dumps({"id": name, "state": "passed", "seconds": 0.0, "log": str(os.getpid())}), flush=True)
"""


def jobs(*names):
    return [Job("m", "f", {"id": name}, "label") for name in names]


@pytest.fixture
def lane_module(tmp_path, monkeypatch):
    (tmp_path / "a_lane.py").write_text(LANE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "a_lane"


def test_a_lane_that_dies_fails_its_cell_and_is_replaced(tmp_path, lane_module):
    store = Store(tmp_path / "results.db")
    results = {
        result.id: result
        for result in run_jobs(jobs("a", "dies", "b"), store, 1, lane_module, Progress(3, io.StringIO()))
    }
    assert [results[name].state for name in ("a", "dies", "b")] == ["passed", "failed", "passed"]
    assert "ended with -6" in results["dies"].log
    assert results["a"].log != results["b"].log
    assert {name: mark for name, (mark, _result) in store.passed("m").items()} == {"a": "f", "b": "f"}
    assert not store.passed("another matrix")


def test_lanes_share_the_work(tmp_path, lane_module):
    store = Store(tmp_path / "results.db")
    names = [str(number) for number in range(450)]
    results = run_jobs(jobs(*names), store, 2, lane_module, Progress(450, io.StringIO()))
    assert sorted(result.id for result in results) == sorted(names)
    assert len({result.log for result in results}) == 2


def test_progress_says_how_far_it_is():
    clock = iter([0.0, 40.0, 80.0])
    out = io.StringIO()
    progress = Progress(4, out, lambda: next(clock))
    progress.step(Result("a", "passed", 1.0, ""), "peer")
    progress.step(Result("b", "failed", 1.0, "why\nmore"), "peer")
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("[#######...") and "1/4" in lines[0] and "2 min left, peer" in lines[0]
    assert lines[1] == "FAILED b: why" and "2/4, 1 failed" in lines[2]


def test_a_lane_hears_nothing_from_a_module_that_is_not_there():
    lane = Lane("no_such_module_anywhere")
    assert lane.run({"id": "x"}).state == "failed"
    lane.close()
