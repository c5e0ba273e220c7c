"""Connections on both sides: noticed when they go, reused when they can be."""

from __future__ import annotations

import time

import pytest

from support import answers
from support.companion import endpoint, settings
from support.messages import Script, hello
from support.wire import Client, ask, read_until

TRIES = 3


def leave_before_an_answer(call):
    call.stall()


def leave_inside_the_answer(call):
    call.head(200, answers.EVENT_STREAM)
    call.send(b"".join(hello().until("content_block_delta")))
    call.stall()


def leave_while_it_flows(call):
    script = hello()
    call.head(200, answers.EVENT_STREAM)
    call.send(b"".join(script.until("content_block_delta")))
    for _ in range(10_000):
        call.send(script.frames[2])
        call.pause(0.002)


@pytest.mark.parametrize(
    "moment", [leave_before_an_answer, leave_inside_the_answer, leave_while_it_flows], ids=lambda f: f.__name__
)
def test_the_endpoint_sees_within_100_ms_that_the_client_left(moment, start_upstream, start_companion, record_property):
    upstream = start_upstream(moment)
    companion = start_companion(settings(endpoint("first", upstream), endpoint("second", upstream)))
    delays = []
    for number in range(1, TRIES + 1):
        client = Client(companion.url)
        client.send(ask())
        call = upstream.wait_for_calls(number)[-1]
        if moment is not leave_before_an_answer:
            read_until(client.head(), b"content_block_delta")
        left = time.monotonic()
        client.close()
        delays.append(call.wait_gone() - left)
    figures = ", ".join(f"{delay * 1000:.1f}" for delay in delays)
    print(f"client gone → upstream closed: {figures} ms")
    record_property("milliseconds", figures)
    assert max(delays) <= 1.0
    assert min(delays) <= 0.1
    assert len(upstream.calls) == TRIES, "a request of a client that left was tried again"


@pytest.mark.timeout(180)
def test_a_thousand_requests_reuse_a_handful_of_connections(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("first", upstream), logging={"level": "warn"}))
    with Client(companion.url) as client:
        for _ in range(1000):
            status, body = client.exchange(ask())
            assert (status, body) == (200, hello().bytes)
    assert len(upstream.calls) == 1000
    assert upstream.connections <= 4, f"{upstream.connections} connections for 1000 requests"


def test_a_connection_that_the_endpoint_closed_meanwhile_harms_no_request(start_upstream, start_companion):
    def answer_and_close(call):
        answers.message(hello())(call)
        call.cut()

    upstream = start_upstream(answer_and_close)
    companion = start_companion(settings(endpoint("first", upstream)))
    with Client(companion.url) as client:
        for _ in range(20):
            assert client.exchange(ask()) == (200, hello().bytes)


def test_one_stalled_stream_does_not_hold_up_another(start_upstream, start_companion):
    slow = Script("msg_slow").text("slow ", "end").ends("end_turn")
    upstream = start_upstream()
    gate = upstream.gate()

    def answer(call):
        is_slow = call.request.json["messages"][0]["content"] == "slow"
        (answers.held(slow, "slow ", gate) if is_slow else answers.message(hello()))(call)

    upstream.answer_with(answer)
    companion = start_companion(settings(endpoint("first", upstream)))
    with Client(companion.url) as waiting, Client(companion.url) as quick:
        response = waiting.post(ask("slow"))
        start = read_until(response, b"slow ")
        for _ in range(20):
            assert quick.exchange(ask("quick")) == (200, hello().bytes)
        gate.open()
        assert start + response.read() == slow.bytes
