# SPDX-License-Identifier: Apache-2.0
"""The version matrices: what one release wrote, another goes on with, and the peer knows nothing of it.

serialization  writer x reader x protocol x suite x role: a connection is serialized half way and restored elsewhere
tickets        issuer x acceptor: a client's ticket, resumed by another release that has the same ticket key
sessions       saver x loader: a client's session as bytes, resumed by another release

The peer is OpenSSL, by its own program, at the other side of a relay. Before a reader gets the connection, it is offered
the same bytes under a format number of the future, which it must refuse by name and survive.

    python -m matrix.versions     one cell a line, as lane.py, with "id" and "ends" (name -> command)
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from matrix.cells import NO_GROUP, SUITES, Cell
from matrix.ends import NOW, PATIENCE, End, EndError, release_of
from matrix.plan import Plan, plan
from matrix.relay import TIMEOUT, Relay
from matrix.service import serve
from matrix.world import World, make
from peers import peer
from peers.base import Job, Session

HALF, SIZE = 32 * 1024, 64 * 1024
FIRST = 16
NEXT_FORMAT = (2).to_bytes(8, "big")
REFUSED = "S2N_ERR_INVALID_SERIALIZED_CONNECTION"
PEER = "openssl"
POLICY = "test_all"  # every release has it, and it has everything
MATRICES = ("serialization", "tickets", "sessions")
KEY_NAME, KEY = b"matrix ticketkey", bytes(range(100, 132))


class Mismatch(Exception):
    """Something came out otherwise than it must."""


# Only the reference still shakes hands in these; what it wrote then is read.
OLD = {
    version: tuple(name for name in SUITES["1.2"] if name.endswith("CBC_SHA") and "_ECDSA_" not in name)
    for version in ("1.1", "1.0")
}


# ---- cells -----------------------------------------------------------------------------------------------------------


def cells(matrix: str, ends: Sequence[str]) -> Iterator[str]:
    """The names of all cells of a matrix: MATRIX/FROM/TO/VERSION/SUITE/ROLE, the role being the ends'."""
    roles = {"serialization": ("client", "server"), "tickets": ("server",), "sessions": ("client",)}[matrix]
    for source in ends:
        for target in ends:
            for version, suites in {**SUITES, **(OLD if matrix == "serialization" else {})}.items():
                for suite in suites:
                    for role in roles:
                        yield "/".join((matrix, source, target, version, suite, role))


def planned(version: str, suite: str, role: str) -> tuple[Cell, Union[Plan, str]]:
    """The cell of the interop matrix that a conversation is like, and how it is run."""
    cert = "p256" if "_ECDSA_" in suite else "rsa2048"
    group = NO_GROUP if suite.startswith("TLS_RSA_") else "secp256r1"
    cell = Cell(PEER, role, version, suite, group, cert, "plain")
    how = Plan(POLICY) if version in OLD else plan(cell, peer(PEER).tables[cell.peer_role])
    return cell, Plan(POLICY) if isinstance(how, Plan) else how


def why_not(name: str) -> str:
    """Why there is no such conversation, or nothing."""
    matrix, *ends, version, suite, role = name.split("/")
    source, target = map(release_of, ends)
    how = planned(version, suite, role)[1]
    if isinstance(how, str):
        return how
    if version in OLD and source.commit:
        return "this library does not shake hands in TLS 1.1 and older"
    for end in (source, target):
        if version < end.lowest:
            return f"connections of TLS {version} cannot go on in {end.name}: {end.note}"
    if matrix == "serialization" and target.breaks and suite.startswith(target.breaks):
        return f"{target.name}: {target.fault}"
    return ""


def resumable(matrix: str, source: str, target: str) -> bool:
    """Whether the acceptor can open the issuer's tickets; if not, it must go on with a full handshake."""
    return matrix != "tickets" or release_of(source).tickets == release_of(target).tickets


def sources() -> list[Path]:
    """What a result says something about, besides the library and the ends."""
    here = Path(__file__).resolve().parent
    peers = here.parent / "peers" / PEER
    names = ("versions.py", "ends.py", "end.py", "relay.py", "releases.toml", "service.py", "plan.py", "world.py")
    return [*(here / name for name in names), *(path for path in peers.iterdir() if path.is_file())]


