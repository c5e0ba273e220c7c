"""Messages written down as the events that stream them."""

from __future__ import annotations

import json
from typing import Any

Object = dict[str, Any]

MODEL = "claude-sonnet-5"


def frame(event: Object) -> bytes:
    """One server-sent event the way api.anthropic.com writes it."""
    data = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    return f"event: {event['type']}\ndata: {data}\n\n".encode()


PING = frame({"type": "ping"})


class Script:
    """One answer: its events in order, and the message they add up to.

    Every method appends and returns the script, so that a script reads top to bottom like the
    stream it stands for. `ends` comes last.
    """

    def __init__(self, id: str = "msg_scripted", model: str = MODEL, input_tokens: int = 25, cache_read: int = 7) -> None:
        self.content: list[Object] = []
        self._message: Object = {
            "id": id,
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {
                "input_tokens": input_tokens,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": cache_read,
                "output_tokens": 1,
            },
        }
        self.frames: list[bytes] = []
        self.event({"type": "message_start", "message": self._message})

    def event(self, event: Object) -> Script:
        """Any event at all, known or not."""
        self.frames.append(frame(event))
        return self

    def block(self, start: Object, *deltas: Object, done: Object | None = None) -> Script:
        """A content block: how it starts, its deltas, and what it is in the end (default: `start`)."""
        index = len(self.content)
        self.event({"type": "content_block_start", "index": index, "content_block": start})
        for delta in deltas:
            self.event({"type": "content_block_delta", "index": index, "delta": delta})
        self.event({"type": "content_block_stop", "index": index})
        self.content.append(start if done is None else done)
        return self

    def text(self, *pieces: str, citations: list[Object] | None = None) -> Script:
        """A text block in the given pieces, its citations after them."""
        done: Object = {"type": "text", "text": "".join(pieces)}
        start: Object = {"type": "text", "text": ""}
        if citations is not None:
            done["citations"] = citations
            start["citations"] = []
        return self.block(
            start,
            *({"type": "text_delta", "text": piece} for piece in pieces),
            *({"type": "citations_delta", "citation": citation} for citation in citations or []),
            done=done,
        )

    def thinking(self, *pieces: str, signature: str) -> Script:
        """A thinking block and its signature."""
        return self.block(
            {"type": "thinking", "thinking": "", "signature": ""},
            *({"type": "thinking_delta", "thinking": piece} for piece in pieces),
            {"type": "signature_delta", "signature": signature},
            done={"type": "thinking", "thinking": "".join(pieces), "signature": signature},
        )

    def tool(self, id: str, name: str, *fragments: str, type: str = "tool_use") -> Script:
        """A tool call whose input arrives in the given JSON fragments, an empty one first."""
        start = {"type": type, "id": id, "name": name, "input": {}}
        return self.block(
            start,
            *({"type": "input_json_delta", "partial_json": part} for part in ("", *fragments)),
            done={**start, "input": json.loads("".join(fragments) or "{}")},
        )

    def ends(self, stop_reason: str, output_tokens: int = 42) -> Script:
        """message_delta and message_stop."""
        self._message = {
            **self._message,
            "content": self.content,
            "stop_reason": stop_reason,
            "usage": {**self._message["usage"], "output_tokens": output_tokens},
        }
        self.event(
            {
                "type": "message_delta",
                "delta": {"stop_reason": stop_reason, "stop_sequence": None},
                "usage": {"output_tokens": output_tokens},
            }
        )
        return self.event({"type": "message_stop"})

    @property
    def message(self) -> Object:
        """The whole message, as an answer that is not streamed carries it."""
        return self._message

    @property
    def bytes(self) -> bytes:
        """The whole stream."""
        return b"".join(self.frames)

    def until(self, text: str) -> list[bytes]:
        """The frames up to and including the first that contains `text`."""
        for position, bytes in enumerate(self.frames):
            if text.encode() in bytes:
                return self.frames[: position + 1]
        raise LookupError(f"no frame of the script contains {text!r}")

    def after(self, text: str) -> list[bytes]:
        """The frames that `until` leaves."""
        return self.frames[len(self.until(text)) :]


def hello(text: str = "Hello from the endpoint.", id: str = "msg_hello") -> Script:
    """The shortest ordinary answer: one text in two pieces."""
    middle = len(text) // 2
    return Script(id).text(text[:middle], text[middle:]).ends("end_turn")


WEATHER_TOOL: Object = {
    "name": "get_weather",
    "description": "The weather at a place.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def text() -> Script:
    return Script("msg_text").text("Grüße, ", "世界", " 🌍", ' and "quotes"\n\tand tabs').ends("end_turn")


def thinking() -> Script:
    return (
        Script("msg_thinking")
        .thinking("First this, ", "then that.", signature="EqQBCgIYAhIkc2lnbmF0dXJl+/==")
        .text("The answer ", "is 42.")
        .ends("end_turn")
    )


def redacted_thinking() -> Script:
    return (
        Script("msg_redacted")
        .thinking(signature="EqQBCgIYAhIkb21pdHRlZA==")
        .block({"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix/LafPsn4a"})
        .text("Done.")
        .ends("end_turn")
    )


def one_tool() -> Script:
    return (
        Script("msg_tool")
        .text("Let me look.")
        .tool("toolu_01", "get_weather", '{"city": "Lis', 'bon, \\"PT\\"", "da', 'ys": [1, 2.5e0, null]}')
        .ends("tool_use")
    )


def parallel_tools() -> Script:
    return (
        Script("msg_tools")
        .tool("toolu_01", "get_weather", '{"city"', ': "Lisbon"}')
        .tool("toolu_02", "get_weather", '{"city": "Oslo"}')
        .tool("toolu_03", "list_places")
        .ends("tool_use")
    )


def server_tools() -> Script:
    page = {
        "type": "web_search_result",
        "url": "https://example.com/a",
        "title": "A page",
        "encrypted_content": "EqgfCioIARgBIiQ3YTAwMjY1",
        "page_age": "3 days ago",
    }
    citation = {
        "type": "web_search_result_location",
        "url": page["url"],
        "title": page["title"],
        "cited_text": "It is so.",
        "encrypted_index": "Eo8BCioIAhgBIiQy",
    }
    return (
        Script("msg_search")
        .text("I will search.")
        .tool("srvtoolu_01", "web_search", '{"query": "swift 6"}', type="server_tool_use")
        .block({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01", "content": [page]})
        .text("According to a page, ", "it is so.", citations=[citation])
        .ends("end_turn")
    )


def unknown_events() -> Script:
    script = Script("msg_unknown")
    script.event({"type": "ping"}).event({"type": "session_hint", "colour": "green"})
    script.text("Before. ").event({"type": "progress_note", "percent": 50})
    return script.text("After.").ends("end_turn")


SCENARIOS = {
    make.__name__: make
    for make in (
        text,
        thinking,
        redacted_thinking,
        one_tool,
        parallel_tools,
        server_tools,
        unknown_events,
    )
}
