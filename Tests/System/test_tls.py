"""Endpoints over TLS: whom the program trusts, and streams over HTTP/2."""

from __future__ import annotations

import pytest

from support import answers
from support.companion import Companion, endpoint, eventually, settings
from support.http2 import HTTP2Upstream, make_certificate
from support.messages import Script, hello
from support.upstream import Gate
from support.wire import Client, ask, read_until


@pytest.fixture
def certificate(tmp_path):
    return make_certificate(tmp_path)


@pytest.fixture
def start_secure(certificate):
    """Starts HTTP/2 upstreams: `start_secure(answer, …)`."""
    started = []

    def start(*scripted) -> HTTP2Upstream:
        started.append(HTTP2Upstream(certificate, *scripted))
        return started[-1]

    yield start
    for upstream in started:
        upstream.close()


@pytest.fixture
def trusting(install, certificate):
    """Starts the program so that it trusts the certificate: `trusting(settings(…))`."""

    def start(configuration) -> Companion:
        companion = install()
        companion.environment["SSL_CERT_FILE"] = str(certificate[0])
        companion.configure(configuration)
        return companion.start()

    return start


def whole(call):
    """All events at once."""
    call.head(200, answers.EVENT_STREAM)
    call.send(hello().bytes)
    call.end()


def journal_entry(companion: Companion) -> str:
    """What the journal tells of the last request, once it is written."""
    logs = eventually(companion.logs, "a request in the journal")
    return companion.run("logs", "show", logs[0]["id"], "--config", companion.config).stdout


def test_a_stream_over_http2_arrives_event_by_event(start_secure, trusting):
    script = Script("msg_h2").text("first ", "second").ends("end_turn")
    gate = Gate()
    upstream = start_secure(answers.held(script, "first ", gate), whole)
    companion = trusting(settings(endpoint("first", upstream.url)))
    with Client(companion.url) as waiting, Client(companion.url) as quick:
        response = waiting.post(ask())
        start = read_until(response, b"first ")
        assert b"second" not in start
        # A second request shares the connection while the first is still held.
        assert quick.exchange(ask()) == (200, hello().bytes)
        gate.open()
        assert start + response.read() == script.bytes
    assert upstream.protocols == ["h2"]
    assert upstream.calls[0].fields["x-api-key"] == "key-of-first"
    assert upstream.calls[0].json == ask()
    assert "HTTP/2" in journal_entry(companion)


def test_a_stream_reset_over_http2_goes_to_the_next_endpoint(start_secure, start_upstream, trusting):
    def reset_before_content(call):
        call.head(200, answers.EVENT_STREAM)
        call.send(hello().frames[0])
        call.reset()

    first = start_secure(reset_before_content)
    second = start_upstream(answers.message(hello("from the second")))
    companion = trusting(settings(endpoint("first", first.url), endpoint("second", second)))
    with Client(companion.url) as client:
        assert client.exchange(ask()) == (200, hello("from the second").bytes)
    assert len(first.calls) == 2, "broken answers are tried twice"


def test_a_certificate_that_nobody_signed_gets_no_request(start_secure, start_upstream, start_companion):
    first = start_secure(whole)
    second = start_upstream(answers.message(hello("from the second")))
    companion = start_companion(settings(endpoint("first", first.url), endpoint("second", second)))
    with Client(companion.url) as client:
        assert client.exchange(ask()) == (200, hello("from the second").bytes)
    assert first.calls == [] and first.protocols == []
    assert "tls_failed" in journal_entry(companion)
