"""Fixtures of the client and system tests."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.companion import BINARY, Companion
from support.upstream import Answer, Upstream

# Nothing of the developer's own set-up may reach a client library or a test.
for _name in list(os.environ):
    if _name.startswith(("ANTHROPIC_", "CLAUDE_")) or _name.lower().endswith("_proxy"):
        del os.environ[_name]

_companions = pytest.StashKey[list[Companion]]()


def pytest_sessionstart() -> None:
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is not there: `make build` makes it, COMPANION_BINARY names another", 2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Shows what the proxy printed beside the failure it belongs to."""
    report = yield
    if report.failed:
        for companion in item.stash.get(_companions, []):
            report.sections.append((f"{companion.home.name}: proxy output", companion.output))
    return report


@pytest.fixture
def start_upstream() -> Iterator[Callable[..., Upstream]]:
    """Starts scripted upstreams: `start_upstream(answer, …)`."""
    started: list[Upstream] = []

    def start(*answers: Answer) -> Upstream:
        started.append(Upstream(*answers))
        return started[-1]

    yield start
    for upstream in started:
        upstream.close()


@pytest.fixture
def install(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Companion]]:
    """Makes installations that are not started: `install()`."""
    installed = request.node.stash[_companions] = []

    def make() -> Companion:
        home = tmp_path / f"companion-{len(installed) + 1}"
        home.mkdir()
        installed.append(Companion(home))
        return installed[-1]

    yield make
    for companion in installed:
        companion.stop()


@pytest.fixture
def start_companion(install: Callable[[], Companion]) -> Callable[..., Companion]:
    """Starts the binary with a configuration: `start_companion(settings(…))`."""

    def start(settings: dict[str, Any]) -> Companion:
        companion = install()
        companion.configure(settings)
        return companion.start()

    return start


@pytest.fixture
def dead_url() -> Iterator[str]:
    """An address that refuses connections, and stays so while the test runs."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}"
