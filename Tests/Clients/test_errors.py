"""Failures that no other endpoint can mend: the library sees them as the endpoint meant them, never as success."""

from __future__ import annotations

import anthropic
import httpx2
import pytest

from support import answers, sdk, wire
from support.companion import CLIENT_KEY, endpoint, settings
from support.messages import SCENARIOS, Script, frame, hello
from support.wire import Client

kinds = pytest.mark.parametrize("kind", sdk.KINDS)

STATUSES = [
    (400, "invalid_request_error", anthropic.BadRequestError),
    (401, "authentication_error", anthropic.AuthenticationError),
    (403, "permission_error", anthropic.PermissionDeniedError),
    (404, "not_found_error", anthropic.NotFoundError),
    (413, "request_too_large", anthropic.APIStatusError),
    (422, "invalid_request_error", anthropic.UnprocessableEntityError),
    (429, "rate_limit_error", anthropic.RateLimitError),
    (500, "api_error", anthropic.InternalServerError),
    (529, "overloaded_error", anthropic.InternalServerError),
]

BROKEN = (httpx2.TransportError, anthropic.APIConnectionError)
"""What the library raises for a connection that ends too early: httpx2's own error once a stream runs."""


@pytest.fixture
def upstream(start_upstream):
    return start_upstream(answers.message(hello()))


@pytest.fixture
def companion(start_companion, upstream):
    return start_companion(settings(endpoint("only", upstream), timeouts={"response_header": "5s"}))


@kinds
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize(("status", "type", "exception"), STATUSES, ids=[str(status) for status, *_ in STATUSES])
def test_an_error_status_reaches_the_library_unmodified(status, type, exception, streamed, kind, upstream, companion):
    fields = [("retry-after", "7"), ("x-should-retry", "false"), ("anthropic-ratelimit-requests-limit", "50")]
    upstream.answer_with(answers.error(status, type, "Wörtlich so.", fields))
    with pytest.raises(exception) as raised:
        sdk.stream(companion.url, kind) if streamed else sdk.create(companion.url, kind)
    error = raised.value
    assert error.status_code == status
    assert error.request_id == answers.REQUEST_ID
    assert error.body == {
        "type": "error",
        "error": {"type": type, "message": "Wörtlich so."},
        "request_id": answers.REQUEST_ID,
    }
    for name, value in fields:
        assert error.response.headers.get(name) == value


def test_the_bytes_of_an_error_body_are_those_of_the_endpoint(upstream, companion):
    upstream.answer_with(answers.error(400, "invalid_request_error", "prompt is too long: 210000 tokens"))
    with pytest.raises(anthropic.BadRequestError) as raised:
        sdk.create(companion.url)
    assert raised.value.response.content == answers.error_body(
        "invalid_request_error", "prompt is too long: 210000 tokens"
    )


BROKEN_TEXT = Script().text("one ", "two ", "three").ends("end_turn")
OVERLOADED = frame({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
GARBAGE = b"event: content_block_delta\ndata: {oops\n\n"
SHOWN = BROKEN_TEXT.until("two ")
AFTER_TEXT = {
    "a FIN": (answers.fin, []),
    "an RST": (answers.rst, []),
    "a proper end": (answers.clean_end, []),
    "a proper end after the text": (answers.clean_end, BROKEN_TEXT.frames[len(SHOWN) : -2]),
    "garbage": (answers.clean_end, [GARBAGE]),
    "an error event": (answers.clean_end, [OVERLOADED]),
}


@kinds
@pytest.mark.parametrize("fault", AFTER_TEXT)
def test_a_stream_that_breaks_after_text_never_looks_whole(fault, kind, upstream, companion):
    ending, rest = AFTER_TEXT[fault]
    gate = upstream.gate()
    upstream.answer_with(ending(SHOWN, gate, rest))
    seen = []

    def take(event):
        if event.type == "text":
            seen.append(event.text)
            if event.text == "two ":
                gate.open()

    with pytest.raises(BROKEN):
        sdk.stream(companion.url, kind, watch=take)
    assert seen == (["one ", "two ", "three"] if len(rest) > 1 else ["one ", "two "]), "text was lost or repeated"
    assert len(upstream.calls) == 1, "an answer that the client has seen a part of was asked for again"


NOT_AN_ANSWER = {
    "a web page": answers.web_page,
    "an empty stream": answers.clean_end([]),
    "only pings": answers.clean_end([frame({"type": "ping"})]),
    "a hang-up": answers.hang_up,
    "a reset": answers.hang_up_hard,
    "a cut after message_start": answers.fin(hello().frames[:1]),
    "an empty document": answers.body(b"", 200, answers.JSON),
}


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("what", NOT_AN_ANSWER)
def test_what_is_no_answer_becomes_an_error(what, streamed, upstream, companion):
    upstream.answer_with(NOT_AN_ANSWER[what])
    with pytest.raises(anthropic.APIStatusError) as raised:
        sdk.stream(companion.url) if streamed else sdk.create(companion.url)
    assert raised.value.status_code >= 500
    assert raised.value.body["type"] == "error"
    assert raised.value.body["error"]["message"]


def test_an_endpoint_that_refuses_connections_becomes_an_error(start_companion, dead_url):
    companion = start_companion(settings(endpoint("dead", dead_url)))
    with pytest.raises(anthropic.InternalServerError) as raised:
        sdk.stream(companion.url)
    assert raised.value.body["type"] == "error"


def test_a_half_message_that_is_not_streamed_is_no_success(upstream, companion):
    half = b'{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","te'
    upstream.answer_with(answers.body(half, 200, answers.JSON))
    with pytest.raises(anthropic.InternalServerError):
        sdk.create(companion.url)


def test_tool_input_that_is_not_whole_never_reaches_the_library(upstream, companion):
    script = SCENARIOS["one_tool"]()
    shown = script.until("Let me look")
    half = script.until("bon")[len(shown) :]
    gate = upstream.gate()
    upstream.answer_with(
        answers.clean_end(shown, gate, [*half, frame({"type": "content_block_stop", "index": 1}), *script.frames[-2:]])
    )
    tools = []

    def take(event):
        if event.type == "text":
            gate.open()
        if getattr(event, "index", 0) == 1:
            tools.append(event)

    with pytest.raises(BROKEN):
        sdk.stream(companion.url, watch=take)
    assert tools == []


def test_the_most_useful_failure_wins_when_all_endpoints_fail(start_upstream, start_companion):
    limited = start_upstream(answers.error(429, "rate_limit_error", fields=[("retry-after", "7")]))
    broken = start_upstream(answers.error(500, "api_error"))
    companion = start_companion(settings(endpoint("limited", limited), endpoint("broken", broken)))
    with pytest.raises(anthropic.RateLimitError) as raised:
        sdk.stream(companion.url)
    assert raised.value.response.headers["retry-after"] == "7"
    assert broken.calls, "the second endpoint was never asked"


def test_a_client_needs_the_token_that_the_server_asks_for(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("only", upstream), server={"auth_token": CLIENT_KEY}))
    with pytest.raises(anthropic.AuthenticationError) as raised:
        with sdk.client(companion.url, api_key="wrong") as library:
            library.messages.create(**sdk.request())
    assert raised.value.body["error"]["type"] == "authentication_error"
    assert not upstream.calls
    assert sdk.create(companion.url) == hello().message
    with Client(companion.url) as other:
        fields = {"authorization": "", "x-api-key": CLIENT_KEY}
        assert other.exchange(wire.ask(), fields=fields) == (200, hello().bytes)
