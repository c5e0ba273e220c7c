"""What clients and endpoints say is text in the pages, whatever it looks like."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from support import answers
from support.companion import endpoint, eventually, settings
from support.messages import Script
from support.wire import Client, ask

CORPUS = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror=window.ran=2>",
    "<svg/onload=window.ran=3>",
    "\"><iframe srcdoc='<script>parent.ran=4</script>'></iframe>",
    "' autofocus onfocus=window.ran=5 x='",
    "javascript:window.ran=6",
    "[click](javascript:window.ran=7)",
    "</textarea></title></style><body onpageshow=window.ran=8>",
    "{{constructor.constructor('window.ran=9')()}} ${window.ran=10}",
    "<a href='javascript:alert(11)'>x</a><form action=javascript:alert(12)><button>",
    "<base href=//127.0.0.2/><link rel=stylesheet href=//127.0.0.2/a.css><meta http-equiv=refresh content='0;url=//127.0.0.2'>",
    "\u202e\u2066<details open ontoggle=window.ran=13>",
]
EVIL = " ".join(CORPUS)

# Elements no page makes by itself, links that would run something, and whether something ran.
ALIEN = """() => {
  const alien = [...document.querySelectorAll('script:not([src^="js/"], [src="vendor/chart.min.js"]), iframe, base, form[action], meta[http-equiv], img:not([src="icon.svg"]), object, embed')];
  const handlers = [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on')));
  const links = [...document.querySelectorAll('[href], [action], [src]')].filter((one) =>
    /^\\s*(javascript|data|vbscript):/i.test(one.getAttribute('href') ?? one.getAttribute('action') ?? one.getAttribute('src')));
  return [...alien, ...handlers, ...links].map((one) => one.outerHTML.slice(0, 120)).concat(window.ran ? [`ran ${window.ran}`] : []);
}"""


def inspect(window) -> None:
    assert window.page.evaluate(ALIEN) == []
    window.check()


def evil_answer(call) -> None:
    script = (
        Script("msg_evil", EVIL)
        .thinking(EVIL, signature="EqQBCgIYAhIkc2lnbmF0dXJl+/==")
        .text(EVIL)
        .tool("toolu_evil", EVIL[:60], json.dumps({EVIL: EVIL}))
        .ends("tool_use")
    )
    answers.streamed(script, [("x-evil", "<img src=x onerror=window.ran=20>")])(call)


def send(companion, *bodies) -> None:
    for body in bodies:
        with Client(companion.url) as client:
            # Field values are Latin-1.
            client.exchange(body, fields={"x-claude-code-session-id": CORPUS[1], "x-evil": "<svg/onload=window.ran=21>"})


def test_hostile_text_stays_text_on_every_page(start_upstream, start_companion, look):
    failing = start_upstream(answers.document({"type": "error", "error": {"type": EVIL, "message": EVIL}}, 500))
    upstream = start_upstream(evil_answer)
    companion = start_companion(
        settings(
            endpoint("<b>failing</b>", failing, tags=[]),
            endpoint("'\"><img src=x onerror=window.ran=30>", upstream),
            tagging={"enabled": True, "taggers": [{"name": CORPUS[1], "tag": CORPUS[0], "type": "lua", "config": {"script": f"error({json.dumps(EVIL[:80])})"}}]},
        )
    )
    conversation = [
        {"role": "user", "content": EVIL},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_0", "name": EVIL[:40], "input": {"x": EVIL}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_0", "content": EVIL}]},
    ]
    tool = {"name": "a", "description": EVIL, "input_schema": {"type": "object", "properties": {EVIL: {"type": "string"}}}}
    body = ask(model=EVIL, system=EVIL, messages=conversation, tools=[tool], metadata={"user_id": EVIL})
    send(companion, body, body)
    rows = eventually(lambda: (found := companion.logs()) and len(found) == 2 and found, "both are logged")
    window = look(companion)
    for route in ("dashboard", "endpoints", "tags", "logs", "usage", "settings", "help", "logs?q=" + "%3Cimg", "endpoints?edit=%3Cb%3Efailing%3C%2Fb%3E"):
        page = window.open(route)
        expect(page.locator("main")).not_to_be_empty()
        inspect(window)
    expect(window.open("logs").locator(".log-row").first).to_contain_text(CORPUS[0])
    for row in rows:
        window.open(f"logs/{row['id']}")
        for tab in window.page.get_by_role("tab").all():
            tab.click()
            expect(window.page.locator("main .skeleton")).to_have_count(0)
            inspect(window)
    panel = window.page.get_by_role("tabpanel")
    window.page.get_by_role("tab", name="Answer").click()
    expect(panel).to_contain_text(CORPUS[0])
    window.page.get_by_role("tab", name="Conversation").click()
    expect(panel).to_contain_text(CORPUS[1])
    inspect(window)


def test_hostile_text_stays_text_when_a_test_or_a_change_fails(start_upstream, start_companion, look):
    failing = start_upstream(answers.document({"type": "error", "error": {"type": "x", "message": EVIL}}, 500))
    companion = start_companion(settings(endpoint("failing", failing)))
    window = look(companion)
    page = window.open("endpoints")
    page.get_by_role("button", name="Test failing").click()
    expect(page.get_by_role("dialog")).to_contain_text("It did not work")
    inspect(window)
    page.keyboard.press("Escape")
    page = window.open("tags")
    page.locator("[data-path=request] textarea").fill(json.dumps({"model": EVIL, "messages": []}))
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".bench-result")).to_contain_text("failing")
    inspect(window)


def test_an_address_that_is_hostile_is_no_page(start_upstream, start_companion, look):
    companion = start_companion(settings(endpoint("only", start_upstream(evil_answer))))
    window = look(companion)
    window.expect_error("404")
    for route in CORPUS:
        window.page.goto(f"{window.url}/admin/#/{route}")
        expect(window.page.locator("main")).not_to_be_empty()
        window.page.goto(f"{window.url}/admin/#/logs/{route.replace('/', '%2F')}")
        expect(window.page.locator("main")).not_to_be_empty()
        inspect(window)


def test_no_script_but_ours_runs(start_companion, look):
    window = look(start_companion(settings({"name": "demo", "endpoint_type": "demo"})))
    page = window.page
    response = page.goto(f"{window.url}/admin/")
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy and re.search("frame-ancestors 'none'", policy)
    window.expect_error("(?i)content security policy|404")
    page.evaluate("() => { const one = document.createElement('script'); one.textContent = 'window.ran = 1'; document.body.append(one); }")
    page.evaluate("() => { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 2\">'); }")
    eventually(lambda: len(window.violations()) >= 2, "both are refused")
    assert page.evaluate("window.ran") is None
    page.evaluate("window.violations = []")
