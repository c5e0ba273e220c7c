"""The built binary as a process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from support.upstream import Upstream

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("COMPANION_BINARY") or ROOT / ".build/debug/claude-code-companion").resolve()
CLIENT_KEY = "client-credential-that-stays-here"
Result = TypeVar("Result")


def eventually(probe: Callable[[], Result | None], what: str, seconds: float = 10.0) -> Result:
    """The probe's first true result; asks 20 times a second and fails after the limit."""
    deadline = time.monotonic() + seconds
    while not (result := probe()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
    return result


def endpoint(name: str, upstream: Upstream | str, **settings: object) -> dict[str, Any]:
    """The settings of one endpoint; its credential is `key-of-NAME`."""
    return {
        "name": name,
        "url": upstream if isinstance(upstream, str) else upstream.url,
        "endpoint_type": "anthropic",
        "auth_type": "api_key",
        "auth_value": f"key-of-{name}",
        **settings,
    }


def settings(*endpoints: dict[str, Any], **sections: dict[str, Any]) -> dict[str, Any]:
    """A whole configuration: endpoints by order of priority, everything logged."""
    server = {"host": "127.0.0.1", "port": 0, **sections.pop("server", {})}
    logging = {
        "level": "debug",
        "log_request_types": "all",
        "log_request_body": "full",
        "log_response_body": "full",
        "log_directory": "./logs",
        **sections.pop("logging", {}),
    }
    ordered = [{"priority": rank, **item} for rank, item in enumerate(endpoints, start=1)]
    return {"server": server, "endpoints": ordered, "logging": logging, **sections}


def yaml(value: Any, indent: str = "") -> str:
    """Block-style YAML of plain values, one key a line as people write it."""
    if isinstance(value, dict) and value:
        lines = (f"{indent}{key}:{_nested(item, indent)}" for key, item in value.items())
    elif isinstance(value, list) and value:
        lines = (f"{indent}- {yaml(item, indent + '  ').lstrip()}" for item in value)
    else:
        return json.dumps(value, ensure_ascii=False)
    return "\n".join(lines)


def _nested(value: Any, indent: str) -> str:
    return f"\n{yaml(value, indent + '  ')}" if isinstance(value, (dict, list)) and value else f" {yaml(value)}"


class Companion:
    """One installation: a directory of its own that serves as home, and the process that runs in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / "config.yaml"
        self.environment: dict[str, str] = {}
        """What the process gets besides the least that every program needs."""
        self.url = ""
        self._process: subprocess.Popen[str] | None = None
        self._lines: list[str] = []
        self._reader: threading.Thread | None = None
        self._changed = threading.Condition()

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def output(self) -> str:
        with self._changed:
            return "".join(self._lines)

    def configure(self, settings: dict[str, Any] | str) -> None:
        """Writes config.yaml the way editors do: beside it, then renamed over it."""
        text = settings if isinstance(settings, str) else yaml(settings) + "\n"
        draft = self.config.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.config)

    def start(self, *arguments: str) -> Companion:
        """Starts `serve` and waits until it listens."""
        with self._changed:
            self._lines.append(f"$ {BINARY.name} serve --config {self.config.name} {' '.join(arguments)}\n")
            mark = len(self._lines)
        self._process = subprocess.Popen(
            [BINARY, "serve", "--config", self.config, *arguments],
            cwd=self.home,
            env=self._environment(),
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._collect, args=(self._process,), daemon=True)
        self._reader.start()
        self.url = self.wait_for_output(r"Listening on (https?://127\.0\.0\.1:\d+)", since=mark).group(1)
        return self

    def wait_for_output(self, pattern: str, since: int = 0, seconds: float = 20.0) -> re.Match[str]:
        """The first match in what the process printed, starting at a line number."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (match := re.search(pattern, "".join(self._lines[since:]))):
                is_over = not (self._reader and self._reader.is_alive()) or time.monotonic() > deadline
                assert not is_over, f"never printed {pattern!r}:\n{''.join(self._lines)}"
                self._changed.wait(0.2)
            return match

    @property
    def line_count(self) -> int:
        with self._changed:
            return len(self._lines)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self, seconds: float = 15.0) -> int:
        """The exit status."""
        assert self._process is not None, "not started"
        return self._process.wait(seconds)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """SIGTERM, and kill -9 for a process that does not go."""
        if self.is_running:
            self.signal(signal.SIGTERM)
            try:
                self.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()

    def run(self, *arguments: str | Path, seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
        """Runs another command of the binary to its end, in the same home."""
        return subprocess.run(
            [BINARY, *arguments],
            cwd=self.home,
            env=self._environment(),
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
        )

    def logs(self, limit: int = 10_000) -> list[dict[str, Any]]:
        """What the journal's index holds, as `logs list` prints it."""
        result = self.run("logs", "list", "--config", self.config, "--json", "--limit", str(limit))
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/health", timeout=10) as response:
            return json.load(response)

    def resident_bytes(self) -> int:
        """The process's resident memory (Linux)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise LookupError("no VmRSS")

    def _environment(self) -> dict[str, str]:
        """As little as a program needs, so that nothing of the developer's own reaches the test."""
        kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG", "LC_ALL", "TZ")
        inherited = {name: os.environ[name] for name in kept if name in os.environ}
        return {"HOME": str(self.home)} | inherited | self.environment

    def _collect(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
