"""
The chat's page in a real browser: talking, hostile text, bad connections, and its looks.
"""

from __future__ import annotations

import re
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.examples.chat_client import ChatProcess

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}

PAYLOADS = [
    "<script>hacked()</script>",
    "<img src=x onerror=hacked()>",
    "<svg onload=hacked()>",
    "</title><script>hacked()</script>",
    '"><script>hacked()</script>',
    "' onmouseover='hacked()' x='",
    '" autofocus onfocus=hacked() x="',
    "<iframe srcdoc='<script>parent.hacked()</script>'>",
    "javascript:hacked()",
    "<a href=javascript:hacked()>x</a>",
    "{{ hacked() }}{% raw hacked() %}${hacked()}",
    "<details open ontoggle=hacked()>",
    "<style>@import'javascript:hacked()'</style>",
    "&lt;script&gt;hacked()&lt;/script&gt;",
    "\\u003cscript\\u003ehacked()</script>",
    "<math><mtext></table><mglyph><style><img src onerror=hacked()>",
    "<!--<img src='--><img src=x onerror=hacked()>'>",
    "]]><script>hacked()</script>",
    "<body/onload=hacked()>",
    "<template><script>hacked()</script></template>",
]

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """
    One browser for all tests of this file.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """
    Return a function that opens an address in a browser profile of its own.

    Any script error, failed request or violated content policy fails the test at its end.
    """
    problems: list[str] = []
    contexts = []

    def open_page(url: str, script: str = "", lenient: bool = False, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.add_init_script(f"window.hacks = 0; window.hacked = () => window.hacks++; {script}")
        if not lenient:
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda entry: problems.append(entry.text))
            page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == problems


def say(page: Page, name: str, text: str) -> None:
    """
    Type a name and a message, and send it with the Enter key.
    """
    page.get_by_label("Name").fill(name)
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Message", exact=True).press("Enter")


def bodies(page: Page) -> Any:
    """
    Return the locator of the texts that were sent and came back.
    """
    return page.locator("#messages .body")


def test_two_pages_talk(chat: ChatProcess, room: str, open_page: OpenPage) -> None:
    """
    Two browsers see each other's messages live, once, in one order; the name is remembered.
    """
    ann = open_page(f"{chat.url}/r/{room}", viewport=DESKTOP)
    bob = open_page(f"{chat.url}/r/{room}", viewport=PHONE, is_mobile=True, has_touch=True)
    for page in (ann, bob):
        expect(page.locator("#state")).to_have_text("Connected")
    say(ann, "Ann", "Hello Bob")
    expect(bodies(bob)).to_have_text(["Hello Bob"])
    say(bob, "Bob", "Hello Ann")
    expect(bodies(ann)).to_have_text(["Hello Bob", "Hello Ann"])
    bob.get_by_label("Message", exact=True).fill("two\nlines")
    bob.get_by_role("button", name="Send").click()
    ann.reload()

    for page in (ann, bob):
        expect(bodies(page)).to_have_text(["Hello Bob", "Hello Ann", "two\nlines"])
        expect(page.locator("#outbox li")).to_have_count(0)
    expect(ann.get_by_label("Name")).to_have_value("Ann")
    expect(ann.locator(".mine .body")).to_have_text(["Hello Bob"])
    assert 3 == len(chat.history(room))


@pytest.mark.parametrize("websocket", [True, False])
def test_hostile_text_is_shown_as_text(chat: ChatProcess, open_page: OpenPage, websocket: bool) -> None:
    """
    Markup in a text, a name or a room's name is shown letter by letter, and no script runs.
    """
    room = f"{uuid.uuid4().hex[:8]}<img src=x onerror=hacked()>'\""
    script = "" if websocket else "delete window.WebSocket;"
    page = open_page(f"{chat.url}/r/{quote(room, safe='')}", script)
    for payload in PAYLOADS:
        chat.send(room, payload, name=payload)
    expect(bodies(page)).to_have_text(PAYLOADS)
    page.reload()
    expect(bodies(page)).to_have_text(PAYLOADS)

    assert PAYLOADS == bodies(page).all_text_contents()
    assert PAYLOADS == page.locator("#messages .who").all_text_contents()
    assert room == page.locator("h1").text_content()
    assert 0 == page.evaluate("window.hacks")
    assert 0 == page.locator("#messages :is(script, img, iframe, svg, a, style)").count()


def test_hostile_room_names_are_shown_as_text(chat: ChatProcess, open_page: OpenPage) -> None:
    """
    A room's name cannot leave the title, the heading or the attribute that it stands in.
    """
    page = open_page(chat.url)
    for payload in PAYLOADS:
        page.goto(f"{chat.url}/r/{quote(payload, safe='')}")
        expect(page.locator("#state")).to_have_text("Connected")

        assert payload == page.locator("h1").text_content()
        assert 0 == page.evaluate("window.hacks")


def test_long_polling_takes_over(chat: ChatProcess, room: str, open_page: OpenPage) -> None:
    """
    Where WebSocket connections fail, the page talks by long polling instead.
    """
    broken = "class extends WebSocket { constructor(url) { super(url.replace('/ws/', '/404/')); } }"
    page = open_page(f"{chat.url}/r/{room}", f"window.WebSocket = {broken};", lenient=True)
    expect(page.locator("#state")).to_have_text("Connected (polling)")
    chat.send(room, "from outside")
    expect(bodies(page)).to_have_text(["from outside"])
    say(page, "Ann", "from the page")

    expect(bodies(page)).to_have_text(["from outside", "from the page"])
    assert ["from outside", "from the page"] == [m["text"] for m in chat.history(room)]


def test_the_page_survives_a_killed_server(room: str, mongod_uri: str, open_page: OpenPage) -> None:
    """
    What is written while the server is away is sent once it is back, once.
    """
    first = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)
    page = open_page(f"{first.url}/r/{room}", lenient=True)
    say(page, "Ann", "before")
    expect(bodies(page)).to_have_text(["before"])
    first.stop(signal.SIGKILL)
    expect(page.locator("#state")).to_have_text(re.compile("Offline"))
    say(page, "Ann", "meanwhile 1")
    say(page, "Ann", "meanwhile 2")
    expect(page.locator("#outbox li")).to_have_count(2)
    second = ChatProcess("--port", str(first.port), "--mongodb-uri", mongod_uri)
    try:
        second.send(room, "from outside", client_id="other")
        expect(page.locator("#outbox li")).to_have_count(0)
        expect(bodies(page)).to_have_count(4)
        texts = [message["text"] for message in second.history(room)]

        assert texts == bodies(page).all_text_contents()
        assert {"before", "meanwhile 1", "meanwhile 2", "from outside"} == set(texts)
    finally:
        second.stop()


def test_older_messages_are_a_button_away(chat: ChatProcess, room: str, open_page: OpenPage) -> None:
    """
    A page starts with the last 100 messages and fetches older ones on demand.
    """
    for number in range(1, 131):
        chat.send(room, f"text {number}")
    page = open_page(f"{chat.url}/r/{room}")
    expect(bodies(page)).to_have_count(100)
    page.get_by_role("button", name="Show earlier messages").click()

    expect(bodies(page)).to_have_text([f"text {number}" for number in range(1, 131)])
    expect(page.get_by_role("button", name="Show earlier messages")).to_be_hidden()


def test_a_refused_message_can_be_edited(chat: ChatProcess, room: str, open_page: OpenPage) -> None:
    """
    When the server refuses a message the page shows why, and later messages still go out.
    """
    page = open_page(f"{chat.url}/r/{room}")
    page.evaluate("document.getElementById('name').removeAttribute('maxlength')")
    say(page, "x" * 65, "my text")
    expect(page.locator("#outbox .when")).to_contain_text("name: 65 characters long")
    page.get_by_role("button", name="Edit").click()
    say(page, "Ann", page.get_by_label("Message", exact=True).input_value())

    expect(bodies(page)).to_have_text(["my text"])
    expect(page.locator("#outbox li")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_it_fits_the_screen_in_light_and_dark(
    chat: ChatProcess, room: str, open_page: OpenPage, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    """
    Nothing is wider than the screen, the form is on it, and text stands out from its ground.
    """
    conversation(chat, room)
    page = open_page(f"{chat.url}/r/{room}", viewport=size, color_scheme=scheme)
    expect(bodies(page)).to_have_count(8)
    page.screenshot(path=tmp_path / f"{scheme}.png")
    ink, ground = page.evaluate(
        "['color', 'backgroundColor'].map((key) => getComputedStyle(document.body)[key])"
    )

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
    expect(bodies(page).last).to_be_in_viewport(ratio=1)
    assert (scheme == "light") == (brightness(ink) < brightness(ground))
    assert abs(brightness(ink) - brightness(ground)) > 150


def test_the_door(chat: ChatProcess, open_page: OpenPage) -> None:
    """
    The first page leads to a room with one press of Enter; a bad room is explained on a page.
    """
    page = open_page(chat.url)
    page.get_by_label("Room").press("Enter")
    expect(page).to_have_url(f"{chat.url}/r/lobby")
    expect(page.locator("#state")).to_have_text("Connected")

    refused = open_page(f"{chat.url}/r/a%00b", lenient=True)
    expect(refused.locator("p").first).to_have_text("room: NUL at character 1")


def conversation(chat: ChatProcess, room: str) -> None:
    """
    Fill a room with what people write.
    """
    for name, text in [
        ("Ann", "Good morning! Who is in for lunch?"),
        ("Ann", "The new place by the river has a terrace 🌞"),
        ("Bob", "Count me in. 12:30?"),
        ("Σοφία", "Καλημέρα! Θα έρθω κι εγώ."),
        ("נועה", "אני באה גם 🙂"),
        ("Bob", "Map: https://maps.example/" + "a-very-long-path/" * 12),
        ("A name that is as long as a name may be, to see where it wraps..", "Hello"),
        ("Ann", "Great.\n\n  1. bring sunglasses\n  2. bring " + "W" * 120),
    ]:
        chat.send(room, text, name=name)


def brightness(color: str) -> float:
    """
    Return the brightness of ``rgb(r, g, b)``, 0 to 255.
    """
    return sum(int(part) for part in re.findall(r"\d+", color)[:3]) / 3
