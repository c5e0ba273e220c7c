"""The program's own certificate: `server.tls`."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import ssl
import subprocess
from pathlib import Path

import pytest

from support import answers
from support.companion import BINARY, endpoint, eventually, settings, yaml
from support.http2 import make_certificate
from support.messages import Script, hello
from support.wire import Client, ask, read_until


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def companion(install):
    """Not started; its certificate lies beside the configuration."""
    companion = install()
    make_certificate(companion.home)
    return companion


@pytest.fixture
def trusted(companion) -> ssl.SSLContext:
    return trusting(companion.home / "certificate.pem")


def secure(*endpoints, **sections):
    server = {"tls": {"certificate": "certificate.pem", "key": "key.pem"}, **sections.pop("server", {})}
    return settings(*endpoints, server=server, **sections)


def renew(companion) -> ssl.SSLContext:
    """Puts another certificate in the place of the first."""
    elsewhere = companion.home / "new"
    elsewhere.mkdir()
    for file in make_certificate(elsewhere):
        file.replace(companion.home / file.name)
    return trusting(companion.home / "certificate.pem")


def is_served(companion, context: ssl.SSLContext) -> bool:
    try:
        with Client(companion.url, context=context) as client:
            return client.exchange(ask())[0] == 200
    except ssl.SSLCertVerificationError:
        return False


def test_a_stream_arrives_event_by_event(companion, trusted, start_upstream):
    script = Script("msg_tls").text("first ", "second").ends("end_turn")
    upstream = start_upstream()
    gate = upstream.gate()
    upstream.answer_with(answers.held(script, "first ", gate))
    companion.configure(secure(endpoint("first", upstream)))
    companion.start()
    assert companion.url.startswith("https://")
    with Client(companion.url, context=trusted) as client:
        response = client.post(ask())
        start = read_until(response, b"first ")
        assert b"second" not in start
        gate.open()
        assert start + response.read() == script.bytes
        # The same connection serves the next.
        assert client.exchange(ask()) == (200, script.bytes)


def test_a_client_that_leaves_ends_the_transfer(companion, trusted, start_upstream):
    upstream = start_upstream(lambda call: call.stall())
    companion.configure(secure(endpoint("first", upstream)))
    companion.start()
    with Client(companion.url, context=trusted) as client:
        client.send(ask())
        call = upstream.wait_for_calls(1)[0]
    call.wait_gone()


def test_plain_http_is_told_what_to_do(companion, start_upstream):
    upstream = start_upstream(answers.message(hello()))
    companion.configure(secure(endpoint("first", upstream)))
    companion.start()
    with Client(companion.url) as client:
        status, body = client.exchange(ask())
    assert status == 400
    assert "https://" in json.loads(body)["error"]["message"]
    assert upstream.calls == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl_is_served(companion, start_upstream):
    companion.configure(secure(endpoint("first", start_upstream(answers.message(hello())))))
    companion.start()
    command = ["curl", "--silent", "--show-error", "--cacert", companion.home / "certificate.pem", "--data", json.dumps(ask())]
    result = subprocess.run([*command, f"{companion.url}/v1/messages"], capture_output=True, timeout=30)
    assert result.returncode == 0, result.stderr
    assert result.stdout == hello().bytes


def test_clients_are_pointed_at_https(companion):
    companion.configure(secure(server={"port": 8765}))
    result = companion.run("env", "--config", companion.config)
    assert "ANTHROPIC_BASE_URL=https://127.0.0.1:8765" in result.stdout


def test_the_cookie_of_the_admin_side_stays_on_https(companion, trusted):
    password = "a long enough password"
    printed = subprocess.run([BINARY, "admin-password"], input=password + "\n", text=True, capture_output=True, timeout=60)
    companion.configure(yaml(secure()) + "\n" + printed.stdout)
    companion.start()
    connection = http.client.HTTPSConnection("127.0.0.1", companion.port, timeout=30, context=trusted)
    fields = {"content-type": "application/json", "origin": companion.url}
    connection.request("POST", "/admin/api/session", json.dumps({"password": password}), fields)
    response = connection.getresponse()
    assert response.status == 204, response.read()
    assert "Secure" in response.headers["set-cookie"].split("; ")
    connection.close()


@pytest.mark.parametrize("sign", ["the change itself", "SIGHUP"])
def test_a_renewed_certificate_is_taken_up(companion, trusted, start_upstream, sign):
    companion.configure(secure(endpoint("first", start_upstream(answers.message(hello())))))
    companion.start()
    with Client(companion.url, context=trusted) as old:
        assert old.exchange(ask())[0] == 200
        context = renew(companion)
        if sign == "SIGHUP":
            companion.signal(signal.SIGHUP)
        eventually(lambda: is_served(companion, context), "the new certificate", seconds=30)
        assert not is_served(companion, trusted)
        assert old.exchange(ask())[0] == 200, "a connection that runs was ended"


def test_a_key_of_another_certificate_is_refused_at_the_start(companion):
    other = companion.home / "other"
    other.mkdir()
    make_certificate(other)
    (other / "key.pem").replace(companion.home / "key.pem")
    companion.configure(secure())
    for command in ["serve", "check"]:
        result = companion.run(command, "--config", companion.config)
        assert result.returncode == 1
        printed = result.stdout + result.stderr
        assert f"the key in {companion.home / 'key.pem'} (server.tls.key) does not belong" in printed
