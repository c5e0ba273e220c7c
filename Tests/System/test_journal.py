"""The journal seen from outside: the logs commands, and what kill -9 leaves."""

from __future__ import annotations

import http.client
import threading
import zipfile
from collections import Counter

import pytest

from support import answers
from support.companion import CLIENT_KEY, endpoint, eventually, settings
from support.messages import MODEL, Script, hello
from support.wire import Client, ask, read_until

FINISHED = 50
RUNNING = 4


def completed(rows):
    return {row["id"] for row in rows if row["outcome"] == "completed"}


@pytest.mark.timeout(120)
def test_kill_9_under_load_loses_no_committed_row(start_upstream, start_companion):
    script = Script().text("never ", "ends").ends("end_turn")
    upstream = start_upstream()
    gate = upstream.gate()

    def answer(call):
        is_held = call.request.json["messages"][0]["content"] == "hold"
        (answers.held(script, "never ", gate) if is_held else answers.message(hello()))(call)

    upstream.answer_with(answer)
    companion = start_companion(settings(endpoint("first", upstream), logging={"level": "warn"}))
    running = [Client(companion.url) for _ in range(RUNNING)]
    for client in running:
        read_until(client.post(ask("hold")), b"never ")
    enough = threading.Semaphore(0)

    def load():
        try:
            with Client(companion.url) as client:
                for _ in range(2_000):
                    assert client.exchange(ask()) == (200, hello().bytes)
                    enough.release()
        except (OSError, http.client.HTTPException):
            pass  # killed, as planned

    workers = [threading.Thread(target=load) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in range(FINISHED):
        assert enough.acquire(timeout=30), "the load stopped early"
    committed = eventually(
        lambda: (rows := completed(companion.logs())) and len(rows) >= FINISHED and rows,
        f"{FINISHED} rows are committed",
    )
    companion.kill()
    for worker in workers:
        worker.join(30)
    for client in running:
        client.close()

    companion.start()
    with Client(companion.url) as client:
        assert client.exchange(ask())[0] == 200
    rows = companion.logs()
    assert committed <= completed(rows), "committed rows are gone"
    outcomes = Counter(row["outcome"] for row in rows)
    assert outcomes["open"] == 0, outcomes
    assert max(Counter(row["id"] for row in rows).values()) == 1, "a row is there twice"
    oldest = sorted(committed)[0]
    shown = companion.run("logs", "show", oldest, "--config", companion.config)
    assert shown.returncode == 0, shown.stderr
    assert "Hello from" in shown.stdout, "a body that was committed is gone"


@pytest.fixture
def journal(start_upstream, start_companion):
    """A proxy that has served a failover, an error, a tool and a client that left."""
    first = start_upstream(
        answers.error(529, "overloaded_error"),
        answers.error(400, "invalid_request_error", "Your mistake."),
        answers.message(Script("msg_x").text("a journal ", "entry").ends("end_turn")),
    )
    second = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("first", first), endpoint("second", second)))
    session = {"x-claude-code-session-id": "5e55104e-0000-4000-8000-000000000001"}
    with Client(companion.url) as client:
        assert client.exchange(ask("fail over"), fields=session)[0] == 200
        assert client.exchange(ask("mistake"))[0] == 400
        assert client.exchange(ask("plain"), fields={"x-api-key": CLIENT_KEY})[0] == 200
    return companion


def test_logs_list_tells_what_happened(journal):
    rows = eventually(lambda: (rows := journal.logs()) and len(rows) == 3 and rows, "three rows are committed")
    newest_first = [(row["status"], row["outcome"], row["endpoint"]) for row in rows]
    assert newest_first[0] == (200, "completed", "first")
    assert newest_first[1][:2] == (400, "failed")
    assert newest_first[2] == (200, "completed", "second")
    assert rows[2]["attempts"] >= 2
    assert rows[2]["session"] == "5e55104e-0000-4000-8000-000000000001"
    assert {row["model"] for row in rows} == {MODEL}
    assert len(journal.logs(limit=2)) == 2
    text = journal.run("logs", "list", "--config", journal.config)
    assert text.returncode == 0
    assert all(row["id"] in text.stdout for row in rows)


def test_logs_show_tells_every_attempt_and_the_bodies(journal):
    rows = eventually(lambda: (rows := journal.logs()) and len(rows) == 3 and rows, "three rows are committed")
    result = journal.run("logs", "show", rows[2]["id"], "--config", journal.config)
    assert result.returncode == 0, result.stderr
    for expected in ("529", "overloaded_error", "fail over", "Hello from", "first", "second"):
        assert expected in result.stdout
    unknown = journal.run("logs", "show", "no-such-id", "--config", journal.config)
    assert unknown.returncode != 0
    assert "no-such-id" in unknown.stderr


def test_an_export_is_a_zip_without_secrets(journal, tmp_path):
    rows = eventually(lambda: (rows := journal.logs()) and len(rows) == 3 and rows, "three rows are committed")
    archive = tmp_path / "export.zip"
    ids = [row["id"] for row in rows]
    result = journal.run("logs", "export", *ids, "--output", archive, "--config", journal.config)
    assert result.returncode == 0, result.stderr
    with zipfile.ZipFile(archive) as file:
        assert file.testzip() is None
        members = {name: file.read(name) for name in file.namelist()}
    everything = b"\n".join(members.values())
    for id in ids:
        assert any(id in name for name in members) or id.encode() in everything
    for word in (b"fail over", b"a journal ", b"overloaded_error"):
        assert word in everything
    for secret in (CLIENT_KEY, "key-of-first", "key-of-second"):
        assert secret.encode() not in everything


def test_no_secret_is_written_anywhere(journal):
    eventually(lambda: len(journal.logs()) == 3, "three rows are committed")
    secrets = [secret.encode() for secret in (CLIENT_KEY, "key-of-first", "key-of-second")]
    files = [path for path in journal.home.rglob("*") if path.is_file() and path != journal.config]
    assert files, "no journal was written"
    for path in files:
        data = path.read_bytes()
        assert not any(secret in data for secret in secrets), path
    for secret in secrets:
        assert secret.decode() not in journal.output


def test_bodies_are_left_out_when_the_configuration_says_so(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(
        settings(endpoint("first", upstream), logging={"log_request_body": "none", "log_response_body": "none"})
    )
    with Client(companion.url) as client:
        assert client.exchange(ask("unwritten words"))[0] == 200
    rows = eventually(lambda: (rows := companion.logs()) and len(rows) == 1 and rows, "one row is committed")
    shown = companion.run("logs", "show", rows[0]["id"], "--config", companion.config)
    assert shown.returncode == 0
    assert "unwritten words" not in shown.stdout
    assert "Hello from" not in shown.stdout
