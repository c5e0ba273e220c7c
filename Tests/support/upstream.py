"""An HTTP/1.1 server on 127.0.0.1 whose every byte, pause and hang-up is decided by the test.

An answer is a function of one `Call`. It runs on the connection's own thread, so it can send some
bytes, hold at a gate until the test opens it, and then end, cut or reset the connection.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

LIMIT = 30.0
"""Seconds after which anything that waits here gives up."""


class PeerGone(Exception):
    """The other side closed its connection, or the test is over: the answer ends here."""


class Gate:
    """Closed until opened, once. It can be waited for together with a socket."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()

    def open(self) -> None:
        with suppress(OSError):
            self._writer.send(b"!")

    def fileno(self) -> int:
        return self._reader.fileno()

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    connection: int
    """1, 2, 3, … in the order in which connections were accepted."""
    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    head: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def field(self, name: str) -> str | None:
        """The value of a field, several joined by commas; None when there is none."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(values) if values else None


class Call:
    """One request and the means to answer it."""

    def __init__(self, request: Request, connection: socket.socket, stopping: Gate) -> None:
        self.request = request
        self.bytes_sent = 0
        """Body bytes that the kernel took so far."""
        self.gone_at: float | None = None
        """When the other side's close was seen, on time.monotonic's clock."""
        self.is_open = True
        """The connection can carry another request."""
        self._connection = connection
        self._stopping = stopping
        self._chunked = False
        self._over = threading.Event()

    # What an answer does.

    def head(self, status: int = 200, fields: Iterable[tuple[str, str]] = (), length: int | None = None) -> None:
        """Sends the head; without a length the body will be chunked."""
        self._chunked = length is None
        framing = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = "Scripted"
        lines = [f"HTTP/1.1 {status} {phrase}", framing, *(f"{name}: {value}" for name, value in fields)]
        self.send_raw("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def send(self, data: bytes) -> None:
        """Sends a piece of the body, as one chunk if it is chunked."""
        if data:
            self.send_raw(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
            self.bytes_sent += len(data)

    def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        try:
            self._connection.sendall(data)
        except OSError:
            raise self._gone() from None

    def end(self) -> None:
        """Ends the body properly."""
        if self._chunked:
            self.send_raw(b"0\r\n\r\n")

    def cut(self) -> None:
        """Closes the connection with a FIN, whatever was promised."""
        self.is_open = False
        self._connection.close()

    def reset(self) -> None:
        """Closes the connection with an RST."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def hold(self, gate: Gate) -> None:
        """Waits until the gate opens; ends the answer when the other side leaves first."""
        if not self._watch(LIMIT, gate):
            raise TimeoutError("the gate was never opened")

    def pause(self, seconds: float) -> None:
        """Says nothing for a while; ends the answer when the other side leaves first."""
        self._watch(seconds)

    def stall(self) -> None:
        """Says nothing more until the other side leaves or the test is over."""
        if not self._watch(LIMIT):
            raise TimeoutError("the other side never gave up")

    # What a test asks.

    def wait_gone(self, seconds: float = LIMIT) -> float:
        """When the other side closed its connection; fails if it does not."""
        assert self._over.wait(seconds), "the upstream connection was never closed"
        assert self.gone_at is not None, "the answer ended before its connection was closed"
        return self.gone_at

    # The server's side.

    def run(self, answer: Callable[[Call], None]) -> None:
        try:
            answer(self)
        except PeerGone:
            self.is_open = False
        except BaseException:
            self.is_open = False
            raise
        finally:
            self._over.set()

    def _watch(self, seconds: float, *gates: Gate) -> bool:
        """Whether one of the gates opened within the time."""
        ready, _, _ = select.select([self._connection, self._stopping, *gates], [], [], seconds)
        if any(gate in ready for gate in gates):
            return True
        if self._stopping in ready:
            raise PeerGone("the test is over")
        if self._connection in ready and not self._peek():
            raise self._gone()
        return False

    def _peek(self) -> bytes:
        try:
            return self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return b""

    def _gone(self) -> PeerGone:
        self.gone_at = time.monotonic()
        return PeerGone("the other side closed the connection")


Answer = Callable[[Call], None]


class Upstream:
    """The server. Requests get the answers in the order given, the last one again and again."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self._calls: list[Call] = []
        self._changed = threading.Condition()
        self._stopping = Gate()
        self._gates: list[Gate] = []
        self._connections: list[socket.socket] = []
        self._faults: list[BaseException] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def answer_with(self, *answers: Answer) -> None:
        """Replaces the answers for the requests that are still to come."""
        with self._changed:
            self._answers = list(answers)

    def gate(self) -> Gate:
        """A new closed gate."""
        self._gates.append(Gate())
        return self._gates[-1]

    @property
    def calls(self) -> list[Call]:
        with self._changed:
            return list(self._calls)

    @property
    def requests(self) -> list[Request]:
        return [call.request for call in self.calls]

    @property
    def connections(self) -> int:
        """How many connections were accepted."""
        with self._changed:
            return len(self._connections)

    def wait_for_calls(self, count: int, seconds: float = LIMIT) -> list[Call]:
        """The calls so far, once there are that many."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._calls) >= count, seconds)
            assert arrived, f"{len(self._calls)} requests arrived, not {count}"
            return list(self._calls)

    def close(self) -> None:
        """Stops, and tells of any fault in an answer's own code."""
        self._stopping.open()
        with suppress(OSError):
            # Closing alone does not wake a thread that sits in accept.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._changed:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for gate in self._gates:
            gate.open()
        if self._faults:
            raise self._faults[0]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self._connections.append(connection)
                number = len(self._connections)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        buffer = bytearray()
        try:
            is_open = True
            while is_open and (request := _read_request(connection, buffer, number)):
                call = Call(request, connection, self._stopping)
                with self._changed:
                    self._calls.append(call)
                    answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                    self._changed.notify_all()
                call.run(answer)
                is_open = call.is_open
        except OSError:
            pass
        except BaseException as fault:
            self._faults.append(fault)
        finally:
            connection.close()


def _read_request(connection: socket.socket, buffer: bytearray, number: int) -> Request | None:
    """The next request of a connection, or None when it was closed between two."""

    def fill() -> bool:
        data = connection.recv(65536)
        buffer.extend(data)
        return bool(data)

    def take(count: int) -> bytes:
        while len(buffer) < count:
            if not fill():
                raise ConnectionError("closed in the middle of a request")
        data = bytes(buffer[:count])
        del buffer[:count]
        return data

    def line() -> bytes:
        while (end := buffer.find(b"\r\n")) < 0:
            if not fill():
                raise ConnectionError("closed in the middle of a request")
        return take(end + 2)[:-2]

    while (end := buffer.find(b"\r\n\r\n")) < 0:
        if not fill():
            return None
    head = take(end + 4)
    first, *rest = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _ = first.split(" ")
    fields = tuple((name, value.strip()) for name, _, value in (item.partition(":") for item in rest))
    known = {name.lower(): value for name, value in fields}
    if known.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int(line().partition(b";")[0], 16):
            body += take(size)
            line()
        while line():
            pass
    else:
        body = take(int(known.get("content-length", "0")))
    return Request(number, method, target, fields, body, head)
