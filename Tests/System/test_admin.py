"""The admin side of the built program: its description, held against it; passwords; pages in the binary."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode

from support import answers
from support.companion import BINARY, endpoint, eventually, settings
from support.messages import hello
from support.wire import Client, ask

PASSWORD = "a long enough password"


def call(companion, method, path, body=None, **fields):
    """Status, fields and body of one request; names of fields with `_` for `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", companion.port, timeout=30)
    try:
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        if body is not None:
            fields["content-type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body is not None else None, fields)
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def get(companion, path, **fields):
    status, _, body = call(companion, "GET", f"/admin/api/{path}", **fields)
    assert status == 200, body
    return json.loads(body)


@pytest.fixture
def companion(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    return start_companion(settings(endpoint("first", upstream)))


def test_the_description_is_valid_openapi(companion):
    OpenAPIV31SpecValidator(get(companion, "openapi.json")).validate()


def described(companion):
    """The API by its own description, without what would never end and without the token that orders need."""
    description = get(companion, "openapi.json")
    # Its stream ends with the client; tests of its own are below.
    del description["paths"]["/live"]
    for item in description["paths"].values():
        for operation in item.values():
            operation["parameters"] = [p for p in operation.get("parameters", []) if p["in"] != "header"]
    return schemathesis.openapi.from_dict(description)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_program_is_as_its_description_says(mode, companion):
    """Requests that fit the description, and such that do not: none is answered in a way it does not tell."""
    token = get(companion, "session")["csrf_token"]
    asked = 0
    for result in described(companion).get_all_operations():
        operation = result.ok()
        # Any text is a part of a path: only bodies and parameters can be wrong.
        if mode.is_negative and not (operation.body or operation.query):
            continue
        strategy = operation.as_strategy(generation_mode=mode)

        @hypothesis_settings(
            max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=strategy)
        def holds(case):
            nonlocal asked
            asked += 1
            case.call_and_validate(base_url=f"{companion.url}/admin/api", headers={"x-csrf-token": token})

        holds()
    assert asked >= 20


def test_a_request_is_seen_by_who_looks(companion):
    connection = http.client.HTTPConnection("127.0.0.1", companion.port, timeout=30)
    connection.request("GET", "/admin/api/live")
    response = connection.getresponse()
    assert response.getheader("content-type").startswith("text/event-stream")

    def snapshot():
        lines = []
        while line := response.readline().decode().rstrip("\n"):
            lines.append(line)
        assert lines[0] == "event: snapshot"
        return json.loads(lines[1].removeprefix("data: "))

    assert snapshot()["newest"] == []
    with Client(companion.url) as client:
        assert client.exchange(ask())[0] == 200
    assert eventually(lambda: snapshot()["newest"], "the request is shown")[0]["outcome"] == "completed"
    connection.close()


def test_who_looks_does_not_keep_the_program_alive(companion):
    connection = http.client.HTTPConnection("127.0.0.1", companion.port, timeout=30)
    connection.request("GET", "/admin/api/live")
    response = connection.getresponse()
    assert response.readline()
    companion.signal(15)
    assert companion.wait(5) == 0
    assert response.read().endswith(b"\n\n"), "the stream was cut"


def password_line(password=PASSWORD):
    printed = subprocess.run([BINARY, "admin-password"], input=password + "\n", text=True, capture_output=True, timeout=60)
    assert printed.returncode == 0, printed.stderr
    assert password not in printed.stdout
    return printed.stdout


def test_bound_elsewhere_it_does_not_start_without_a_password(install):
    companion = install()
    companion.configure("server: {host: 0.0.0.0, port: 0}\n")
    started = companion.run("serve", "--config", companion.config)
    assert started.returncode != 0
    for way in ("admin-password", "web_admin.enabled: false", "127.0.0.1"):
        assert way in started.stderr
    assert companion.run("check", "--config", companion.config).returncode == 1
    companion.configure("server: {host: 0.0.0.0, port: 0}\n" + password_line())
    companion.start()
    assert call(companion, "GET", "/admin/api/graph")[0] == 401


def test_a_reload_that_would_open_it_to_everybody_is_not_taken(companion):
    mark = companion.line_count
    companion.configure("server: {host: 0.0.0.0}\n")
    companion.signal(1)
    companion.wait_for_output("admin-password", since=mark)
    assert companion.health()["generation"] == 1


def test_login_and_logout(install):
    companion = install()
    companion.configure("server: {port: 0}\n" + password_line())
    companion.start()
    assert get(companion, "session")["authenticated"] is False
    assert call(companion, "POST", "/admin/api/session", {"password": "wrong"})[0] == 401
    status, fields, _ = call(companion, "POST", "/admin/api/session", {"password": PASSWORD})
    assert status == 204
    assert "HttpOnly" in fields["set-cookie"] and "SameSite=Strict" in fields["set-cookie"]
    cookie = fields["set-cookie"].split(";")[0]
    token = get(companion, "session", cookie=cookie)["csrf_token"]
    assert call(companion, "DELETE", "/admin/api/session", cookie=cookie)[0] == 403
    assert call(companion, "DELETE", "/admin/api/session", cookie=cookie, x_csrf_token=token)[0] == 204
    assert call(companion, "GET", "/admin/api/graph", cookie=cookie)[0] == 401


@pytest.mark.parametrize("password", ["short", ""])
def test_a_password_that_is_no_good_is_refused(password):
    printed = subprocess.run([BINARY, "admin-password"], input=password + "\n", text=True, capture_output=True, timeout=60)
    assert printed.returncode != 0 and "password" in printed.stderr


def test_the_binary_has_its_pages_with_it(install, tmp_path, monkeypatch):
    copy = tmp_path / "elsewhere" / "companion"
    copy.parent.mkdir()
    shutil.copy(BINARY, copy)
    monkeypatch.setattr("support.companion.BINARY", copy)
    companion = install()
    companion.configure("server: {port: 0}\n")
    companion.start()
    status, fields, page = call(companion, "GET", "/admin/")
    assert status == 200 and fields["content-type"].startswith("text/")
    assert b"Claude Code Companion" in page
    assert call(companion, "GET", "/admin/../../etc/passwd")[0] == 404
    assert call(companion, "GET", "/admin/", host="evil.example")[0] == 403


def test_pages_can_come_from_a_folder(install, tmp_path):
    (tmp_path / "pages" / "vendor").mkdir(parents=True)
    (tmp_path / "pages" / "index.html").write_text("<p>one</p>")
    (tmp_path / "pages" / "vendor" / "bootstrap.min.css").write_text("")
    companion = install()
    companion.configure("server: {port: 0}\n")
    companion.start("--web-files", str(tmp_path / "pages"))
    assert call(companion, "GET", "/admin/")[2] == b"<p>one</p>"
    (tmp_path / "pages" / "index.html").write_text("<p>two</p>")
    assert call(companion, "GET", "/admin/")[2] == b"<p>two</p>"


def test_numbers_for_prometheus(companion):
    with Client(companion.url) as client:
        assert client.exchange(ask())[0] == 200
    _, fields, body = eventually(
        lambda: (found := call(companion, "GET", "/metrics"))[2].count(b'outcome="completed"') and found, "it is counted"
    )
    assert fields["content-type"].startswith("text/plain; version=0.0.4")
    assert b"process_resident_memory_bytes" in body and b"gen_ai_client_token_usage_bucket" in body


def test_ten_who_look_do_not_disturb_a_stream(companion):
    viewers = []
    for _ in range(10):
        connection = http.client.HTTPConnection("127.0.0.1", companion.port, timeout=30)
        connection.request("GET", "/admin/api/live")
        response = connection.getresponse()
        response.readline()
        viewers.append((connection, response))
    start = time.monotonic()
    with Client(companion.url) as client:
        assert client.exchange(ask())[0] == 200
    assert time.monotonic() - start < 2
    for connection, _ in viewers:
        connection.close()
