"""Requests of the shape that Claude Code sends."""

from __future__ import annotations

import gzip
import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import answers
from support.companion import CLIENT_KEY, endpoint, settings
from support.messages import MODEL, SCENARIOS
from support.wire import Client

SESSION = "0b1c2d3e-4f50-4a6b-8c7d-9e8f70615243"

FIELDS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "*",
    "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27",
    "anthropic-dangerous-direct-browser-access": "true",
    "anthropic-version": "2023-06-01",
    "authorization": f"Bearer {CLIENT_KEY}",
    "content-type": "application/json",
    "sec-fetch-mode": "cors",
    "user-agent": "claude-cli/2.1.330 (external, sdk-cli)",
    "x-app": "cli",
    "x-claude-code-agent-id": "agent-7",
    "x-claude-code-session-id": SESSION,
    "x-stainless-arch": "x64",
    "x-stainless-lang": "js",
    "x-stainless-os": "Linux",
    "x-stainless-package-version": "0.129.0",
    "x-stainless-retry-count": "0",
    "x-stainless-runtime": "node",
    "x-stainless-runtime-version": "v24.3.0",
    "x-stainless-timeout": "600",
}

PER_HOP = {"accept-encoding", "authorization"}


def body(**changes):
    """About 49 KB in Claude Code's order of keys: system turns, empty content, deferred tools."""
    tools = [
        {
            "name": f"Tool{number}",
            "description": f"Does thing {number}. " * 150,
            "input_schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {"path": {"type": "string"}, "limit": {"type": "number"}},
                "required": ["path"],
                "additionalProperties": False,
            },
            **({"defer_loading": True} if number % 3 == 0 else {}),
        }
        for number in range(18)
    ]
    user = {"device_id": "d" * 64, "account_uuid": "", "session_id": SESSION}
    value = {
        "model": MODEL,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "<system-reminder>\nBe kind — 你好.\n"}]},
            {"role": "system", "content": "A turn of the system's own."},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "", "signature": "EqQBCgIYAhIkc2ln"},
                    {"type": "tool_use", "id": "toolu_1", "name": "Tool1", "input": {"path": "/tmp/a b"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_1", "content": "line\n\u2028end", "is_error": False},
                ],
            },
            {"role": "assistant", "content": []},
            {"role": "user", "content": "And now?"},
        ],
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.330.abc; cc_entrypoint=sdk-cli;"},
            {"type": "text", "text": "You are Claude Code.", "cache_control": {"type": "ephemeral"}},
            {"type": "text", "text": "Much more. " * 200, "cache_control": {"type": "ephemeral"}},
        ],
        "tools": tools,
        "metadata": {"user_id": json.dumps(user)},
        "max_tokens": 128000,
        "thinking": {"type": "adaptive", "display": "updates"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "medium"},
        "stream": True,
        **changes,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.fixture
def upstream(start_upstream):
    return start_upstream(answers.message(SCENARIOS["parallel_tools"]()))


@pytest.fixture
def companion(start_companion, upstream):
    return start_companion(settings(endpoint("first", upstream)))


def test_a_turn_passes_byte_for_byte_in_both_directions(upstream, companion):
    sent = body()
    assert 40_000 < len(sent) < 60_000
    with Client(companion.url) as client:
        response = client.post(sent, path="/v1/messages?beta=true", fields=FIELDS)
        assert response.status == 200
        assert response.getheader("content-type", "").startswith("text/event-stream")
        assert response.getheader("content-encoding") is None
        assert response.read() == SCENARIOS["parallel_tools"]().bytes
    request = upstream.requests[0]
    assert request.target == "/v1/messages?beta=true"
    assert request.body == sent
    for name, value in FIELDS.items():
        if name not in PER_HOP:
            assert request.field(name) == value, name
    assert request.field("x-api-key") == "key-of-first"
    assert request.field("authorization") is None


def test_the_fallback_without_streaming_gets_a_whole_message(upstream, companion):
    with Client(companion.url) as client:
        response = client.post(body(stream=False, max_tokens=64000), path="/v1/messages?beta=true", fields=FIELDS)
        assert response.status == 200
        assert response.getheader("content-type", "").startswith("application/json")
        assert json.loads(response.read()) == SCENARIOS["parallel_tools"]().message


