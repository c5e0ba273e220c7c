"""Endpoints that break in every way they can, for `chaos.py`."""

from __future__ import annotations

import asyncio
import json
import random
import re

WORDS = 40
"""How many words an answer has: `REQUEST-0 REQUEST-1 …`, so that any loss or repetition shows."""


def words(request: str) -> list[str]:
    return [f"{request}-{number} " for number in range(WORDS)]


def frame(name: str, **members: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **members})}\n\n".encode()


def answer(model: str, pieces: list[str]) -> list[bytes]:
    usage = {"input_tokens": 9, "output_tokens": 1}
    message = {"id": "msg_chaos", "type": "message", "role": "assistant", "model": model, "content": []}
    message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
    text = [
        frame("content_block_delta", index=0, delta={"type": "text_delta", "text": piece}) for piece in pieces
    ]
    return [
        frame("message_start", message=message),
        frame("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *text,
        frame("content_block_stop", index=0),
        frame("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": WORDS}),
        frame("message_stop"),
    ]


FAULTS = ["reset", "close", "end", "stall", "error", "garbage", "status 529", "status 500", "status 429", "html"]


class Endpoint:
    """One of them; `rate` of its answers have a fault at a random place."""

    def __init__(self, rate: float, seed: int) -> None:
        self.rate = rate
        self.random = random.Random(seed)
        self.asked = 0
        self.broken = 0
        self.open = 0
        """Connections to it."""

    async def start(self) -> Endpoint:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        body = json.loads(await reader.readexactly(int(length.group(1)) if length else 0))
        self.asked += 1
        frames = answer(body["model"], self.pieces(body))
        fault = self.random.choice(FAULTS) if self.random.random() < self.rate else ""
        self.broken += bool(fault)
        if fault.startswith("status") or fault == "html":
            return await self.refuse(writer, fault)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for piece in frames[: self.random.randrange(len(frames)) if fault else None]:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(self.random.choice([0, 0, 0.002]))
        return await self.end(reader, writer, fault)

    @staticmethod
    def pieces(body: dict) -> list[str]:
        """The words from where the answer stopped, if it did."""
        request = body["messages"][0]["content"]
        last = body["messages"][-1]["content"]
        shown = ""
        if not isinstance(last, str):
            match = re.search(r"<shown>\n(.*)\n</shown>", last[0]["text"], re.DOTALL)
            shown = match.group(1) if match else ""
        rest = "".join(words(request)).removeprefix(shown)
        return re.findall(r"\S+ ", rest)

    @staticmethod
    async def refuse(writer: asyncio.StreamWriter, fault: str) -> bool:
        if fault == "html":
            status, kind, body = 200, "text/html", b"<html>Bad gateway</html>"
        else:
            status, kind = int(fault.split()[1]), "application/json"
            body = b'{"type":"error","error":{"type":"api_error","message":"chaos"}}'
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return True

    @staticmethod
    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: str) -> bool:
        if fault == "reset":
            writer.transport.abort()
            return False
        if fault == "close":
            return False
        if fault == "stall":
            # Until the proxy has had enough.
            await reader.read(1)
            return False
        last = {"error": frame("error", error={"type": "overloaded_error", "message": "chaos"})}
        last["garbage"] = b"event: content_block_delta\ndata: {oops\n\n"
        if fault in last:
            writer.write(b"%x\r\n%s\r\n" % (len(last[fault]), last[fault]))
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True
