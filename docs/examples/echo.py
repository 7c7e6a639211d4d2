import socket
import sys
import threading
from s2n_tls import CertificateKeyPair, Config, S2NError, wrap_server

config = Config(certificates=[CertificateKeyPair.from_files("cert.pem", "key.pem")])


def echo(sock):
    sock.settimeout(60)  # seconds for the whole handshake, and for each call after it
    try:
        with wrap_server(sock, config) as tls:
            while data := tls.recv(4096):
                tls.sendall(data)
    except (S2NError, OSError) as error:
        print("lost a client:", error)


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    print("port", listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=echo, args=(client,), daemon=True).start()
