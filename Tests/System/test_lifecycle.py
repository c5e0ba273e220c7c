"""Start, stop and change of configuration of the running process."""

from __future__ import annotations

import signal
import socket
import stat

import pytest

from support import answers, sdk
from support.companion import endpoint, eventually, settings
from support.messages import Script, hello
from support.wire import Client, ask, read_until

LONG = Script("msg_long").text("begin ", "and end").ends("end_turn")
OTHER = Script("msg_other").text("From ", "the other.").ends("end_turn")


def refuses(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            # A listener that is closing may still take connections that it never serves.
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: proxy\r\nconnection: close\r\n\r\n")
            return not connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_lets_running_streams_finish(number, start_upstream, start_companion):
    upstream = start_upstream()
    gate = upstream.gate()
    upstream.answer_with(answers.held(LONG, "begin ", gate))
    companion = start_companion(settings(endpoint("first", upstream)))
    with Client(companion.url) as client:
        response = client.post(ask())
        start = read_until(response, b"begin ")
        companion.signal(number)
        eventually(lambda: refuses(companion.port), "no new requests are taken")
        assert companion.is_running
        gate.open()
        assert start + response.read() == LONG.bytes
    assert companion.wait() == 0


def test_an_idle_process_stops_at_once(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("first", upstream)))
    with Client(companion.url) as client:
        # The connection stays open and idle: it must not keep the process alive.
        assert client.exchange(ask())[0] == 200
        companion.signal(signal.SIGTERM)
        assert companion.wait(5) == 0


def test_the_process_starts_again_on_the_port_it_just_left(start_upstream, install):
    upstream = start_upstream(answers.message(hello()))
    companion = install()
    companion.configure(settings(endpoint("first", upstream)))
    companion.start()
    port = companion.port
    with Client(companion.url) as client:
        assert client.exchange(ask())[0] == 200
        companion.kill()
    companion.start("--port", str(port))
    assert companion.port == port
    assert sdk.create(companion.url) == hello().message


@pytest.mark.parametrize("how", ["the file changes", "SIGHUP"])
def test_a_new_configuration_is_for_new_requests(how, start_upstream, start_companion):
    old, new = start_upstream(), start_upstream(answers.message(OTHER))
    gate = old.gate()
    old.answer_with(answers.held(LONG, "begin ", gate))
    companion = start_companion(settings(endpoint("old", old), endpoint("new", new)))
    generation = companion.health()["generation"]
    with Client(companion.url) as running, Client(companion.url) as next_one:
        response = running.post(ask())
        start = read_until(response, b"begin ")
        companion.configure(settings(endpoint("new", new), endpoint("old", old)))
        if how == "SIGHUP":
            companion.signal(signal.SIGHUP)
        eventually(lambda: companion.health()["generation"] > generation, "the new configuration is in force")
        assert next_one.exchange(ask()) == (200, OTHER.bytes)
        gate.open()
        assert start + response.read() == LONG.bytes, "the running stream was disturbed"
    assert (len(old.calls), len(new.calls)) == (1, 1)


def test_a_broken_configuration_leaves_the_last_good_one_in_force(start_upstream, start_companion):
    upstream, other = start_upstream(answers.message(hello())), start_upstream(answers.message(OTHER))
    companion = start_companion(settings(endpoint("first", upstream)))
    good = companion.config.read_text()
    mark = companion.line_count
    companion.configure(good.replace("priority:", "prioritty:"))
    companion.signal(signal.SIGHUP)
    line = 1 + good[: good.index("priority:")].count("\n")
    companion.wait_for_output(rf"config\.yaml:{line}\b", since=mark)
    assert sdk.create(companion.url) == hello().message
    assert companion.health()["status"] == "ok"
    companion.configure(settings(endpoint("other", other)))
    eventually(lambda: sdk.create(companion.url) == OTHER.message, "the mended configuration is in force")


def test_the_first_start_writes_a_configuration_and_answers(install):
    companion = install()
    companion.start("--port", "0")
    assert stat.S_IMODE(companion.config.stat().st_mode) == 0o600
    assert "#" in companion.config.read_text(), "the configuration explains nothing"
    check = companion.run("check", "--config", companion.config)
    assert check.returncode == 0, check.stdout + check.stderr
    received = sdk.stream(companion.url)
    text = "".join(block["text"] for block in received.message["content"] if block["type"] == "text")
    assert "config.yaml" in text or "endpoint" in text
    assert received.message["stop_reason"] == "end_turn"
    whole = sdk.create(companion.url)
    assert whole["content"] and whole["stop_reason"] == "end_turn"


def test_without_a_usable_endpoint_a_request_is_told_which_file_to_change(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("off", upstream, enabled=False)))
    with Client(companion.url) as client:
        status, body = client.exchange(ask())
    assert status >= 500
    assert b'"error"' in body and b"config.yaml" in body
    assert not upstream.calls


def test_health_tells_version_and_generation(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("first", upstream)))
    health = companion.health()
    assert health["status"] == "ok"
    assert health["version"] and health["version"] in companion.run("--version").stdout
    assert isinstance(health["generation"], int)


def test_an_endpoint_that_rests_does_so_after_a_restart(start_upstream, start_companion):
    limited = start_upstream(answers.error(429, "rate_limit_error", fields=[("retry-after", "300")]))
    other = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("first", limited), endpoint("second", other)))
    sdk.stream(companion.url)
    eventually(lambda: (companion.home / "logs/endpoint-health.json").exists(), "the bench is stored")
    companion.kill()
    companion.start()
    sdk.stream(companion.url)
    assert len(limited.requests) == 1, "it asked for five minutes"
    assert len(other.requests) == 2
