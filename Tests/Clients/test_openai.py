"""OpenAI-compatible endpoints: what their own library reads is what Anthropic's library gets.

The oracle of an answer is the `openai` library talking to the scripted endpoint directly; that of a request
are the types of the same library.
"""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest
from openai import OpenAI

from support import answers, chat, sdk
from support.chat import CHATS, STOPS
from support.companion import endpoint, settings
from support.messages import WEATHER_TOOL, hello
from support.openai_types import check_request

chats = pytest.mark.parametrize("name", CHATS)
kinds = pytest.mark.parametrize("kind", sdk.KINDS)


def compatible(name: str, upstream, **more: object) -> dict[str, Any]:
    return endpoint(
        name, upstream, **{"endpoint_type": "openai", "auth_type": "auth_token", "path_prefix": "/chat/completions"} | more
    )


@pytest.fixture
def upstream(start_upstream):
    return start_upstream(chat.streamed(chat.hello()))


@pytest.fixture
def companion(start_companion, upstream):
    return start_companion(settings(compatible("first", upstream)))


def read_by_openai(url: str) -> dict[str, Any]:
    """What the endpoint's own library makes of its stream."""
    library = OpenAI(base_url=url, api_key="any", max_retries=0)
    text, reasoning, calls, finish, usage = "", "", {}, None, None
    for chunk in library.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasoning += (choice.delta.model_extra or {}).get("reasoning_content") or ""
            for piece in choice.delta.tool_calls or []:
                call = calls.setdefault(piece.index, ["", ""])
                call[0] += piece.function.name or ""
                call[1] += piece.function.arguments or ""
            finish = choice.finish_reason or finish
    found = [("thinking", reasoning)] if reasoning else []
    found += [("text", text)] if text else []
    found += [(name, json.loads(arguments)) for name, arguments in calls.values()]
    return {"content": found, "stop": STOPS[finish], "usage": (usage.prompt_tokens, usage.completion_tokens)}


def as_read(message: dict[str, Any]) -> dict[str, Any]:
    """The same of an Anthropic message."""
    found = []
    for block in message["content"]:
        match block["type"]:
            case "tool_use":
                assert block["id"].startswith("toolu_px_")
                found.append((block["name"], block["input"]))
            case kind:
                found.append((kind, block[kind]))
    usage = message["usage"]
    return {"content": found, "stop": message["stop_reason"], "usage": (usage["input_tokens"], usage["output_tokens"])}


THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}


@kinds
@chats
def test_a_streamed_answer_says_what_the_endpoint_said(name, kind, upstream, companion):
    upstream.answer_with(chat.streamed(CHATS[name]()))
    assert as_read(sdk.stream(companion.url, kind, **THINKING).message) == read_by_openai(upstream.url)


@kinds
@chats
def test_a_whole_answer_says_what_the_endpoint_said(name, kind, upstream, companion):
    upstream.answer_with(chat.streamed(CHATS[name]()))
    assert as_read(sdk.create(companion.url, kind, **THINKING)) == read_by_openai(upstream.url)


def test_a_tool_loop_gives_the_endpoint_its_own_ids_back(upstream, companion):
    upstream.answer_with(chat.streamed(chat.parallel_calls()), chat.streamed(chat.hello()))
    first = sdk.stream(companion.url).message
    results = [
        {"type": "tool_result", "tool_use_id": block["id"], "content": f"result of {block['name']}"}
        for block in first["content"]
    ]
    history = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": first["content"]},
        {"role": "user", "content": results},
    ]
    assert sdk.stream(companion.url, messages=history).message["stop_reason"] == "end_turn"
    sent = upstream.requests[-1].json["messages"]
    assert [call["id"] for call in sent[1]["tool_calls"]] == ["call_a", "call_b"]
    assert [(m["tool_call_id"], m["content"]) for m in sent[2:4]] == [
        ("call_a", "result of get_weather"),
        ("call_b", "result of list_places"),
    ]


# What a request may hold, each with what a provider may get beside the official parameters.

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Rome"}}
REQUESTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "system": {"system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]},
    "sampling": {"extra_body": {"temperature": 0.5, "top_p": 0.9}, "stop_sequences": ["a", "b", "c", "d", "e"]},
    "forced tool": {"tool_choice": {"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True}},
    "no tool": {"tool_choice": {"type": "none"}},
    "thinking": THINKING,
    "user": {"metadata": {"user_id": "somebody"}},
    "image": {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
                    {"type": "text", "text": "What is this?"},
                ],
            }
        ]
    },
    "tool results": {
        "messages": [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": [{"type": "text", "text": "Looking."}, CALL]},
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True, "content": "it failed"},
                    {"type": "text", "text": "try again"},
                ],
            },
        ]
    },
    "prefill": {"messages": [{"role": "user", "content": "go"}, {"role": "assistant", "content": "The answer is"}]},
}
EXTRA = {
    "deepseek": {"thinking"},
    "glm": {"thinking", "tool_stream", "user_id"},
    "kimi": {"thinking"},
    "qwen": {"enable_thinking", "thinking_budget"},
    "openrouter": {"reasoning"},
    "vllm": {"chat_template_kwargs", "top_k"},
    "llamacpp": {"chat_template_kwargs", "top_k"},
}
PROVIDERS = ["generic", "openai", "gemini", "groq", "mistral", "ollama", *EXTRA]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_requests_are_of_the_types_of_the_official_library(provider, upstream, start_companion):
    companion = start_companion(settings(compatible("first", upstream, provider=provider)))
    for name, changes in REQUESTS.items():
        sdk.stream(companion.url, **changes)
        sent = upstream.requests[-1]
        assert sent.path.endswith("/chat/completions"), name
        check_request(sent.json, frozenset(EXTRA.get(provider, ())))


def test_the_tools_arrive_as_functions(upstream, companion):
    sdk.stream(companion.url)
    tools = upstream.requests[-1].json["tools"]
    assert [tool["function"]["name"] for tool in tools] == ["get_weather", "list_places"]
    assert tools[0]["function"]["parameters"]["properties"] == WEATHER_TOOL["input_schema"]["properties"]


@pytest.mark.parametrize(
    ("status", "seen"),
    [(400, anthropic.BadRequestError), (429, anthropic.RateLimitError), (500, anthropic.InternalServerError)],
)
def test_errors_are_those_the_client_knows(status, seen, upstream, companion):
    upstream.answer_with(chat.error(status, "scripted words", [("retry-after", "9")]))
    with pytest.raises(seen, match="scripted words"):
        sdk.stream(companion.url)


@kinds
def test_an_answer_moves_from_one_kind_of_endpoint_to_the_other(kind, start_upstream, start_companion):
    busy = start_upstream(answers.error(529, "overloaded_error"))
    able = start_upstream(chat.streamed(chat.hello()))
    companion = start_companion(settings(endpoint("claude", busy), compatible("chat", able)))
    assert sdk.stream(companion.url, kind).message["stop_reason"] == "end_turn"
    assert busy.requests and able.requests

    broken = start_upstream(chat.error(503, "no"))
    claude = start_upstream(answers.message(hello()))
    back = start_companion(settings(compatible("chat", broken), endpoint("claude", claude)))
    assert sdk.stream(back.url, kind).message["content"] == hello().content


def test_tokens_are_estimated_and_models_are_not_listed(companion, upstream):
    with sdk.client(companion.url) as library:
        count = library.messages.count_tokens(model="m", messages=[{"role": "user", "content": "one two three"}])
        assert 3 <= count.input_tokens <= 20
        with pytest.raises(anthropic.APIStatusError):
            library.models.list()
    assert not upstream.requests
