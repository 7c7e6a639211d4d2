# SPDX-License-Identifier: Apache-2.0
"""One lane of the interop matrix: a process that runs one cell after the other, as its standard input names them.

    python -m matrix.lane        {"id": "openssl/client/1.3/...", "plan": {"policy": "test_all"}}   a line for each cell
                                 {"id": ..., "state": "passed", "seconds": 0.1, "log": "..."}       and its answer

Whatever kills this process is the failure of the cell that it was at; run.py starts another one.
"""

from __future__ import annotations

import contextlib
import socket
import statistics
from collections.abc import Iterator
from typing import Any, Optional

from matrix.cells import NO_GROUP, Cell, cell_of
from matrix.ours import TIMEOUT, Conversation, Pair, Story, Wrong, files_of, put_head, steps_of
from matrix.plan import Plan, suites
from matrix.service import serve
from matrix.tap import Tap
from matrix.world import SIZE, World, make
from peers import peer
from peers.base import Answer, Job, Peer, Session
from s2n_tls import (
    CertificateKeyPair,
    ClientAuth,
    Config,
    ConnectionClosed,
    EarlyDataStatus,
    Psk,
    TicketKeys,
    TLSBuffer,
    TLSSocket,
)

EARLY = 4096
FIRST = 16  # bytes each way in a connection that is there to be resumed
IDENTITY, SECRET = "matrix", bytes(range(1, 33))
OUR_ALPN, PEER_ALPN, COMMON_ALPN = ["matrix/1", "http/1.1"], ("http/1.1", "matrix/2"), "http/1.1"
CHUNKS = {"large_records": 16384, "tiny_records": 128}