def covering(names: Iterable[str]) -> list[str]:
    """A selection that has every writer with every reader, and every suite for each of them, in each role."""
    chosen: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for name in names:
        _matrix, source, target, version, suite, role = name.split("/")
        things = {(source, target, version, role), ("from", source, suite, role), ("to", target, suite, role)}
        if not things <= seen:
            seen |= things
            chosen.append(name)
    return chosen


# ---- one cell ----------------------------------------------------------------------------------------------------------


class Versions:
    """Runs cells; keeps the ends' processes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._ends: dict[tuple[str, int], End] = {}
        self._files = self._cut()

    def _cut(self) -> dict[str, Any]:
        """Small files: what is tested is who goes on, not how much."""
        files = {}
        for role, source in (("client", self.world.client), ("server", self.world.server)):
            files[role] = self.world.folder / f"{role}-small.bin"
            if not files[role].exists():
                scratch = files[role].with_suffix(f".{os.getpid()}")
                scratch.write_bytes(source.read_bytes()[:SIZE])
                scratch.replace(files[role])
        return files

    def end(self, name: str, part: int, commands: Mapping[str, Sequence[str]]) -> End:
        """A release with a release of its own kind is still two processes."""
        key = name, part
        if key not in self._ends or not self._ends[key].alive:
            self._ends[key] = End(commands[name])
        return self._ends[key]

    def close(self) -> None:
        for end in self._ends.values():
            end.close()
        self._ends.clear()
        peer(PEER).stop()

    def run(self, name: str, commands: Mapping[str, Sequence[str]]) -> str:
        matrix, source, target, version, suite, role = name.split("/")
        cell, how = planned(version, suite, role)
        if isinstance(how, str):
            raise Mismatch(how)
        ends = self.end(source, 0, commands), self.end(target, 1, commands)
        talk = _Talk(self, [source, target], cell, how, matrix != "serialization", resumable(matrix, source, target))
        try:
            getattr(talk, matrix)(*ends)
        except BaseException as error:
            talk.close()
            self.close()  # an end may be anywhere in its part
            setattr(error, "log", "\n".join(talk.lines))
            raise
        talk.close()
        return "\n".join(talk.lines)


class _Talk:
    """One conversation between the peer and two ends."""

    def __init__(self, versions: Versions, expected: list[str], cell: Cell, how: Plan, resume: bool, resumed: bool) -> None:
        self.resumed = resume and resumed
        self.expected = expected
        self.cell, self.world = cell, versions.world
        self.files = versions._files
        self.lines: list[str] = []
        self.resume = resume
        self.how = how
        self.relay: Optional[Relay] = None
        self._front = socket.create_server(("127.0.0.1", 0)) if cell.role == "server" else None
        if self._front is not None:
            self._front.settimeout(TIMEOUT)
        job = self._job()
        self.lines.append(f"peer: {job.line()}")
        self.session: Session = peer(PEER).start(job)

    def _job(self) -> Job:
        cell = self.cell
        cert, key = self.world.leaf("server", cell.cert) if cell.role == "client" else (None, None)
        mine = cell.peer_role
        return Job(
            role=mine,
            version=cell.version,
            suite=cell.suite,
            group="" if cell.group == NO_GROUP else cell.group,
            also=self.how.also,
            port=self._front.getsockname()[1] if self._front is not None else 0,
            cert=cert,
            key=key,
            ca=self.world.ca,
            resume=self.resume,
            chunk=4096,
            send=self.files[mine],
            expect=self.files[cell.role],
        )

    def close(self) -> None:
        self.lines.append(self.session.log)
        self.session.close()
        if self.relay is not None:
            self.relay.close()
        if self._front is not None:
            self._front.close()

    # ---- the three matrices ------------------------------------------------------------------------------------------

    def serialization(self, writer: End, reader: End) -> None:
        relay = self._open(writer)
        if self.cell.version == "1.3":
            writer.do("update")
        first, second = ("send", "recv") if self.cell.role == "client" else ("recv", "send")
        writer.do(first, offset=0, bytes=HALF)
        if second == "send":
            relay.hold()  # the peer goes on as soon as it has this, and the writer must not get what it says
        writer.do(second, offset=0, bytes=HALF)
        relay.hold()
        blob = bytes.fromhex(writer.do("serialize")["blob"])
        relay.wait_gone()
        self.lines.append(f"{len(blob)} bytes, format {int.from_bytes(blob[:8], 'big')}")
        self._refuse(reader, NEXT_FORMAT + blob[8:])
        reader.begin("restore", blob=blob, port=relay.port, **self._config())
        relay.take(reader.answered)
        self._check_release(reader.answer())
        if self.cell.version == "1.3":
            reader.do("update")
        reader.do(first, offset=HALF, bytes=SIZE - HALF)
        reader.do(second, offset=HALF, bytes=SIZE - HALF)
        self._end(reader)

    def tickets(self, issuer: End, acceptor: End) -> None:
        self._first(issuer)
        self._second(acceptor, b"")

    def sessions(self, saver: End, loader: End) -> None:
        session = self._first(saver)
        if not session:
            raise Mismatch("the saver has no session")
        self._second(loader, session)

    # ---- their parts -------------------------------------------------------------------------------------------------

    def _config(self) -> dict[str, object]:
        cell = self.cell
        words: dict[str, object] = dict(role=cell.role, policy=self.how.policy, ca=self.world.ca, name="localhost")
        words.update(send=self.files[cell.role], expect=self.files[cell.peer_role])
        if cell.role == "server":
            words["cert"], words["key"] = self.world.leaf("server", cell.cert)
        if self.resume:
            words.update(tickets=True, ticket_name=KEY_NAME, ticket_key=KEY)
        return words

    def _open(self, end: End, session: bytes = b"") -> Relay:
        """A new connection of the peer with this end."""
        if self.relay is not None:
            self.relay.close()
        relay = self.relay = Relay()
        end.begin("open", port=relay.port, session=session, **self._config())
        if self._front is not None:
            relay.start(self._front.accept()[0])
        else:
            relay.start(socket.create_connection(("127.0.0.1", self.session.port), TIMEOUT))
        relay.take(end.answered)
        facts = end.answer()
        self._check_release(facts)
        self.lines.append(f"end: {facts}")
        wanted = {"version": self.cell.version, "suite": self.cell.suite}
        if any(facts.get(name, value) != value for name, value in wanted.items()):
            raise Mismatch(f"{facts}, not {wanted}")
        if session and facts.get("resumed") != "1":
            raise Mismatch("the session is not resumed")
        return relay

    def _check_release(self, facts: Mapping[str, str]) -> None:
        """Ends say which release they are, in the order in which the cell names them."""
        name = self.expected.pop(0)
        wanted = release_of(name).version
        if facts.get("release") != wanted and name != NOW:
            raise Mismatch(f"the end is of release {facts.get('release')!r}, not {wanted!r}")
        self.lines.append(f"end: release {facts.get('release')}")

    def _first(self, end: End) -> bytes:
        """The connection that is there to be resumed; its session, of a client."""
        self._open(end)
        words = ("send", "recv") if self.cell.role == "client" else ("recv", "send")
        for word in words:
            end.do(word, offset=0, bytes=FIRST)
        session = bytes.fromhex(end.do("session").get("session", "")) if self.cell.role == "client" else b""
        end.do("close")
        return session

    def _second(self, end: End, session: bytes) -> None:
        self._open(end, session)
        words = ("send", "recv") if self.cell.role == "client" else ("recv", "send")
        for start, stop in ((0, HALF), (HALF, SIZE)):
            for word in words:
                end.do(word, offset=start, bytes=stop - start)
        self._end(end)

    def _end(self, end: End) -> None:
        end.do("close")
        answer = self.session.finish(PATIENCE)
        for name, wanted in (("resumed", "1" if self.resumed else "0"), ("closed", "clean")):
            if answer.get(name) != wanted:
                raise Mismatch(f"the peer says {name} is {answer.get(name)!r}, not {wanted!r}")

    def _refuse(self, reader: End, blob: bytes) -> None:
        try:
            reader.do("restore", blob=blob, port=0, **self._config())
        except EndError as error:
            if error.args[0] != REFUSED:
                raise Mismatch(f"a format of the future is refused with {error.args}, not {REFUSED}") from None
        else:
            raise Mismatch("a format of the future is accepted")


def main() -> None:
    versions = Versions(make())
    serve(lambda job: versions.run(job["id"], job["ends"]), versions.close)


if __name__ == "__main__":
    main()
