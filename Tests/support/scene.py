"""A proxy with something to look at: endpoints of several kinds, one of which breaks, and what they did with requests.

For the screenshots, and for tests that want every page with something on it.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from support import answers
from support.browser import WEB_FILES
from support.chat import Chat
from support.chat import streamed as chat_streamed
from support.companion import Companion, endpoint, eventually, settings
from support.messages import WEATHER_TOOL, Script, frame
from support.upstream import Answer, Call, Upstream
from support.wire import Client, ask, read_until

SONNET, OPUS, HAIKU = "claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001"
SESSIONS = [f"{letter * 8}-2c4e-4f60-8a7b-9c0d1e2f3a4b" for letter in "5a7"]
SYSTEM = "You are a careful engineer. Read before you write, change as little as needed, and run the tests."
PROMPTS = [
    "Why does the parser lose the last line of a file without a newline?",
    "Rename the option everywhere, also in the documentation.",
    "The test of the cache fails about once in fifty runs. Find out why.",
    "Write a migration that adds the column without locking the table.",
    "Explain what this regular expression accepts: ^(?:a|b)*abb$",
    "Which of these two functions allocates, and where?",
    "Make the table usable on a phone.",
]
QUOTA = [
    ("anthropic-ratelimit-tokens-limit", "400000"),
    ("anthropic-ratelimit-tokens-remaining", "248000"),
    ("anthropic-ratelimit-requests-limit", "1000"),
    ("anthropic-ratelimit-requests-remaining", "870"),
]
WORDS = (
    "The last line is read, but the loop ends before it is handed on: `readline` returns it without a newline, and the "
    "condition takes that for the end. Asking for the empty string instead is enough. I have changed one line and added "
    "a test with a file that ends in the middle of a line; it fails without the change and passes with it."
)


def pieces(text: str = WORDS, size: int = 4) -> list[str]:
    """The text in pieces of so many words."""
    words = text.split(" ")
    return [" ".join(words[at : at + size]) + " " for at in range(0, len(words), size)]


def paced(script: Script, pause: float = 0.004, wait: float = 0.03) -> Answer:
    """The script's events one by one, as a model makes them; whole if the request wants that."""

    def answer(call: Call) -> None:
        if not call.request.json.get("stream"):
            return answers.document(script.message, fields=QUOTA)(call)
        call.head(200, [*answers.EVENT_STREAM, *QUOTA])
        call.pause(wait)
        for event in script.frames:
            call.send(event)
            call.pause(pause)
        call.end()

    return answer


