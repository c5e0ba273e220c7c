"""A soak of the built program: many clients, endpoints that break, reloads, aborts, one kill -9.

Every answer must be whole and valid once, or an honest failure; the journal must know every request; what the
process holds must come back to where it was. `CHAOS_SECONDS` (60) says how long, `CHAOS_SEED` which chaos.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Chaos.endpoints import Endpoint, words  # noqa: E402
from support.companion import Companion, endpoint, settings  # noqa: E402

SECONDS = float(os.environ.get("CHAOS_SECONDS", "60"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
CLIENTS = int(os.environ.get("CHAOS_CLIENTS", "200"))


class Soak:
    def __init__(self, companion: Companion, port: int) -> None:
        self.companion = companion
        self.port = port
        self.random = random.Random(SEED)
        self.results: Counter[str] = Counter()
        self.violations: list[str] = []
        self.ids: list[tuple[float, str]] = []
        """When a request was made, and its id."""
        self.deaths = 0
        self.death = 0.0

    async def client(self, name: int, until: float) -> None:
        number = 0
        while time.monotonic() < until:
            number += 1
            try:
                result = await asyncio.wait_for(self.ask(f"c{name}r{number}"), 30)
            except TimeoutError:
                result = "hung"
                self.violations.append(f"c{name}r{number}: no end within 30 s")
            except OSError:
                result = "no connection"
                # Nobody is at home between a kill and the next start.
                await asyncio.sleep(0.1)
            self.results[result] += 1

    async def ask(self, request: str) -> str:
        deaths, asked = self.deaths, time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            body = {"model": "claude-chaos", "max_tokens": 999, "stream": True}
            body["messages"] = [{"role": "user", "content": request}]
            data = json.dumps(body).encode()
            head = f"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: {len(data)}\r\nconnection: close\r\n\r\n"
            writer.write(head.encode() + data)
            if self.random.random() < 0.05:
                await reader.read(self.random.choice([1, 200, 2000]))
                return "left early"
            received = await self.everything(reader)
        finally:
            writer.transport.abort()
        if found := re.search(rb"x-companion-request-id: (\w+)", received[:2000], re.IGNORECASE):
            self.ids.append((asked, found.group(1).decode()))
        return self.judge(request, received, died=self.deaths != deaths)

    @staticmethod
    async def everything(reader: asyncio.StreamReader) -> bytes:
        received = b""
        try:
            while piece := await reader.read(65536):
                received += piece
        except OSError:
            pass
        return received

    def judge(self, request: str, received: bytes, died: bool) -> str:
        head, _, rest = received.partition(b"\r\n\r\n")
        if not head:
            if not died:
                self.violations.append(f"{request}: closed without an answer")
            return "no answer"
        status = int(head.split()[1])
        body, is_whole = dechunk(rest) if b"chunked" in head.lower() else (rest, True)
        if status != 200:
            error = json.loads(body)
            if error.get("type") != "error":
                self.violations.append(f"{request}: HTTP {status} without an error")
            return f"HTTP {status}"
        events = re.findall(rb"data: (.*)\n\n", body)
        kinds = Counter(json.loads(event)["type"] for event in events)
        text = "".join(json.loads(event).get("delta", {}).get("text", "") for event in events)
        expected = "".join(words(request))
        if not expected.startswith(text) or kinds["message_start"] > 1:
            self.violations.append(f"{request}: repeated or foreign text: {text[-80:]!r}")
        if is_whole and kinds["message_stop"] == 1 and text == expected:
            return "whole"
        if is_whole and not kinds["error"]:
            self.violations.append(f"{request}: a proper end after {len(text)} of {len(expected)} characters")
        return "error event" if is_whole else "dropped"

    async def reloads(self, until: float, configure) -> None:
        while time.monotonic() < until:
            await asyncio.sleep(1 + self.random.random())
            configure()

    async def murder(self, after: float) -> None:
        await asyncio.sleep(after)
        self.deaths += 1
        self.death = time.monotonic()
        self.companion.kill()
        await asyncio.to_thread(self.companion.start, "--port", str(self.port))


def dechunk(data: bytes) -> tuple[bytes, bool]:
    body = b""
    while data:
        line, _, data = data.partition(b"\r\n")
        size = int(line or b"0", 16)
        if size == 0:
            return body, bool(line)
        if len(data) < size + 2:
            break
        body, data = body + data[:size], data[size + 2 :]
    return body, False


def held(pid: int) -> tuple[int, int]:
    """Open file descriptors, and resident memory in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return len(os.listdir(f"/proc/{pid}/fd")), int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def main(home: Path) -> int:
    wild = await Endpoint(0.4, SEED).start()
    rough = await Endpoint(0.2, SEED + 1).start()
    steady = await Endpoint(0.0, SEED + 2).start()
    endpoints = [wild, rough, steady]
    companion = Companion(home)

    def configure() -> None:
        choice = random.choice
        companion.configure(
            settings(
                *(endpoint(name, each.url) for name, each in [("wild", wild), ("rough", rough), ("steady", steady)]),
                selection={"strategy": choice(["priority", "round_robin", "least_latency"])},
                failover={
                    "resume": "text",
                    "bench_time": "1s",
                    "back_off": "5ms",
                    "commit": choice(["first_content", "first_content", "complete"]),
                },
                timeouts={"idle_connection": "1s", "check_interval": "500ms"},
                logging={"level": "error"},
            )
        )

    configure()
    port = free_port()
    companion.start("--port", str(port))
    soak = Soak(companion, port)
    try:
        # Warm, so that what is held can be compared.
        await asyncio.gather(*(soak.client(-1 - each, time.monotonic() + 2) for each in range(CLIENTS)))
        until = time.monotonic() + SECONDS
        await asyncio.gather(
            *(soak.client(each, until) for each in range(CLIENTS)),
            soak.reloads(until, configure),
            soak.murder(SECONDS / 3),
        )
        files, memory = await settled(companion.pid, endpoints)
        companion.signal(signal.SIGTERM)
        await asyncio.to_thread(companion.wait, 40)
        # A kill -9 may take what was written in the last second before it.
        lost = missing(home, [each for at, each in soak.ids if not 0 <= soak.death - at < 1.5])
    finally:
        companion.stop()
    for kind, count in sorted(soak.results.items()):
        print(f"  {kind:<14} {count}")
    print(f"  endpoints asked {wild.asked + rough.asked + steady.asked}, broke {wild.broken + rough.broken}")
    print(f"  afterwards {files} descriptors, {memory >> 10} MiB; journal: {len(soak.ids)} ids, {len(lost)} not known")
    if files > 50:
        soak.violations.append(f"{files} file descriptors are still open")
    if memory > 600 << 10:
        soak.violations.append(f"{memory >> 10} MiB are still held")
    if lost:
        soak.violations.append(f"not in the journal: {lost[:5]}")
    if soak.results["whole"] < 100:
        soak.violations.append("hardly any answer was whole")
    for violation in soak.violations[:20]:
        print(f"  VIOLATION {violation}")
    print("chaos:", f"{len(soak.violations)} violations" if soak.violations else "survived")
    return 1 if soak.violations else 0


async def settled(pid: int, endpoints: list[Endpoint]) -> tuple[int, int]:
    """What is held once nothing runs any more; connections kept for the next request to an endpoint not counted."""
    for _ in range(50):
        files, memory = held(pid)
        files -= sum(each.open for each in endpoints)
        if files < 50:
            break
        await asyncio.sleep(0.2)
    return files, memory


def missing(home: Path, ids: list[str]) -> list[str]:
    """Ids that clients were told and the journal does not know."""
    with sqlite3.connect(f"file:{home}/logs/index.sqlite?mode=ro", uri=True) as index:
        known = {row[0] for row in index.execute("SELECT id FROM exchange")}
    return [each for each in ids if each not in known]


if __name__ == "__main__":
    print(f"Chaos for {SECONDS:g} s, {CLIENTS} clients, seed {SEED}")
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        sys.exit(asyncio.run(main(Path(place))))
