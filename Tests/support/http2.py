"""An HTTP/2 server over TLS on 127.0.0.1, scripted by the same answers as the HTTP/1.1 one.

The protocol is h2's; only what answers do with their calls is here. Every request has a thread of its own, as
several share a connection.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from support.upstream import LIMIT, Gate


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=scripted -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class HTTP2Call:
    """One request and the means to answer it; what it can do it does as `upstream.Call`."""

    def __init__(self, connection: Connection, stream: int, fields: dict[str, str]) -> None:
        self.fields = fields
        self.body = b""
        self._connection = connection
        self._stream = stream

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def head(self, status: int = 200, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._connection.do(lambda h2: h2.send_headers(self._stream, [(":status", str(status)), *fields]))

    def send(self, data: bytes) -> None:
        """Sends a piece of the body; all of an answer has to fit into the client's first window."""
        self._connection.do(lambda h2: h2.send_data(self._stream, data))

    def end(self) -> None:
        self._connection.do(lambda h2: h2.end_stream(self._stream))

    def reset(self) -> None:
        """Ends this request alone, with RST_STREAM."""
        self._connection.do(lambda h2: h2.reset_stream(self._stream, error_code=2))

    def hold(self, gate: Gate) -> None:
        if not select.select([gate], [], [], LIMIT)[0]:
            raise TimeoutError("the gate was never opened")


Answer = Callable[[HTTP2Call], None]


class Connection:
    """One client's connection."""

    def __init__(self, outside: ssl.SSLSocket, started: Callable[[HTTP2Call], Answer]) -> None:
        self._socket = outside
        self._started = started
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._calls: dict[int, HTTP2Call] = {}
        self._lock = threading.Lock()

    def do(self, action: Callable[[H2Connection], None]) -> None:
        """Changes the state of the connection and sends what follows from that."""
        with self._lock:
            action(self._h2)
            self._socket.sendall(self._h2.data_to_send())

    def serve(self) -> None:
        self.do(H2Connection.initiate_connection)
        while data := self._socket.recv(65536):
            self.do(lambda h2: self._handle(h2.receive_data(data)))

    def _handle(self, events: Iterable[object]) -> None:
        for event in events:
            match event:
                case RequestReceived():
                    self._calls[event.stream_id] = HTTP2Call(self, event.stream_id, dict(event.headers))
                case DataReceived():
                    self._calls[event.stream_id].body += event.data
                    self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case StreamEnded():
                    call = self._calls[event.stream_id]
                    threading.Thread(target=self._started(call), args=(call,), daemon=True).start()


class HTTP2Upstream:
    """The server. Requests get the answers in the order given, the last one again and again."""

    def __init__(self, certificate: tuple[Path, Path], *answers: Answer) -> None:
        self.calls: list[HTTP2Call] = []
        self.protocols: list[str | None] = []
        """What each connection agreed on."""
        self._answers = list(answers)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for end in (self._listener, *self._connections):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), self._context.wrap_socket(connection, server_side=True) as outside:
            self._connections.append(outside)
            self.protocols.append(outside.selected_alpn_protocol())
            Connection(outside, self._start).serve()

    def _start(self, call: HTTP2Call) -> Answer:
        self.calls.append(call)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