@pytest.mark.parametrize("level", [1, 9])
def test_a_gzip_body_is_understood(level, upstream, start_companion):
    """The body is routed by what is inside it, and reaches the endpoint readable."""
    other = "claude-opus-5"
    tagging = {
        "enabled": True,
        "taggers": [
            {
                "name": "big",
                "type": "builtin",
                "builtin_type": "model",
                "tag": "big",
                "enabled": True,
                "priority": 1,
                "config": {"expected_value": "claude-opus-*"},
            }
        ],
    }
    companion = start_companion(
        settings(
            endpoint("universal", "http://127.0.0.1:9", enabled=False),
            endpoint("big", upstream, tags=["big"]),
            tagging=tagging,
        )
    )
    sent = body(model=other)
    with Client(companion.url) as client:
        packed = {**FIELDS, "content-encoding": "gzip"}
        status, _ = client.exchange(gzip.compress(sent, level), path="/v1/messages?beta=true", fields=packed)
    assert status == 200
    request = upstream.requests[0]
    received = gzip.decompress(request.body) if request.field("content-encoding") == "gzip" else request.body
    assert received == sent


def test_a_gzip_body_that_is_broken_is_the_clients_mistake(upstream, companion):
    with Client(companion.url) as client:
        packed = gzip.compress(body())[:-200]
        status, answer = client.exchange(packed, fields={**FIELDS, "content-encoding": "gzip"})
    assert status == 400
    assert json.loads(answer)["type"] == "error"
    assert not upstream.calls


def test_a_body_over_the_limit_is_refused_in_anthropics_words(upstream, companion):
    with Client(companion.url) as client:
        try:
            status, answer = client.exchange(b" " * 68_000_000 + body(), fields=FIELDS)
        except ConnectionError:
            pytest.fail("the connection was dropped instead of answered")
    assert status == 413
    assert json.loads(answer)["error"]["type"] == "request_too_large"
    assert not upstream.calls


def test_a_body_of_32_mb_passes(upstream, companion):
    sent = b" " * 32_000_000 + body()
    with Client(companion.url) as client:
        assert client.exchange(sent, fields=FIELDS)[0] == 200
    assert upstream.requests[0].body == sent


def test_a_burst_of_token_counts_is_answered(upstream, companion):
    def answer(call):
        answers.document({"input_tokens": int(call.request.json["messages"][0]["content"])})(call)

    upstream.answer_with(answer)

    def count(number):
        value = {"model": MODEL, "messages": [{"role": "user", "content": str(number)}]}
        with Client(companion.url) as client:
            return client.exchange(
                json.dumps(value).encode(), path="/v1/messages/count_tokens?beta=true", fields=FIELDS
            )

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(count, range(24)))
    assert [(status, json.loads(answer)) for status, answer in results] == [
        (200, {"input_tokens": number}) for number in range(24)
    ]


def test_the_warm_up_probe_is_no_failure(companion):
    connection = http.client.HTTPConnection("127.0.0.1", companion.port, timeout=10)
    connection.request("HEAD", "/api/hello", headers={"user-agent": FIELDS["user-agent"]})
    response = connection.getresponse()
    assert response.status < 500
    assert response.read() == b""
    connection.close()
    assert all(row["outcome"] != "failed" for row in companion.logs())


def test_model_discovery_answers_quickly_and_without_a_redirect(upstream, companion):
    page = {
        "data": [{"id": "claude-opus-5", "display_name": "Opus", "type": "model"}],
        "has_more": False,
        "first_id": "claude-opus-5",
        "last_id": "claude-opus-5",
    }
    upstream.answer_with(answers.document(page))
    connection = http.client.HTTPConnection("127.0.0.1", companion.port, timeout=3)
    connection.request("GET", "/v1/models?limit=1000", headers={"x-api-key": CLIENT_KEY})
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())) == (200, page)
    connection.close()
