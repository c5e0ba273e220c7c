"""What the endpoint sees of a request, and the client of an answer's fields."""

from __future__ import annotations

import pytest

from support import answers, sdk
from support.companion import CLIENT_KEY, endpoint, settings
from support.messages import MODEL, Script, hello

HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}
OWN_PER_HOP = HOP_BY_HOP | {"host", "content-length", "accept-encoding", "authorization", "x-api-key"}


@pytest.fixture
def upstream(start_upstream):
    return start_upstream(answers.message(hello()))


def end_to_end(request):
    return sorted((name.lower(), value) for name, value in request.fields if name.lower() not in OWN_PER_HOP)


EXTRA = {
    "X-Unknown-Field": "kept, as it is",
    "X-Claude-Code-Session-Id": "0b1c2d3e-0000-4000-8000-000000000001",
    "Anthropic-Workspace-Id": "wrkspc_1",
    "X-App": "cli",
}


@pytest.mark.parametrize("kind", sdk.KINDS)
@pytest.mark.parametrize("ask", [sdk.stream, sdk.create], ids=["streamed", "whole"])
def test_an_endpoint_sees_what_the_library_sent(ask, kind, upstream, start_companion):
    companion = start_companion(settings(endpoint("first", upstream)))
    changes = {"extra_headers": EXTRA, "extra_body": {"x_unknown_key": {"b": 1.0, "a": "é"}}}
    ask(upstream.url, kind, **changes)
    ask(companion.url, kind, **changes)
    direct, proxied = upstream.requests
    assert (proxied.method, proxied.target) == (direct.method, direct.target)
    assert proxied.body == direct.body, "the body was changed"
    assert end_to_end(proxied) == end_to_end(direct)
    assert proxied.field("x-stainless-lang") == "python"
    assert proxied.field("user-agent") == direct.field("user-agent")


@pytest.mark.parametrize(
    ("auth_type", "expected"),
    [("api_key", ("key-of-first", None)), ("auth_token", (None, "Bearer key-of-first"))],
)
def test_the_clients_credential_is_replaced_by_the_endpoints(auth_type, expected, upstream, start_companion):
    companion = start_companion(settings(endpoint("first", upstream, auth_type=auth_type)))
    with sdk.client(companion.url) as library:
        library.messages.create(**sdk.request(), extra_headers={"X-Api-Key": CLIENT_KEY})
    request = upstream.requests[0]
    assert (request.field("x-api-key"), request.field("authorization")) == expected
    assert CLIENT_KEY.encode() not in request.head + request.body


def test_after_a_failover_each_endpoint_has_seen_its_own_credential_only(upstream, start_upstream, start_companion):
    second = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("first", upstream), endpoint("second", second)))
    upstream.answer_with(answers.error(529, "overloaded_error"))
    sdk.stream(companion.url)
    assert {request.field("x-api-key") for request in upstream.requests} == {"key-of-first"}
    assert [request.field("x-api-key") for request in second.requests] == ["key-of-second"]
    for request in upstream.requests:
        assert b"key-of-second" not in request.head and CLIENT_KEY.encode() not in request.head


def test_only_the_models_name_changes_when_it_is_rewritten(upstream, start_companion):
    rules = [{"source_pattern": "claude-sonnet-*", "target_model": "acme/large-1"}]
    companion = start_companion(settings(endpoint("first", upstream, model_rewrite={"enabled": True, "rules": rules})))
    upstream.answer_with(answers.message(Script("msg_other", model="acme/large-1").text("Hi.").ends("end_turn")))
    streamed = sdk.stream(companion.url)
    whole = sdk.create(companion.url)
    sdk.stream(upstream.url)
    sdk.create(upstream.url)
    rewritten, rewritten_whole, direct, direct_whole = (request.body for request in upstream.requests)
    for before, after in ((direct, rewritten), (direct_whole, rewritten_whole)):
        assert before.count(MODEL.encode()) == 1
        assert after == before.replace(MODEL.encode(), b"acme/large-1")
    assert streamed.message["model"] == whole["model"] == MODEL


def test_overrides_change_what_they_name_and_nothing_else(upstream, start_companion):
    companion = start_companion(
        settings(
            endpoint(
                "first",
                upstream,
                header_overrides={"X-Added": "yes", "X-App": ""},
                parameter_overrides={"max_tokens": "77", "metadata": ""},
            )
        )
    )
    sdk.create(companion.url, metadata={"user_id": "someone"}, extra_headers=EXTRA)
    sdk.create(upstream.url, metadata={"user_id": "someone"}, extra_headers=EXTRA)
    proxied, direct = upstream.requests
    assert proxied.field("x-added") == "yes"
    assert proxied.field("x-app") is None
    assert proxied.field("x-unknown-field") == EXTRA["X-Unknown-Field"]
    expected = {**direct.json, "max_tokens": 77}
    del expected["metadata"]
    assert proxied.json == expected


def test_an_answers_own_fields_reach_the_client(upstream, start_companion):
    companion = start_companion(settings(endpoint("first", upstream)))
    fields = {
        "anthropic-organization-id": "org-1",
        "anthropic-ratelimit-unified-status": "allowed",
        "anthropic-ratelimit-unified-reset": "1796500000",
        "x-unknown-answer-field": "kept",
    }
    upstream.answer_with(answers.streamed(hello(), fields.items()))
    with sdk.client(companion.url) as library:
        with library.messages.with_streaming_response.create(**sdk.request(), stream=True) as response:
            received = response.headers
            assert b"".join(response.iter_bytes()) == hello().bytes
    for name, value in fields.items():
        assert received.get(name) == value
    assert received["request-id"] == answers.REQUEST_ID
    assert received["content-type"].startswith("text/event-stream")
    assert received["x-companion-request-id"]
