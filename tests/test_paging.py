"""The way from one page of a list to those beside it."""

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from painplan.templatetags import lines

SHOWN = Template("{% load paging %}{% paging page %}")


def drawn(address: str, number: int) -> str:
    page = Paginator(range(60), 25).page(number)
    return SHOWN.render(Context({"request": RequestFactory().get(address), "page": page}))


@pytest.mark.parametrize(("number", "says"), [(1, "1 to 25 of 60"), (2, "26 to 50 of 60"), (3, "51 to 60 of 60")])
def test_a_page_says_where_it_is_and_leads_to_those_beside_it(number, says):
    shown = drawn(f"/list/?page={number}", number)
    assert says in shown
    assert ('rel="prev"' in shown, 'rel="next"' in shown) == (number > 1, number < 3)
    for beside in {number - 1, number + 1} & {1, 2, 3}:
        assert f'href="?page={beside}"' in shown
    assert f'page={number}"' not in shown


def test_what_else_stands_in_the_address_is_kept():
    shown = drawn("/list/?q=Ann+%26+Bob&show=flag&show=due&page=2", 2)
    rest = "?q=Ann+%26+Bob&amp;show=flag&amp;show=due&amp;page="
    assert f'href="{rest}1"' in shown and f'href="{rest}3"' in shown


@pytest.mark.parametrize("words", ['"><script>alert(1)</script>', "the page after", "the page before"])
def test_words_in_the_address_stay_words(words):
    shown = SHOWN.render(
        Context({"request": RequestFactory().get("/list/", {"q": words}), "page": Paginator(range(60), 25).page(2)})
    )
    assert "<script" not in shown and shown.count('href="?') == 2
    assert "page=1" in shown and "page=3" in shown


def test_nothing_that_somebody_searched_for_is_kept():
    lines.KEPT.clear()
    shown = drawn("/list/?q=Whitfield", 2)
    assert "Whitfield" in shown and lines.KEPT and "Whitfield" not in repr(lines.KEPT)
    assert "Whitfield" not in drawn("/list/?q=Hughes", 2)
