"""Requests without an SDK, for tests that look at connections and bytes."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

from support.companion import CLIENT_KEY
from support.messages import MODEL


def ask(text: str = "Hello?", **changes: Any) -> dict[str, Any]:
    """The body of an ordinary streamed request."""
    return {
        "model": MODEL,
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": text}],
        "stream": True,
        **changes,
    }


class Client:
    """One keep-alive connection to the proxy."""

    def __init__(self, url: str, seconds: float = 30.0, context: ssl.SSLContext | None = None) -> None:
        """`context` says whom to trust; without one it speaks plain HTTP, whatever the URL says."""
        host, _, port = url.partition("://")[2].partition(":")
        if context is None:
            self._connection = http.client.HTTPConnection(host, int(port), timeout=seconds)
        else:
            self._connection = http.client.HTTPSConnection(host, int(port), timeout=seconds, context=context)
        self._response: http.client.HTTPResponse | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def post(
        self, body: dict[str, Any] | bytes, path: str = "/v1/messages", fields: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Sends a request and returns once the head of the answer is there."""
        self.send(body, path, fields)
        return self.head()

    def send(
        self, body: dict[str, Any] | bytes, path: str = "/v1/messages", fields: dict[str, str] | None = None
    ) -> None:
        """Sends a request without waiting for anything."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        own = {
            "content-type": "application/json",
            "anthropic-version": "2023-06-01",
            "authorization": f"Bearer {CLIENT_KEY}",
        }
        self._connection.request("POST", path, data, own | (fields or {}))

    def head(self) -> http.client.HTTPResponse:
        self._response = self._connection.getresponse()
        return self._response

    def exchange(self, body: dict[str, Any] | bytes, **options: Any) -> tuple[int, bytes]:
        """Status and whole body of one request."""
        response = self.post(body, **options)
        return response.status, response.read()

    def close(self) -> None:
        """Leaves, whatever is still to come."""
        if self._response is not None:
            self._response.close()
        self._connection.close()


def read_until(response: http.client.HTTPResponse, text: bytes) -> bytes:
    """What was read up to the piece in which `text` became complete."""
    data = b""
    while text not in data:
        piece = response.read1(65536)
        assert piece, f"the answer ended before {text!r}: {data!r}"
        data += piece
    return data
