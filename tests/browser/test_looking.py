"""The checks on pages see what they are there to see: a page with every fault, and one with none."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NARROW, Visitor, open_context
from tests.browser.keys import focused
from tests.browser.looking import faults, sideways
from tests.browser.looks import Look

WELL = """<!doctype html><html lang="en"><head><title>Today · Painplan</title></head>
<body><main><h1>Good morning</h1><p>A page.</p><button>Save</button></main></body></html>"""
FAULTY = """<!doctype html><html lang="en"><head><title> · Painplan</title><style>{style}</style></head>
<body><main><h1>One</h1><h1>Two</h1><p id="pale">Grey on white.</p><img src="data:,"><div id="wide">wide</div>
<button class="tiny">a</button><button class="tiny">b</button></main></body></html>"""
STYLE = "#pale { color: #bbb } #wide { width: 700px } .tiny { width: 9px; height: 9px; padding: 0; font-size: 8px }"
THUMBS = """<!doctype html><html lang="en"><head><title>Today · Painplan</title>
<style>button { width: 40px; height: 48px } .alone { display: inline-block; padding: 8px }
label { display: inline-block; padding: 14px }</style></head><body class="pp-patient"><main><h1>Good morning</h1>
<button>OK</button><p>Ask <a href="#">at the clinic</a> about it.</p><p><a class="alone" href="#">Further</a></p>
<label><input type="checkbox"> I agree with it</label><button hidden>Later</button></main></body></html>"""
TIGHT = """<!doctype html><html lang="en"><head><title>Today · Painplan</title><style>p { font-size: 1rem }
#low { height: 24px } #cut { width: 120px; overflow: hidden; white-space: nowrap } #wide { white-space: nowrap }</style>
</head><body><main><h1>Now</h1><p id="low">How it is</p><p id="cut">How it goes</p>
<p id="wide">A line that fits into the window of a phone</p></main></body></html>"""


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


def test_what_is_too_small_for_a_thumb_is_found_on_the_pages_of_patients(page: Page):
    """A link within a sentence, the box within its label and what cannot be seen are none of it."""
    page.set_content(THUMBS)
    found = faults(page)
    assert [each.split(": ")[1] for each in found] == ["button. OK", "a.alone Further"], found
    page.evaluate("() => document.body.classList.remove('pp-patient')")
    assert faults(page) == []


@pytest.mark.parametrize("fault", ["scrolls sideways", "words are cut", "words outgrow their box"])
def test_what_breaks_when_letters_grow_is_found(page: Page, fault: str):
    page.set_content(TIGHT)
    assert [*Look("usual letters").lost(page), *sideways(page)] == []
    found = [*Look("letters twice as large", letters=200).lost(page), *sideways(page)]
    assert any(each.startswith(fault) for each in found), found


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
