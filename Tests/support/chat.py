"""Answers of OpenAI-compatible endpoints, written down as the chunks that stream them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from support.upstream import Answer, Call

Object = dict[str, Any]

MODEL = "scripted-model"
USAGE = {"prompt_tokens": 40, "completion_tokens": 4, "total_tokens": 44}


class Chat:
    """One completion: its chunks in order. Reads top to bottom like the stream it stands for."""

    def __init__(self) -> None:
        self.chunks: list[Object] = []
        self.delta(role="assistant", content="")

    def chunk(self, choices: list[Object], **members: Any) -> Chat:
        frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
        self.chunks.append(frame | {"choices": choices} | members)
        return self

    def delta(self, **members: Any) -> Chat:
        return self.chunk([{"index": 0, "delta": members, "finish_reason": None}])

    def text(self, *pieces: str) -> Chat:
        for piece in pieces:
            self.delta(content=piece)
        return self

    def reasoning(self, *pieces: str) -> Chat:
        for piece in pieces:
            self.delta(reasoning_content=piece)
        return self

    def call(self, index: int, id: str, name: str, *pieces: str) -> Chat:
        """A tool call, its arguments in pieces."""
        function = {"name": name, "arguments": ""}
        self.delta(tool_calls=[{"index": index, "id": id, "type": "function", "function": function}])
        return self.arguments(index, *pieces)

    def arguments(self, index: int, *pieces: str) -> Chat:
        for piece in pieces:
            self.delta(tool_calls=[{"index": index, "function": {"arguments": piece}}])
        return self

    def ends(self, reason: str = "stop", usage: Object = USAGE) -> Chat:
        self.chunk([{"index": 0, "delta": {}, "finish_reason": reason}])
        return self.chunk([], usage=usage)


def streamed(chat: Chat) -> Answer:
    """The chunks, each in a chunk of HTTP's own, then `[DONE]`."""

    def answer(call: Call) -> None:
        call.head(200, [("content-type", "text/event-stream")])
        for chunk in chat.chunks:
            call.send(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")
        call.send(b"data: [DONE]\n\n")
        call.end()

    return answer


def document(value: object, status: int = 200, fields: Iterable[tuple[str, str]] = ()) -> Answer:
    """A JSON document."""

    def answer(call: Call) -> None:
        data = json.dumps(value).encode()
        call.head(status, [("content-type", "application/json"), *fields], length=len(data))
        call.send(data)

    return answer


def error(status: int, text: str, fields: Iterable[tuple[str, str]] = ()) -> Answer:
    inner = {"message": text, "type": "scripted", "param": None, "code": None}
    return document({"error": inner}, status, fields)


def hello() -> Chat:
    return Chat().text("Hello", ", ", "Grüße 😀\n\"quoted\" \\").ends()


def thoughtful() -> Chat:
    return Chat().reasoning("Let me", " think.").text("Done.").ends()


def one_call() -> Chat:
    return Chat().text("Looking.").call(0, "call_a", "get_weather", '{"ci', 'ty":"Zür', 'ich"}').ends("tool_calls")


def parallel_calls() -> Chat:
    """Two calls whose pieces come interleaved."""
    chat = Chat().call(0, "call_a", "get_weather", '{"city":').call(1, "call_b", "list_places", '{"city":')
    return chat.arguments(0, '"Rome"}').arguments(1, '"Oslo"}').ends("tool_calls")


def cut_short() -> Chat:
    return Chat().text("It goes on and").ends("length")


CHATS = {f.__name__: f for f in (hello, thoughtful, one_call, parallel_calls, cut_short)}
STOPS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}
