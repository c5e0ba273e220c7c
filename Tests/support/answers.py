"""Ready answers for the scripted upstream: good ones and every kind of broken one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial

from support.messages import Script
from support.upstream import Answer, Call, Gate

REQUEST_ID = "req_011CScripted"

EVENT_STREAM = (("content-type", "text/event-stream; charset=utf-8"), ("request-id", REQUEST_ID))
JSON = (("content-type", "application/json"), ("request-id", REQUEST_ID))


def streamed(script: Script, fields: Iterable[tuple[str, str]] = ()) -> Answer:
    """The script's events, each in a chunk of its own."""

    def answer(call: Call) -> None:
        call.head(200, [*EVENT_STREAM, *fields])
        for frame in script.frames:
            call.send(frame)
        call.end()

    return answer


def document(value: object, status: int = 200, fields: Iterable[tuple[str, str]] = ()) -> Answer:
    """A JSON document."""
    return body(json.dumps(value).encode(), status, [*JSON, *fields])


def body(data: bytes, status: int = 200, fields: Iterable[tuple[str, str]] = ()) -> Answer:
    """These bytes, with their length."""

    def answer(call: Call) -> None:
        call.head(status, fields, length=len(data))
        call.send(data)

    return answer


def message(script: Script) -> Answer:
    """The script as the request wants it: streamed or whole."""

    def answer(call: Call) -> None:
        (streamed(script) if call.request.json.get("stream") else document(script.message))(call)

    return answer


def routes(**answers: Answer) -> Answer:
    """An answer by the last part of the path."""

    def answer(call: Call) -> None:
        answers[call.request.path.rsplit("/", 1)[-1]](call)

    return answer


def error(status: int, type: str, text: str = "Scripted failure.", fields: Iterable[tuple[str, str]] = ()) -> Answer:
    """An error status in Anthropic's shape, with white space that a re-encoder would lose."""
    return body(error_body(type, text), status, [*JSON, *fields])


def error_body(type: str, text: str = "Scripted failure.") -> bytes:
    """The body of `error`."""
    return (
        '{"type":"error", "error":{"type":"%s",  "message":"%s"},"request_id":"%s"}\n' % (type, text, REQUEST_ID)
    ).encode()


def held(script: Script, word: str, gate: Gate) -> Answer:
    """The events up to the one that contains `word`, and the rest once the gate opens."""

    def answer(call: Call) -> None:
        call.head(200, EVENT_STREAM)
        call.send(b"".join(script.until(word)))
        call.hold(gate)
        call.send(b"".join(script.after(word)))
        call.end()

    return answer


# Broken ones.


def broken(
    ending: Callable[[Call], None], frames: Iterable[bytes], gate: Gate | None = None, rest: Iterable[bytes] = ()
) -> Answer:
    """These frames; once the gate opens the rest; then the ending.

    A gate that opens when the client has seen the frames makes sure that the fault comes after that.
    """

    def answer(call: Call) -> None:
        call.head(200, EVENT_STREAM)
        call.send(b"".join(frames))
        if gate is not None:
            call.hold(gate)
        call.send(b"".join(rest))
        ending(call)

    return answer


fin = partial(broken, Call.cut)
"""Ends with a closed connection, without the last chunk."""
rst = partial(broken, Call.reset)
"""Ends with a reset, which may overtake data: it wants a gate."""
clean_end = partial(broken, Call.end)
"""Ends as HTTP demands: truncation that only the protocol above can show."""
stalled = partial(broken, Call.stall)
"""Ends with silence on an open connection."""


def silent(call: Call) -> None:
    """Not even a head."""
    call.stall()


def hang_up(call: Call) -> None:
    """Closes the connection instead of answering."""
    call.cut()


def hang_up_hard(call: Call) -> None:
    """Resets the connection instead of answering."""
    call.reset()


def web_page(call: Call) -> None:
    """What a captive portal or a gateway's error page looks like: HTML with status 200."""
    body(b"<!doctype html><title>Sign in</title>", 200, [("content-type", "text/html")])(call)
