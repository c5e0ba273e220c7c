"""Failures that a second endpoint mends: the library sees one ordinary answer and nothing else."""

from __future__ import annotations

import anthropic
import httpx2
import pytest

from support import answers, sdk
from support.companion import endpoint, settings
from support.messages import PING, SCENARIOS, Script, frame, hello

kinds = pytest.mark.parametrize("kind", sdk.KINDS)
SECOND = Script("msg_second").text("From the ", "second endpoint.").ends("end_turn")
TOOL = SCENARIOS["one_tool"]()
BARE_TOOL = Script("msg_bare").tool("toolu_09", "get_weather", '{"city": "Lis', 'bon"}').ends("tool_use")
THINKING = SCENARIOS["thinking"]()
HASTY = {"connect": "1s", "first_byte": "300ms", "idle": "300ms", "progress": "300ms", "total": "20s"}


def pinging(frames):
    """These frames, then a ping every 50 ms: bytes arrive, the answer does not."""

    def answer(call):
        call.head(200, answers.EVENT_STREAM)
        call.send(b"".join(frames))
        for _ in range(400):
            call.send(PING)
            call.pause(0.05)

    return answer


OVERLOADED = frame({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
BEFORE_CONTENT = {
    "529": answers.error(529, "overloaded_error"),
    "503": answers.error(503, "api_error"),
    "500": answers.error(500, "api_error"),
    "429": answers.error(429, "rate_limit_error"),
    "404": answers.error(404, "not_found_error"),
    "403": answers.error(403, "permission_error"),
    "401": answers.error(401, "authentication_error"),
    "a hang-up": answers.hang_up,
    "a reset": answers.hang_up_hard,
    "a web page": answers.web_page,
    "an empty stream": answers.clean_end([]),
    "a cut after message_start": answers.fin(hello().frames[:1]),
    "a cut after content_block_start": answers.fin(hello().frames[:2]),
    "an end after message_start": answers.clean_end(hello().frames[:1]),
    "an error event first": answers.clean_end([OVERLOADED]),
    "an error event after message_start": answers.clean_end([*hello().frames[:1], OVERLOADED]),
    "content before message_start": answers.clean_end(hello().frames[1:]),
    "a first event that is not JSON": answers.clean_end([b"event: message_start\ndata: {oops\n\n"]),
    "no head": answers.silent,
    "a stall after message_start": answers.stalled(hello().frames[:1]),
    "pings without progress": pinging(hello().frames[:1]),
    "a cut inside tool input": answers.fin(BARE_TOOL.until("Lis")),
    "an end inside tool input": answers.clean_end(BARE_TOOL.until("Lis")),
    "a stall inside tool input": answers.stalled(BARE_TOOL.until("Lis")),
    "tool input that is not JSON": answers.clean_end(
        [*BARE_TOOL.until("Lis"), frame({"type": "content_block_stop", "index": 0}), *BARE_TOOL.frames[-2:]]
    ),
}


@pytest.fixture
def first(start_upstream):
    return start_upstream(answers.message(hello()))


@pytest.fixture
def second(start_upstream):
    return start_upstream(answers.message(SECOND))


@pytest.fixture
def start(start_companion, first, second):
    """Starts the proxy in front of both endpoints."""

    def start(**failover):
        sections = {"failover": failover} if failover else {}
        return start_companion(
            settings(endpoint("first", first, timeouts=HASTY), endpoint("second", second), **sections)
        )

    return start


@pytest.mark.parametrize("fault", BEFORE_CONTENT)
def test_a_failure_before_content_is_invisible(fault, start, first, second):
    companion = start()
    first.answer_with(BEFORE_CONTENT[fault])
    received = sdk.stream(companion.url)
    assert received == sdk.stream(second.url)
    assert received.message["content"] == SECOND.content
    assert first.calls, "the first endpoint was never asked"


@kinds
def test_a_refused_connection_is_invisible(kind, start_companion, dead_url, second):
    companion = start_companion(settings(endpoint("dead", dead_url), endpoint("second", second)))
    assert sdk.stream(companion.url, kind).message["content"] == SECOND.content


WHOLE = ["529", "503", "429", "401", "a hang-up", "a reset", "a web page", "no head"]


@pytest.mark.parametrize("fault", WHOLE)
def test_a_failure_of_an_answer_that_is_not_streamed_is_invisible(fault, start, first):
    companion = start()
    first.answer_with(BEFORE_CONTENT[fault])
    assert sdk.create(companion.url) == SECOND.message


def test_a_whole_answer_that_is_cut_is_asked_for_again(start, first):
    def half(call):
        call.head(200, answers.JSON, length=4096)
        call.send(b'{"id":"msg_half","type":"message"')
        call.cut()

    companion = start()
    first.answer_with(half)
    assert sdk.create(companion.url) == SECOND.message


@pytest.mark.parametrize("status", [400, 413, 422])
def test_the_clients_own_mistake_is_not_carried_to_another_endpoint(status, start, first, second):
    companion = start()
    first.answer_with(answers.error(status, "invalid_request_error", "Your mistake."))
    with pytest.raises(anthropic.APIStatusError) as raised:
        sdk.stream(companion.url)
    assert raised.value.status_code == status
    assert not second.calls


ENDINGS = {
    "a FIN": answers.fin,
    "an RST": answers.rst,
    "a proper end": answers.clean_end,
    "a stall": answers.stalled,
}


def opens(gate, index):
    """Opens the gate when the block with this index is there whole."""

    def watch(event):
        if event.type == "content_block_stop" and event.index == index:
            gate.open()

    return watch


@pytest.mark.parametrize("ending", ENDINGS)
@kinds
def test_a_cut_after_a_complete_tool_ends_the_turn_so_that_the_tool_can_run(ending, kind, start, first, second):
    companion = start()
    gate = first.gate()
    first.answer_with(ENDINGS[ending](TOOL.frames[:-2], gate))
    received = sdk.stream(companion.url, kind, watch=opens(gate, 1))
    assert received.message["stop_reason"] == "tool_use"
    assert received.message["content"] == TOOL.content
    assert received.events[-1]["type"] == "message_stop"
    assert len(first.calls) == 1 and not second.calls, "a tool that the client has was asked for again"


def test_a_tool_that_is_cut_after_a_complete_one_is_left_out(start, first, second):
    script = SCENARIOS["parallel_tools"]()
    companion = start()
    gate = first.gate()
    whole = script.frames[: script.frames.index(frame({"type": "content_block_stop", "index": 0})) + 1]
    first.answer_with(answers.fin(whole, gate, script.until("Oslo")[len(whole) :]))
    received = sdk.stream(companion.url, watch=opens(gate, 0))
    assert received.message["stop_reason"] == "tool_use"
    assert received.message["content"] == script.content[:1]
    assert not second.calls


def test_a_missing_message_stop_is_supplied(start, first, second):
    companion = start()
    first.answer_with(answers.fin(hello().frames[:-1]))
    received = sdk.stream(companion.url)
    assert received.message["content"] == hello().content
    assert received.message["stop_reason"] == "end_turn"
    assert received.events[-1]["type"] == "message_stop"
    assert not second.calls


def test_after_a_cut_in_shown_text_the_next_try_goes_elsewhere(start, first, second):
    companion = start()
    script = Script().text("one ", "two ", "three").ends("end_turn")
    gate = first.gate()
    first.answer_with(answers.fin(script.until("two"), gate))
    with pytest.raises(httpx2.TransportError):
        sdk.stream(companion.url, watch=lambda event: event.type == "text" and gate.open())
    assert not second.calls
    assert sdk.stream(companion.url).message["content"] == SECOND.content


def test_commit_complete_hides_a_cut_in_text(start, first):
    companion = start(commit="complete")
    script = Script().text("one ", "two ", "three").ends("end_turn")
    first.answer_with(answers.fin(script.until("two")))
    assert sdk.stream(companion.url).message["content"] == SECOND.content


def test_held_thinking_hides_a_cut_in_thinking(start, first):
    companion = start(hold_thinking=True)
    first.answer_with(answers.fin(THINKING.until("then that")))
    assert sdk.stream(companion.url).message["content"] == SECOND.content


def test_pings_keep_a_waiting_client_company(start, first):
    companion = start(ping_interval="100ms")
    gate = first.gate()
    slow = Script().text("late").ends("end_turn")
    first.answer_with(answers.held(slow, "message_start", gate))
    arrived = []
    with sdk.client(companion.url) as library:
        with library.messages.with_streaming_response.create(**sdk.request(), stream=True) as response:
            for line in response.iter_lines():
                arrived.append(line)
                if line == "event: ping":
                    gate.open()
    names = [line.removeprefix("event: ") for line in arrived if line.startswith("event: ")]
    assert names[0] == "ping"
    assert [name for name in names if name != "ping"] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_one_endpoint_is_tried_as_often_as_configured(start_companion, first):
    companion = start_companion(settings(endpoint("only", first), failover={"tries_per_endpoint": 3}))
    first.answer_with(answers.hang_up, answers.hang_up, answers.message(hello()))
    assert sdk.stream(companion.url).message["content"] == hello().content
    assert len(first.calls) == 3


def test_a_resting_endpoint_is_not_asked(start, first, second):
    companion = start(bench_time="10m")
    first.answer_with(answers.error(529, "overloaded_error"))
    for _ in range(3):
        assert sdk.stream(companion.url).message["content"] == SECOND.content
    asked = len(first.calls)
    for _ in range(3):
        assert sdk.stream(companion.url).message["content"] == SECOND.content
    assert len(first.calls) == asked, "a benched endpoint was asked"
    assert len(second.calls) == 6
