"""A real OpenAI-compatible server behind the proxy: llama.cpp, with a model of random weights."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import anthropic
import pytest

from support import sdk
from support.companion import endpoint, settings
from support.messages import WEATHER_TOOL

pytest.importorskip("xllamacpp", reason="a real server is not tested: Tests/requirements-llama.txt is not installed")
pytest.importorskip("gguf")

from support.llama import CALLS_A_TOOL, NEVER_ENDS  # noqa: E402

TOOL = {
    **WEATHER_TOOL,
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "enum": ["Rome"]}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


def overrides(parameters: dict[str, object]) -> dict[str, str]:
    return {name: json.dumps(value) for name, value in parameters.items()}


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    process = subprocess.Popen(
        [sys.executable, "-m", "support.llama", tmp_path_factory.mktemp("llama") / "tiny.gguf"],
        cwd=Path(__file__).resolve().parents[1],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if match := re.search(r"Serving at (http://127\.0\.0\.1:\d+)", line):
                # What it says later is read and forgotten, so that it never waits for a full pipe.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                yield match.group(1)
                return
        pytest.fail("the server did not start:\n" + "".join(lines[-40:]))
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def companion(llama, start_companion):
    def start(**more: object):
        local = {"endpoint_type": "openai", "provider": "llamacpp", "auth_type": "none", "auth_value": "", **more}
        return start_companion(settings(endpoint("llama", llama + "/v1", **local)))

    return start


@pytest.mark.parametrize("kind", sdk.KINDS)
def test_a_chat_is_streamed_and_whole(kind, companion):
    url = companion(parameter_overrides=overrides(NEVER_ENDS)).url
    question = [{"role": "user", "content": "Say something."}]
    arguments = {"messages": question, "max_tokens": 24, "tools": []}
    streamed = sdk.stream(url, kind, **arguments)
    deltas = [event for event in streamed.events if event["type"] == "content_block_delta"]
    assert len(deltas) > 1, "in pieces"
    assert streamed.message["stop_reason"] == "max_tokens"
    usage = streamed.message["usage"]
    assert usage["output_tokens"] == 24
    assert usage["input_tokens"] + usage["cache_read_input_tokens"] > 5
    whole = sdk.create(url, kind, **arguments)
    assert whole["content"][0]["type"] == "text" and whole["stop_reason"] == "max_tokens"


@pytest.mark.parametrize("kind", sdk.KINDS)
def test_a_tool_is_called_and_answered(kind, companion):
    url = companion(parameter_overrides=overrides(CALLS_A_TOOL)).url
    question = {"role": "user", "content": "What is the weather in Rome?"}
    arguments = {"tools": [TOOL], "tool_choice": {"type": "any", "disable_parallel_tool_use": True}}
    first = sdk.stream(url, kind, messages=[question], **arguments).message
    assert first["stop_reason"] == "tool_use"
    (call,) = (block for block in first["content"] if block["type"] == "tool_use")
    assert (call["name"], call["input"]) == (TOOL["name"], {"city": "Rome"})
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "Sunny."}
    history = [question, {"role": "assistant", "content": first["content"]}, {"role": "user", "content": [result]}]
    assert sdk.create(url, kind, messages=history, **arguments)["stop_reason"] == "tool_use"


def test_an_error_of_the_server_is_told(companion):
    long = "word " * 6000
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        sdk.stream(companion().url, messages=[{"role": "user", "content": long}], tools=[])
