"""Backpressure: what a client does not read stays with the endpoint, not in the proxy."""

from __future__ import annotations

import hashlib
import sys
import time

import pytest

from support import answers
from support.companion import endpoint, eventually, settings
from support.messages import Script, frame
from support.wire import Client, ask

MB = 1_000_000
LENGTH = 200 * MB
ALLOWED_GROWTH = 8 * MB
# What waits for the journal's disk, over all streams (`JournalOptions.queueLimit`).
JOURNAL_QUEUE = 8 << 20
TEXT = "A sentence such as models write, of a length that is ordinary for one delta. "


def long_answer(length):
    """Sends a valid stream of about `length` bytes, 64 KB at a time, and tells its digest."""
    script = Script("msg_long").text("begin").ends("end_turn")
    delta = frame({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": TEXT}})
    piece = delta * (65_536 // len(delta))
    digest = hashlib.sha256()

    def answer(call):
        def send(data):
            digest.update(data)
            call.send(data)

        call.head(200, answers.EVENT_STREAM)
        send(b"".join(script.until("begin")))
        for _ in range(length // len(piece)):
            send(piece)
        send(b"".join(script.after("begin")))
        call.end()

    return answer, digest


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("logged", "allowed"), [("none", ALLOWED_GROWTH), ("full", ALLOWED_GROWTH + JOURNAL_QUEUE)])
def test_a_slow_reader_of_200_mb_costs_less_than_8_mb(start_upstream, start_companion, record_property, logged, allowed):
    upstream = start_upstream()
    logging = {"level": "warn", "log_response_body": logged}
    companion = start_companion(
        settings(endpoint("first", upstream), logging=logging, failover={"ping_interval": "10m"})
    )
    with Client(companion.url, seconds=120) as client:
        # Pools, code and the journal's buffers are paid for by an answer of the same kind.
        upstream.answer_with(long_answer(4 * MB)[0])
        assert client.exchange(ask())[1].endswith(b'message_stop"}\n\n')
        before = companion.resident_bytes()

        answer, sent = long_answer(LENGTH)
        upstream.answer_with(answer)
        response = client.post(ask())
        received = hashlib.sha256()
        for _ in range(16):
            received.update(response.read(65_536))
        call = upstream.calls[-1]
        halted_at = _when_it_stops_growing(lambda: call.bytes_sent)
        while_halted = companion.resident_bytes() - before
        assert halted_at < LENGTH / 4, "the endpoint was not slowed down"

        peak = while_halted
        while piece := response.read1(1 << 20):
            received.update(piece)
            peak = max(peak, companion.resident_bytes() - before)
        assert received.digest() == sent.digest(), "bytes were lost or changed"
    figures = f"{while_halted / MB:.1f} MB while halted after {halted_at / MB:.1f} MB, {peak / MB:.1f} MB at most"
    print(f"memory growth: {figures}")
    record_property("memory_growth", figures)
    assert while_halted < allowed
    assert peak < allowed


def _when_it_stops_growing(count):
    """The count once it has not moved for half a second."""
    last, since = count(), time.monotonic()

    def settled():
        nonlocal last, since
        if (now := count()) != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since > 0.5

    eventually(settled, "the endpoint is slowed down", 30)
    return last


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_many_waiting_streams_cost_little(start_upstream, start_companion):
    """100 streams that wait cost less than 16 MB together in a debug build, and nothing of them stays."""
    upstream = start_upstream(answers.message(Script().text("warm").ends("end_turn")))
    companion = start_companion(settings(endpoint("first", upstream), logging={"level": "warn"}))
    script = Script().text("some ", "more").ends("end_turn")

    def run(count):
        gate = upstream.gate()
        upstream.answer_with(answers.held(script, "some ", gate))
        clients = [Client(companion.url) for _ in range(count)]
        responses = [client.post(ask()) for client in clients]
        resident = companion.resident_bytes()
        gate.open()
        for client, response in zip(clients, responses, strict=True):
            assert response.read() == script.bytes
            client.close()
        return resident

    few = run(10)
    many = run(110)
    run(110)
    again = run(110)
    print(f"100 waiting streams: {(many - few) / MB:.1f} MB, and {(again - many) / MB:.1f} MB more the third time")
    assert many - few < 2 * ALLOWED_GROWTH
    # Streams that stay would add more than twice this.
    assert again - many < ALLOWED_GROWTH / 2