class Runner:
    """Runs cells; keeps the other process of the pair and the peers' programs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.files = files_of(world.client, world.server)
        self._pair: Optional[Pair] = None
        self._peer: Optional[Peer] = None  # the last one: its programs are kept for the next cell

    @property
    def pair(self) -> Pair:
        if self._pair is None:
            self._pair = Pair(self.world.client, self.world.server)
        return self._pair

    def close(self) -> None:
        self._part()
        if self._peer is not None:
            self._peer.stop()

    def _part(self) -> None:
        if self._pair is not None:
            self._pair.close()
            self._pair = None

    def run(self, cell: Cell, plan: Plan) -> str:
        """One conversation, or two; what to put into the log. Raises what went wrong."""
        if self._peer is not None and self._peer.name != cell.peer:
            self._peer.stop()
        self._peer = peer(cell.peer)
        one = _Run(self, cell, plan, self._peer)
        try:
            one.run()
        except BaseException as error:
            setattr(error, "log", one.log)
            if isinstance(error, (Wrong, OSError)):
                self._part()  # who knows what the other process still waits for
            raise
        return one.log


class _Run:
    """One cell."""

    def __init__(self, runner: Runner, cell: Cell, plan: Plan, theirs: Peer) -> None:
        self.runner, self.cell, self.plan, self.theirs = runner, cell, plan, theirs
        self.world = runner.world
        self.table = theirs.tables[cell.peer_role]
        self.feature = cell.feature
        self.resume = cell.feature in ("resumption", "early_data")
        self.mutual = cell.feature == "mutual_auth"
        self.early = EARLY if cell.feature == "early_data" else 0
        self.chunk = CHUNKS.get(cell.feature, 4096)
        self.leaves = cell.role == "server" and self.table.leaves
        self.close_first = cell.feature != "close_theirs" and not self.leaves
        self.psk = SECRET + bytes(16 * cell.sha384) if cell.feature == "external_psk" else b""
        self.hash = "sha384" if cell.sha384 else "sha256"
        self.lines: list[str] = []
        self.session = b""
        self.config = self._config()

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def run(self) -> None:
        with self._listener() as listener:
            job = self._job(listener.getsockname()[1] if listener else 0)
            self.lines.append(f"peer: {job.line()}")
            self.lines.append(f"ours: {self.cell.role}, policy {self.plan.policy}")
            with self.theirs.start(job) as session:
                try:
                    if self.resume:
                        self._connect(listener, session, first=True)
                    self._connect(listener, session, first=False)
                    self._judge(session.finish())
                finally:
                    if session.log:
                        self.lines.append(session.log)

    # ---- the two sides ---------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _listener(self) -> Iterator[Optional[socket.socket]]:
        if self.cell.role == "client":
            yield None
            return
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(TIMEOUT)
            yield listener

    def _job(self, port: int) -> Job:
        cell, world = self.cell, self.world
        needs_cert = not self.psk and (cell.peer_role == "server" or self.mutual)
        cert, key = world.leaf(cell.peer_role, cell.cert) if needs_cert else (None, None)
        mine = world.client if cell.peer_role == "client" else world.server
        return Job(
            role=cell.peer_role,
            version=cell.version,
            suite=cell.suite,
            group="" if cell.group == NO_GROUP else cell.group,
            bait=self.plan.bait,
            also=self.plan.also,
            port=port,
            cert=cert,
            key=key,
            ca=world.ca,
            auth=self.mutual,
            alpn=PEER_ALPN if self.feature == "alpn" else (),
            resume=self.resume,
            early=self.early,
            psk=self.psk,
            identity=IDENTITY if self.psk else "",
            psk_hash=self.hash if self.psk else "",
            key_update=self.feature == "key_update_theirs",
            chunk=self.chunk,
            close="us" if self.close_first else "peer",
            send=mine,
            expect=world.server if mine == world.client else world.client,
        )

    def _config(self) -> Config:
        cell = self.cell
        options: dict[str, Any] = {}
        if not self.psk and (cell.role == "server" or self.mutual):
            cert, key = self.world.leaf(cell.role, cell.cert)
            options["certificates"] = [CertificateKeyPair(cert.read_bytes(), key.read_bytes())]
        if self.mutual:
            options["client_auth"] = ClientAuth.REQUIRED
        if cell.role == "client" or self.mutual:
            options["trust"] = self.world.ca.read_bytes()
        if cell.role == "server" and self.mutual:
            options["verify_host"] = lambda name: name == "client.test"
        if self.resume:
            options["session_tickets"] = True
            if cell.role == "server":
                options["ticket_keys"] = TicketKeys()
        if self.early and cell.role == "server":
            options["max_early_data"] = self.early
            options["on_early_data"] = lambda _connection, _offered: True
        if self.feature == "alpn":
            options["alpn"] = OUR_ALPN
        return Config(policy=self.plan.policy, serializable=True, max_blinding_delay=0, **options)

    def _connect(self, listener: Optional[socket.socket], session: Session, first: bool) -> None:
        """One connection; the first of two exists for its session."""
        if listener and self.mutual and self.table.comes_back:
            try:
                self._connect_once(listener, session, first)
            except ConnectionClosed as error:
                self.lines.append(f"ours: {error}; the client comes back with its certificate")
            else:
                return
        self._connect_once(listener, session, first)

    def _connect_once(self, listener: Optional[socket.socket], session: Session, first: bool) -> None:
        plain = listener.accept()[0] if listener else socket.create_connection(("127.0.0.1", session.port), TIMEOUT)
        sock = Tap(plain)
        sock.settimeout(TIMEOUT)
        server_side = listener is not None
        early = self._early_out() if not first and not server_side else b""
        psks = [Psk(IDENTITY, self.psk, hash=self.hash)] if self.psk else []
        buffer = TLSBuffer(
            self.config,
            server_side=server_side,
            server_name=None if server_side else "localhost",
            session=None if first or server_side else self.session or None,
            psks=psks,
            early_data=early,
        )
        if self.feature == "large_records":
            buffer.connection.prefer_throughput()
        tls = TLSSocket(sock, buffer)
        conversation = Conversation(tls, self._files)
        try:
            if first:
                self._first(conversation)
                return
            self._check(tls)
            got = self._early_bytes(tls)
            tiny = 512 if self.feature == "tiny_records" else 0
            update = self.feature == "key_update_ours"
            steps = steps_of(
                self.table.app,
                self.cell.role,
                SIZE,
                chunk=self.chunk,
                tiny=tiny,
                early=got,
                update=update,
                close_first=self.close_first,
                answered=self.table.answers_close,
            )
            hops = steps.count(("hop",))
            self._follow(self.runner.pair.carry(conversation, self.cell.role, steps), hops)
            self._measure(sock)
        finally:
            if not conversation.tls.buffer.closed:
                conversation.tls.close()

    @property
    def _files(self) -> Any:
        return self.runner.files[self.cell.role]

    def _first(self, conversation: Conversation) -> None:
        """The connection before the one that counts: 16 bytes each way, or what an echo or HTTP peer makes of it."""
        app, answered = self.table.app, self.table.answers_close
        steps = steps_of(app, self.cell.role, SIZE, close_first=not self.leaves, answered=answered)
        end = steps.pop()
        if app == "duplex":
            steps = [("send", 0, FIRST, FIRST), ("recv", 0, FIRST)]
            steps = steps if self.cell.role == "client" else steps[::-1]
        elif app == "echo":
            steps = [("echo", 0, FIRST, FIRST)]
        conversation.walk([step for step in steps if step[0] != "hop"])
        if self.cell.role == "client":
            self.session = bytes(conversation.tls.session or b"")
            if not self.session:
                raise Wrong("the first connection left no session")
        conversation.walk([end])

    def _follow(self, story: Story, hops: int) -> None:
        """Whether the connection has been where it should have been, and its keys changed when they should."""
        self.lines.append(f"ours: processes {story.processes}, key updates {story.sent} sent, {story.received} received")
        there = set(story.processes[::2]), set(story.processes[1::2])
        if story.hops != hops or len(story.processes) != hops + 1 or any(len(pids) != 1 for pids in there):
            raise Wrong(f"{story.hops} hops, not {hops}, by the processes {story.processes}")
        if there[0] & there[1]:
            raise Wrong("the connection never left this process")
        # One with each half, so one on each side of a hop. (An answer that goes out with the hop itself is not counted.)
        if self.feature == "key_update_ours" and story.sent != 2:
            raise Wrong(f"we have sent {story.sent} key updates, not 2")
        if self.feature == "key_update_theirs" and story.received < 2:
            raise Wrong(f"the peer has sent {story.received} key updates, not 2")

    def _measure(self, tap: Tap) -> None:
        """Whether records had the size that the cell is about, until the connection left this process; both ways, but HTTP
        has by then gone one way only."""
        for whose, lengths in (("our", tap.sent), ("the peer's", tap.received)):
            if sum(lengths) < SIZE // 8:
                continue
            if self.feature == "large_records" and max(lengths) <= 16384:
                raise Wrong(f"{whose} records have at most {max(lengths)} bytes")
            if self.feature == "tiny_records" and statistics.median(lengths) > 256:
                raise Wrong(f"half of {whose} records have more than {statistics.median(lengths):.0f} bytes")

    # ---- what must have come out --------------------------------------------------------------------------------------

    def _check(self, tls: TLSSocket) -> None:
        """Our own view of the handshake."""
        cell, info = self.cell, tls.info()
        self.lines.append(
            f"ours: {info.version} {info.cipher} {info.group} {info.signature_scheme} {info.handshake_type}"
            f"{' resumed' if info.resumed else ''}{f' alpn {info.alpn}' if info.alpn else ''}"
        )
        retried = "HELLO_RETRY_REQUEST" in info.handshake_type
        wanted = {
            "version": (info.version, f"TLSv{cell.version}"),
            "suite": (SUITE_NAMES[info.cipher_iana], cell.suite),
            "resumed": (info.resumed, self.resume),
            "alpn": (info.alpn, COMMON_ALPN if self.feature == "alpn" else None),
        }
        if cell.version == "1.3" or not (self.resume or cell.group == NO_GROUP):
            wanted["group"] = (info.group, cell.group)
        if self.feature == "hello_retry":
            wanted["retry"] = (retried, True)
        if self.mutual and cell.role == "server":
            wanted["client certificate"] = (info.client_cert_used, True)
        if self.psk:
            wanted["psk"] = (info.psk_identity, IDENTITY.encode())
        if self.feature not in ("external_psk", "resumption", "early_data"):
            wanted["certificates"] = self._certificates(tls)
        for name, (found, expected) in wanted.items():
            if found != expected:
                raise Wrong(f"{name} is {found!r}, not {expected!r}")

    def _certificates(self, tls: TLSSocket) -> tuple[list[bytes], list[bytes]]:
        """The first certificate of each side that showed one to us or by us, and those of the cell."""
        cell, found, expected = self.cell, [], []
        if cell.role == "server":
            chosen = tls.buffer.connection.selected_certificate
            found += [chosen.chain()[0].der] if chosen is not None else []
            expected.append(self.world.der("server", cell.cert))
        if cell.role == "client" or self.mutual:
            found += [certificate.der for certificate in tls.info().peer_chain[:1]]
            expected.append(self.world.der(cell.peer_role, cell.cert))
        return found, expected

    def _early_out(self) -> bytes:
        """What our client sends as early data: the beginning of its file, behind the head of a request if there is one."""
        head = put_head(SIZE) if self.early and self.table.app == "http" else b""
        return head + bytes(self._files.send[: max(0, self.early - len(head))])

    def _early_bytes(self, tls: TLSSocket) -> int:
        """How much of the client's file went as early data."""
        if not self.early:
            return 0
        if tls.early_data_status != EarlyDataStatus.END:
            raise Wrong(f"early data: {tls.early_data_status!r}")
        if self.cell.role == "client":
            return self.early - (len(put_head(SIZE)) if self.table.app == "http" else 0)
        if tls.early_data != self._files.expect[: self.early]:
            raise Wrong(f"{len(tls.early_data)} bytes of early data, or wrong ones")
        return self.early

    def _judge(self, answer: Answer) -> None:
        """The peer's view of it, as far as it has one."""
        cell = self.cell
        wanted = {"version": cell.version, "suite": cell.suite, "resumed": "1" if self.resume else "0"}
        if cell.version == "1.3" or not (self.resume or cell.group == NO_GROUP):
            wanted["group"] = cell.group
        if self.feature == "alpn":
            wanted["alpn"] = COMMON_ALPN
        if self.feature == "hello_retry":
            wanted["hrr"] = "1"
        if self.mutual and cell.peer_role == "server":
            wanted["client_cert"] = "1"
        if self.early:
            wanted["early"] = "accepted"
        wanted["closed"] = "clean"
        if self.feature.startswith("key_update"):
            # Each of ours; each answer to one of theirs, but a client that sends nothing more owes none to the second.
            wanted["updates"] = "1" if self.feature == "key_update_theirs" and cell.role == "client" else "2"
        for name, expected in wanted.items():
            if name in answer and answer[name] != expected or name in self.table.tells and name not in answer:
                raise Wrong(f"the peer says {name} is {answer.get(name)!r}, not {expected!r}")
        if answer.get("note"):
            self.lines.append(f"peer: {answer['note']}")


SUITE_NAMES = {int(number, 16): name for number, name in suites().items()}


def main() -> None:
    runner = Runner(make())
    serve(lambda job: runner.run(cell_of(job["id"]), Plan(**job["plan"])), runner.close)


if __name__ == "__main__":
    main()
