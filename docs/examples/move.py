import sys
from s2n_tls import Config, TLSSocket, create_connection

port, ca_file = int(sys.argv[1]), sys.argv[2]
with open(ca_file) as pem:
    config = Config(trust=pem.read(), serializable=True)

tls = create_connection(("localhost", port), config)
tls.sendall(b"sent before the move\n")

blob = tls.serialize()  # the connection as bytes: seal them before they travel
tls = TLSSocket.deserialize(tls.socket, blob, config, server_side=False)

tls.sendall(b"sent after the move\n")
print(tls.version(), "goes on, restored from", len(blob), "bytes")
tls.unwrap().close()  # when the peer has said goodbye too
