"""The checks on pages see what they are there to see: a page with every fault, and one with none."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NARROW, Visitor, open_context
from tests.browser.keys import focused
from tests.browser.looking import faults

WELL = """<!doctype html><html lang="en"><head><title>Today · Painplan</title></head>
<body><main><h1>Good morning</h1><p>A page.</p><button>Save</button></main></body></html>"""
FAULTY = """<!doctype html><html lang="en"><head><title> · Painplan</title><style>{style}</style></head>
<body><main><h1>One</h1><h1>Two</h1><p id="pale">Grey on white.</p><img src="data:,"><div id="wide">wide</div>
<button class="tiny">a</button><button class="tiny">b</button></main></body></html>"""
STYLE = "#pale { color: #bbb } #wide { width: 700px } .tiny { width: 9px; height: 9px; padding: 0; font-size: 8px }"


@pytest.fixture
def page(browser: Browser):
    context = open_context(browser, width=NARROW)
    yield context.new_page()
    context.close()


def test_nothing_is_wrong_with_a_good_page(page: Page):
    page.set_content(WELL)
    assert faults(page) == []


@pytest.mark.parametrize(
    "fault",
    [
        "the title says nothing",
        "2 h1",
        "scrolls sideways: div.",
        "axe color-contrast",
        "axe image-alt",
        "axe target-size",
    ],
)
def test_a_fault_is_found(page: Page, fault: str):
    page.set_content(FAULTY.format(style=STYLE))
    assert any(found.startswith(fault) for found in faults(page))


def test_what_the_policy_refuses_is_a_complaint(page: Page):
    visitor = Visitor(page, stack=None).listen()  # type: ignore[arg-type]
    policy = "default-src 'none'; style-src 'self'"
    page.route("**/*", lambda route: route.fulfill(body=WELL, headers={"Content-Security-Policy": policy}))
    page.goto("http://painplan.example/")
    page.evaluate("() => document.body.setAttribute('style', 'color: red')")
    page.evaluate("() => console.log('seen by now')")
    assert any("policy violation: style-src-attr" in said for said in visitor.complaints)
    with pytest.raises(AssertionError):
        visitor.at_ease()


def test_a_focus_without_a_ring_is_found(page: Page):
    page.set_content(WELL)
    page.keyboard.press("Tab")
    with pytest.raises(AssertionError, match="no focus to be seen"):
        focused(page)
    page.add_style_tag(content=":focus-visible { outline: 3px solid black }")
    assert focused(page)["name"] == "Save"
    page.add_style_tag(content="main::after { content: ''; position: fixed; inset: 0; background: white }")
    with pytest.raises(AssertionError, match="lies over"):
        focused(page)
