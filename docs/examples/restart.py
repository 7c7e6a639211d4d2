import os
import pathlib
import select
import socket
import sys
import threading
from s2n_tls import CertificateKeyPair, Config, S2NError, TLSSocket, wrap_server
from s2n_tls.handoff import receive_connection, send_connection

DOOR = "handoff.sock"
key = pathlib.Path("handoff.key").read_bytes()  # 32 bytes that only our own processes can read
config = Config(certificates=[CertificateKeyPair.from_files("cert.pem", "key.pem")], serializable=True)
bell, ring = os.pipe()  # the bell becomes readable, for all threads, when the next process has come
heir, giving = None, threading.Lock()


def start(function, argument):
    threading.Thread(target=function, args=(argument,), daemon=True).start()


def serve(client):
    """A new socket, or a connection that the process before us began."""
    client.settimeout(60)
    try:
        with client if isinstance(client, TLSSocket) else wrap_server(client, config) as tls:
            echo(tls)
    except (S2NError, OSError) as error:
        print("lost a client:", error)


def echo(tls):
    while True:
        wait = 0 if tls.pending() else None  # what was received ahead needs no waiting
        if bell in select.select([tls, bell], [], [], wait)[0]:
            with giving:
                return send_connection(heir, tls, key)
        data = tls.recv(4096)
        if not data:
            return
        tls.sendall(data)


def inherit(before):
    try:
        while True:
            start(serve, receive_connection(before, key, config).tls)
            print("took over a connection", flush=True)
    except EOFError:
        before.close()  # that was all


before = socket.socket(socket.AF_UNIX)
try:
    before.connect(DOOR)
    descriptors = socket.recv_fds(before, 1, 1)[1]
    listener = socket.socket(fileno=descriptors[0])
except (FileNotFoundError, ConnectionRefusedError):  # we are the first
    before = None
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))

pathlib.Path(DOOR).unlink(missing_ok=True)
os.umask(0o077)  # nobody but our own user may come through the door
door = socket.socket(socket.AF_UNIX)
door.bind(DOOR)
door.listen()
print("port", listener.getsockname()[1], flush=True)
if before:
    start(inherit, before)
while door not in select.select([listener, door], [], [])[0]:
    start(serve, listener.accept()[0])

heir, _ = door.accept()
socket.send_fds(heir, [b"!"], [listener.fileno()])
os.write(ring, b"!")
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join(60)