def script(number: int, tokens: int = 4200) -> Script:
    return Script(f"msg_01Scene{number:04}", SONNET, tokens // 4, tokens * (2 + number % 3))


def plain(number: int) -> Answer:
    return paced(script(number, 1800 + 523 * (number % 9)).text(*pieces()).ends("end_turn", 96 + 31 * (number % 5)))


def thinking(number: int) -> Answer:
    thoughts = pieces("First the loop: it reads a line, looks at its length, and ends when there is nothing left to read.")
    return paced(
        script(number, 9300).thinking(*thoughts, signature="EqQBCgIYAhIkc2lnbmF0dXJl+/==").text(*pieces()).ends("end_turn", 310)
    )


def tools(number: int) -> Answer:
    return paced(
        script(number, 15200)
        .text("I will look at the file ", "and at its test first.")
        .tool("toolu_01Read", "Read", '{"file_path": "src/', 'reader.py", "li', 'mit": 120}')
        .tool("toolu_02Grep", "Grep", '{"pattern": "def read_lines",', ' "path": "tests"}')
        .ends("tool_use", 148)
    )


def varied() -> Answer:
    """One kind of answer after the other, with an overload now and then."""
    kinds = cycle([*(make(n) for n in range(4) for make in (plain, tools, thinking)), answers.error(529, "overloaded_error", "Overloaded")])
    return lambda call: next(kinds)(call)


def breaks_off(call: Call) -> None:
    """Text, a silence, more text, and then the connection is gone."""
    broken = script(77, 6100).text(*pieces()).frames
    call.head(200, answers.EVENT_STREAM)
    for event in broken[:9]:
        call.send(event)
        call.pause(0.05)
    call.pause(1.4)
    for event in broken[9:13]:
        call.send(event)
        call.pause(0.04)
    call.cut()


def breaks_a_rule(call: Call) -> None:
    """An event that may not stand where it stands: a delta of a block that was never opened."""
    frames = script(78, 6100).text(*pieces()).frames
    call.head(200, answers.EVENT_STREAM)
    for event in frames[:14]:
        call.send(event)
        call.pause(0.06)
    call.pause(1.6)
    call.send(frame({"type": "content_block_delta", "index": 4, "delta": {"type": "text_delta", "text": "a lost piece"}}))
    call.stall()


def endless(call: Call) -> None:
    """Goes on until the other side leaves or the upstream is closed."""
    frames = script(99, 7700).text(*pieces()).frames
    call.head(200, [*answers.EVENT_STREAM, *QUOTA])
    call.pause(0.3)
    for event in frames[:2]:
        call.send(event)
    while True:
        for event in frames[2:-3]:
            call.send(event)
            call.pause(0.09)


def translated(call: Call) -> None:
    chat = Chat()
    usage = {"prompt_tokens": 2140, "completion_tokens": 61, "total_tokens": 2201}
    chat.reasoning("A short title ", "is asked for.").text(*pieces("A line without a newline is lost at the end of a file")).ends("stop", usage)
    if call.request.json.get("stream"):
        return chat_streamed(chat)(call)
    message = {"role": "assistant", "content": "A lost last line"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return answers.document({"id": "chatcmpl-2", "object": "chat.completion", "model": "x", "choices": [choice], "usage": usage})(call)


class Scene:
    """The proxy and its upstreams. `play()` sends the requests; `stop()` ends everything."""

    def __init__(self, home: Path) -> None:
        self.relay = Upstream(plain(1))
        self.main = Upstream(plain(2))
        self.other = Upstream(translated)
        self.companion = Companion(home)
        self.broken: list[str] = []
        """Ids of requests whose first attempt broke a rule within the answer."""
        self._running: list[Client] = []
        self._traffic: threading.Thread | None = None
        self._over = threading.Event()

    def settings(self) -> dict[str, Any]:
        def local(name: str, upstream: Upstream) -> str:
            # These names mean this machine wherever they are looked up.
            return f"http://{name}.localhost:{upstream.port}"

        rewrite = {"enabled": True, "rules": [{"source_pattern": "*", "target_model": "deepseek-chat"}]}
        return settings(
            endpoint("relay", local("relay", self.relay), auth_type="auth_token"),
            endpoint("anthropic", local("anthropic", self.main)),
            {
                "name": "deepseek", "provider": "deepseek", "url": local("deepseek", self.other), "auth_value": "key-of-deepseek",
                "tags": ["background"], "model_rewrite": rewrite,
            },
            {"name": "workstation", "provider": "llamacpp", "url": "http://127.0.0.1:8089", "enabled": False, "model_rewrite": rewrite},
            {"name": "demo", "endpoint_type": "demo", "priority": 100},
            failover={"resume": "text", "bench_time": "30m", "back_off": "20ms"},
            tagging={
                "enabled": True,
                "taggers": [
                    rule("small models", "background", builtin_type="model", config={"expected_value": "*haiku*"}),
                    rule("long prompts", "large", builtin_type="fact", config={"fact": "estimated_input_tokens", "ge": 100000}),
                    {
                        "name": "planning", "tag": "plan", "type": "lua", "priority": 3,
                        "config": {"script": "return request.tool_count == 0 and request.estimated_input_tokens > 2000"},
                    },
                ],
            },
            logging={"level": "info"},
        )

    def play(self) -> Scene:
        """Starts the proxy and sends the requests; one of them still runs afterwards."""
        self.companion.configure(self.settings())
        self.companion.start(*(["--web-files", WEB_FILES] if WEB_FILES else []))
        self.relay.answer_with(*(answer for n in range(8) for answer in (plain(n), tools(n), thinking(n))))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._ask, range(28)))
        self.main.answer_with(answers.error(400, "invalid_request_error", "max_tokens: 999999 > 64000, the maximum of this model"), plain(3))
        self.relay.answer_with(answers.error(529, "overloaded_error", "Overloaded"))
        self._ask(1, max_tokens=999999)
        self._break()
        self._forgive()
        self.relay.answer_with(answers.error(500, "api_error", "The upstream account pool is empty."))
        for number in range(30, 38):
            self._ask(number)
        self._leave()
        self._run()
        return self

    def keep_asking(self) -> None:
        """Sends requests all the time from now on, so that something moves on the dashboard."""

        def ask_on() -> None:
            number = 100
            while not self._over.wait(0.25):
                with suppress(OSError, HTTPException):
                    self._ask(number)
                number += 1

        self._traffic = threading.Thread(target=ask_on, daemon=True)
        self._traffic.start()

    def stop(self) -> None:
        self._over.set()
        for client in self._running:
            client.close()
        if self._traffic:
            self._traffic.join()
        self.companion.stop()
        for upstream in (self.relay, self.main, self.other):
            upstream.close()

    def _ask(self, number: int, **changes: Any) -> None:
        model = (SONNET, SONNET, HAIKU, OPUS)[number % 4]
        with Client(self.companion.url) as client:
            body = conversation(number, model=model, stream=number % 5 != 3) | changes
            client.exchange(body, fields={"x-claude-code-session-id": SESSIONS[number % 3]})

    def _break(self) -> None:
        for answer in (breaks_off, breaks_a_rule):
            self._forgive()
            self.relay.answer_with(answer)
            self.main.answer_with(plain(5))
            before = {row["id"] for row in self.companion.logs()}
            # A session stays where it was answered: another one for each.
            self._ask(len(self.broken))
            found = eventually(lambda: [row for row in self.companion.logs() if row["id"] not in before], "it is logged")
            self.broken.append(found[0]["id"])

    def _forgive(self) -> None:
        """The relay is asked again, whatever it did."""
        api(self.companion, "POST", "endpoints/relay/reset")

    def _leave(self) -> None:
        """A client that goes away in the middle."""
        self.main.answer_with(endless, plain(6))
        with Client(self.companion.url) as client:
            read_until(client.post(conversation(4, model=OPUS)), b"last line")

    def _run(self) -> None:
        self.main.answer_with(endless, varied())
        client = Client(self.companion.url)
        self._running.append(client)
        response = client.post(conversation(3, model=OPUS), fields={"x-claude-code-session-id": SESSIONS[0]})
        read_until(response, b"last line")
        # Somebody has to read, or the answer would stand still.
        threading.Thread(target=drain, args=(response,), daemon=True).start()


