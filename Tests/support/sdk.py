"""The official client library, set up so that it shows every fault instead of retrying it away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anthropic import Anthropic, AsyncAnthropic

from support.companion import CLIENT_KEY
from support.messages import MODEL, WEATHER_TOOL

KINDS = ("sync", "async")
OPTIONS: dict[str, Any] = {"api_key": CLIENT_KEY, "max_retries": 0, "timeout": 30.0}


@dataclass(frozen=True)
class Reception:
    """What a caller of the library saw of one answer."""

    message: dict[str, Any]
    events: list[dict[str, Any]]


def request(**changes: Any) -> dict[str, Any]:
    """The arguments of an ordinary call."""
    return {
        "model": MODEL,
        "max_tokens": 2048,
        "messages": [{"role": "user", "content": "What is the weather? Grüße."}],
        "tools": [WEATHER_TOOL, {**WEATHER_TOOL, "name": "list_places"}],
        **changes,
    }


def client(url: str, **options: Any) -> Anthropic:
    return Anthropic(base_url=url, **OPTIONS | options)


def async_client(url: str, **options: Any) -> AsyncAnthropic:
    return AsyncAnthropic(base_url=url, **OPTIONS | options)


def ignore(_: Any) -> None:
    """The watcher that is not interested."""


def stream(url: str, kind: str = "sync", watch: Callable[[Any], None] = ignore, **changes: Any) -> Reception:
    """Streams one answer to its end; `watch` gets every event at the moment it arrives."""
    if kind == "async":
        return asyncio.run(stream_async(url, watch, **changes))
    events = []
    with client(url) as library, library.messages.stream(**request(**changes)) as answer:
        for event in answer:
            watch(event)
            events.append(event.to_dict())
        return Reception(answer.get_final_message().to_dict(), events)


async def stream_async(url: str, watch: Callable[[Any], None] = ignore, **changes: Any) -> Reception:
    events = []
    async with async_client(url) as library, library.messages.stream(**request(**changes)) as answer:
        async for event in answer:
            watch(event)
            events.append(event.to_dict())
        return Reception((await answer.get_final_message()).to_dict(), events)


def create(url: str, kind: str = "sync", **changes: Any) -> dict[str, Any]:
    """Asks for one answer that is not streamed."""
    if kind == "async":
        return asyncio.run(_create(url, **changes))
    with client(url) as library:
        return library.messages.create(**request(**changes)).to_dict()


async def _create(url: str, **changes: Any) -> dict[str, Any]:
    async with async_client(url) as library:
        return (await library.messages.create(**request(**changes))).to_dict()
