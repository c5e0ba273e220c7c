"""Good answers: whatever an endpoint says reaches the library as if it had asked the endpoint itself.

The oracle is the library talking to the scripted endpoint directly.
"""

from __future__ import annotations

import asyncio
import gzip

import pytest

from support import answers, sdk
from support.companion import endpoint, settings
from support.messages import SCENARIOS, Script, hello

scenarios = pytest.mark.parametrize("scenario", SCENARIOS)
kinds = pytest.mark.parametrize("kind", sdk.KINDS)


@pytest.fixture
def upstream(start_upstream):
    return start_upstream(answers.message(hello()))


@pytest.fixture
def companion(start_companion, upstream):
    return start_companion(settings(endpoint("first", upstream)))


@kinds
@scenarios
def test_a_streamed_message_equals_the_scripted_one(scenario, kind, upstream, companion):
    script = SCENARIOS[scenario]()
    upstream.answer_with(answers.streamed(script))
    direct = sdk.stream(upstream.url, kind)
    proxied = sdk.stream(companion.url, kind)
    assert direct.message["content"] == script.content, "the script and the library disagree"
    assert proxied == direct


@kinds
@scenarios
def test_a_whole_message_equals_the_scripted_one(scenario, kind, upstream, companion):
    script = SCENARIOS[scenario]()
    upstream.answer_with(answers.document(script.message))
    assert sdk.create(upstream.url, kind) == script.message, "the script and the library disagree"
    assert sdk.create(companion.url, kind) == script.message


@pytest.mark.parametrize("pieces", ["one byte", "one write"])
def test_an_answer_may_be_cut_into_pieces_anywhere(pieces, upstream, companion):
    script = SCENARIOS["one_tool"]()
    size = 1 if pieces == "one byte" else len(script.bytes)

    def answer(call):
        call.head(200, answers.EVENT_STREAM)
        for start in range(0, len(script.bytes), size):
            call.send(script.bytes[start : start + size])
        call.end()

    upstream.answer_with(answer)
    assert sdk.stream(companion.url).message["content"] == script.content


def test_raw_events_of_create_are_those_of_the_endpoint(upstream, companion):
    script = SCENARIOS["server_tools"]()
    upstream.answer_with(answers.streamed(script))

    def events(url):
        with sdk.client(url) as library, library.messages.create(**sdk.request(), stream=True) as stream:
            return [event.to_dict() for event in stream]

    assert events(companion.url) == events(upstream.url)
    assert len(events(companion.url)) == len(script.frames)


def test_a_beta_request_keeps_its_query_and_header(upstream, companion):
    upstream.answer_with(answers.streamed(SCENARIOS["thinking"]()))

    def ask(url):
        with sdk.client(url) as library:
            call = library.beta.messages.stream(
                **sdk.request(extra_query={"beta": "true"}), betas=["context-management-2025-06-27"]
            )
            with call as stream:
                return stream.get_final_message().to_dict()

    assert ask(companion.url) == ask(upstream.url)
    proxied, direct = upstream.requests
    assert proxied.query == direct.query == "beta=true"
    assert proxied.field("anthropic-beta") == direct.field("anthropic-beta")
    assert "context-management-2025-06-27" in proxied.field("anthropic-beta")


def test_count_tokens(upstream, companion):
    upstream.answer_with(answers.document({"input_tokens": 2095}))
    with sdk.client(companion.url) as library:
        arguments = sdk.request()
        del arguments["max_tokens"]
        assert library.messages.count_tokens(**arguments).to_dict() == {"input_tokens": 2095}
    assert upstream.requests[0].path == "/v1/messages/count_tokens"


def test_models_are_listed_and_retrieved(upstream, companion):
    models = [
        {"id": f"claude-{name}", "type": "model", "display_name": name, "created_at": "2026-02-04T00:00:00Z"}
        for name in ("opus-5", "sonnet-5")
    ]
    page = {"data": models, "has_more": False, "first_id": "claude-opus-5", "last_id": "claude-sonnet-5"}
    one = {"claude-opus-5": answers.document(models[0])}
    upstream.answer_with(answers.routes(models=answers.document(page), **one))

    def ask(url):
        with sdk.client(url) as library:
            listed = [model.to_dict() for model in library.models.list(limit=1000)]
            return listed, library.models.retrieve("claude-opus-5").to_dict()

    assert ask(companion.url) == ask(upstream.url)


@kinds
def test_the_first_content_arrives_while_the_endpoint_holds_its_second(kind, upstream, companion):
    script = Script().text("first", "second").ends("end_turn")
    gate = upstream.gate()
    upstream.answer_with(answers.held(script, "first", gate))
    seen = []

    def take(event):
        # Only the arrival of the first piece lets the endpoint say its second.
        if event.type == "text":
            seen.append(event.text)
            gate.open()

    sdk.stream(companion.url, kind, watch=take)
    assert seen == ["first", "second"]


def test_twelve_streams_at_once_do_not_mix(upstream, companion):
    gate = upstream.gate()

    def answer(call):
        number = call.request.json["messages"][0]["content"]
        answers.held(Script(f"msg_{number}").text(f"{number} ", "done").ends("end_turn"), f"{number} ", gate)(call)

    upstream.answer_with(answer)

    async def ask_all():
        asked = [
            asyncio.create_task(sdk.stream_async(companion.url, messages=[{"role": "user", "content": f"n{n}"}]))
            for n in range(12)
        ]
        # All twelve are open at the endpoint before any may end.
        await asyncio.to_thread(upstream.wait_for_calls, 12)
        gate.open()
        return await asyncio.gather(*asked)

    received = asyncio.run(ask_all())
    assert [reception.message["content"][0]["text"] for reception in received] == [f"n{n} done" for n in range(12)]
    assert [reception.message["id"] for reception in received] == [f"msg_n{n}" for n in range(12)]


def test_a_compressed_answer_is_understood(upstream, companion):
    script = SCENARIOS["one_tool"]()
    packed = gzip.compress(script.bytes)
    upstream.answer_with(answers.body(packed, 200, [*answers.EVENT_STREAM, ("content-encoding", "gzip")]))
    assert sdk.stream(companion.url).message["content"] == script.content


def test_a_message_sent_whole_where_a_stream_was_asked_is_replayed_as_events(upstream, companion):
    script = SCENARIOS["one_tool"]()
    upstream.answer_with(answers.document(script.message))
    assert sdk.stream(companion.url).message["content"] == script.content
