"""A TLS server before a plain one: what a client sends over TLS goes on to a port of this machine.

    tls_front.py CERTIFICATE KEY PORT

Prints the port it listens on, then ends when its standard input does. The plain server sees a connection
only once a client has sent something over its own.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from contextlib import suppress


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def serve(connection: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError), context.wrap_socket(connection, server_side=True) as outside:
        if not (first := outside.recv(65536)):
            return
        with socket.create_connection(("127.0.0.1", port)) as inside:
            inside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            inside.sendall(first)
            threading.Thread(target=pump, args=(inside, outside), daemon=True).start()
            pump(outside, inside)


def main(certificate: str, key: str, port: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection, context, int(port)), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