def api(companion: Companion, method: str, path: str, body: Any = None) -> Any:
    """One call of the admin API, which must succeed."""

    def ask_for(method: str, path: str, **fields: str) -> Any:
        data = json.dumps(body).encode() if body is not None and method != "GET" else None
        fields = {"content-type": "application/json"} | {key.replace("_", "-"): value for key, value in fields.items()}
        request = Request(f"{companion.url}/admin/api/{path}", data, fields, method=method)
        with urlopen(request, timeout=30) as response:
            return json.loads(response.read() or b"null")

    if method == "GET":
        return ask_for("GET", path)
    return ask_for(method, path, x_csrf_token=ask_for("GET", "session")["csrf_token"])


def drain(response: Any) -> None:
    with suppress(OSError, HTTPException, ValueError, AttributeError):
        while response.read1(65536):
            pass


def rule(name: str, tag: str, **condition: Any) -> dict[str, Any]:
    return {"name": name, "tag": tag, "type": "builtin", **condition}


def conversation(number: int, **changes: Any) -> dict[str, Any]:
    """A request in the middle of work: a system prompt, tools, what was said and done so far."""
    prompt = PROMPTS[number % len(PROMPTS)]
    read = {"type": "tool_use", "id": "toolu_00", "name": "Read", "input": {"file_path": "src/reader.py"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_00", "content": "def read_lines(file):\n    while line := file.readline():\n        yield line"}
    messages = [
        {"role": "user", "content": prompt},
        {"role": "assistant", "content": [{"type": "text", "text": "Let me look at the code."}, read]},
        {"role": "user", "content": [result]},
    ]
    read_tool = {**WEATHER_TOOL, "name": "Read", "description": "Reads a file."}
    grep_tool = {**WEATHER_TOOL, "name": "Grep", "description": "Searches files for a pattern."}
    return ask(system=[{"type": "text", "text": SYSTEM}], messages=messages, tools=[read_tool, grep_tool]) | changes
