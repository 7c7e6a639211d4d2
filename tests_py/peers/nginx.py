# SPDX-License-Identifier: Apache-2.0
"""nginx as a server. It passes a request on to a small HTTP server in a thread here, which checks what was uploaded.

The upload is compared with the beginning of the client's file, and the answer is as many bytes of the server's own: the
first of two connections may carry less than the whole file. nginx does not tell how the client has closed: it has
OpenSSL take the bare end of TCP for a close_notify.
"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable
from typing import BinaryIO

from peers.base import Answer, Job, Peer, PeerError, Rule, Table
from peers.frontend import CURVES, SUITE_OF, Frontend, first_difference, openssl_groups, openssl_suite

# What a request carries to the backend about its connection; $early is taken when its head has been read.
VARIABLES = {
    "version": "ssl_protocol",
    "suite": "ssl_cipher",
    "group": "ssl_curve",
    "resumed": "ssl_session_reused",
    "client_cert": "ssl_client_verify",
    "alpn": "ssl_alpn_protocol",
    "early": "early",
}
# Of thousands of debug messages those that are of use to a reader.
WORTH = re.compile(
    r"\[(info|notice|warn|error|crit|alert|emerg)\]|SSL_do_handshake|SSL_shutdown|SSL: |SSL ALPN|SSL server name|"
    r"SSL reused|peer shutdown|accept: |close http connection|http request line|http status|header: \""
)


class _Conversation(Frontend):
    def configure(self) -> list[str]:
        (self.folder / "nginx.conf").write_text(self._config())
        return ["nginx", "-p", f"{self.folder}/", "-c", "nginx.conf", "-e", "stderr"]

    def _config(self) -> str:
        job = self.job
        told = " ".join(f"{name}=${variable}" for name, variable in VARIABLES.items())
        thirteen = job.version == "1.3"
        pins = [
            f"ssl_protocols TLSv{job.version};",
            f"ssl_conf_command Ciphersuites {job.suite};" if thirteen else f"ssl_ciphers {openssl_suite(job.suite)};",
        ]
        if job.group:
            pins.append(f"ssl_ecdh_curve {openssl_groups(job)}; ssl_prefer_server_ciphers on;")
        if job.auth:
            pins.append(f"ssl_verify_client on; ssl_client_certificate {job.ca};")
        if job.early:
            pins.append("ssl_early_data on;")
        paths = "".join(
            f"{name}_temp_path {self.folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return f"""
daemon off;
master_process off;
pid {self.folder}/pid;
error_log stderr debug;
events {{ worker_connections 32; }}
http {{
    access_log off;
    {paths}
    client_max_body_size 0;
    client_body_buffer_size 4m;
    proxy_buffers 80 64k;
    proxy_max_temp_file_size 0;
    keepalive_timeout {0 if job.close == "peer" else 60};
    server {{
        listen 127.0.0.1:{self.port} ssl reuseport;
        server_name {job.name};
        ssl_certificate {job.cert};
        ssl_certificate_key {job.key};
        {" ".join(pins)}
        ssl_session_tickets {"on" if job.resume else "off"};
        ssl_buffer_size {job.chunk};
        set $early $ssl_early_data;
        location = /data {{
            proxy_pass http://unix:{self.backend}:/data;
            proxy_set_header X-Connection "{told}";
        }}
    }}
}}
"""

    def converse(self, connect: Callable[[], socket.socket]) -> None:
        for _ in range(2 if self.job.resume else 1):
            with connect() as sock, sock.makefile("rb") as stream:
                head = _head(stream)
                size = int(head.get("content-length", "0"))
                first_difference(stream.read(size), self.expect[:size])
                answer = f"HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
                sock.sendall(answer.encode() + self.send[:size])
                self._told = dict(word.partition("=")[::2] for word in head.get("x-connection", "").split())
        if size != len(self.expect):
            raise PeerError(f"only {size} bytes have been uploaded")

    def answer(self) -> Answer:
        self.said(r" close http connection: .*\n", 2 if self.job.resume else 1)
        told = self._told
        answer = {
            "version": told["version"].removeprefix("TLSv"),
            "suite": SUITE_OF.get(told["suite"], told["suite"]),
            "resumed": "1" if told["resumed"] == "r" else "0",
            "client_cert": "1" if told["client_cert"] == "SUCCESS" else "0",
            "alpn": told["alpn"],
        }
        if told["group"]:
            answer["group"] = next((name for name, curve in CURVES.items() if curve == told["group"]), told["group"])
        if self.job.early:
            answer["early"] = "accepted" if told["early"] == "1" else "rejected"
        return answer

    def readable(self) -> str:
        lines = super().readable().splitlines()
        return "\n".join(line for line in lines if WORTH.search(line))


def _head(stream: BinaryIO) -> dict[str, str]:
    """The fields of a request for /data."""
    line = stream.readline().decode("latin-1")
    if not line.startswith("PUT /data "):
        raise PeerError(f"the server asks for {line!r}")
    fields = {}
    while (text := stream.readline().decode("latin-1").strip()):
        name, _, value = text.partition(":")
        fields[name.lower()] = value.strip()
    return fields


class Nginx(Peer):
    name = "nginx"
    title = "nginx"
    programs = {"nginx": "nginx"}
    tables = {
        "server": Table(
            app="http",
            answers_close=False,
            tells=frozenset({"version", "suite", "group", "resumed", "alpn", "client_cert", "early"}),
            rules=(
                Rule("nginx has no setting for external PSKs", feature="external_psk"),
                Rule("nginx never updates its keys by itself", feature="key_update_theirs"),
            ),
        )
    }

    def version(self) -> str:
        said = subprocess.run(["nginx", "-V"], capture_output=True, text=True, timeout=10).stderr
        server = re.search(r"nginx/(\S+)", said)
        library = re.search(r"(?:running|built) with (OpenSSL \S+)(?!.*running with)", said, re.S)
        if server is None:
            raise PeerError(said.strip())
        return f"{server[1]}, {library[1]}" if library else server[1]

    def start(self, job: Job) -> _Conversation:
        if job.role != "server":
            raise PeerError("nginx is a server here")
        return _Conversation(job)


PEER = Nginx()
