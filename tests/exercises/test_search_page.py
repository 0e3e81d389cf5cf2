"""The library's page: filters with counts, an address that keeps them, what to relax, few queries. And the shelf."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises import search_catalogue
from exercises.models import Condition, Exercise
from exercises.search import find
from exercises.search_filters import Wanted
from plans.models import PlanVersion

RISKY = "hip-replacement-recent"
FRAME = 4
"""Session, user, memberships, and the inbox count of the rail."""
MOST_QUERIES = 6


@pytest.fixture
def page(client, alice):
    client.force_login(alice)

    def get(**query):
        return client.get(reverse("library"), query)

    return get


def library():
    return Exercise.objects.prescribable().filter(clinic=None)


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_a_count_stands_beside_every_choice(page):
    html = page(q="stretch").content.decode()
    strength = len(find(library(), Wanted(words="stretch", goal="strength")))
    assert f'<option value="strength">Strength ({strength})</option>' in html
    sitting = len(find(library(), Wanted(words="stretch", positions=("sitting",))))
    assert re.search(rf'value="sitting".*?Sitting <span class="pp-n">{sitting}</span>', html)
    mat = len(find(library(), Wanted(words="stretch", equipment=("mat",))))
    assert f'<span class="pp-n" id="lib_n_mat">{mat}</span>' in html
    copd = len(find(library(), Wanted(words="stretch", conditions=("copd",))))
    assert re.search(rf'<option value="copd">[^<]+\({copd}\)</option>', html)
    for name in ("family", "region", "impact", "effort"):
        select = re.search(rf'<select name="{name}".*?</select>', html, re.S)
        assert select and len(re.findall(r"\(\d+\)</option>", select[0])) == select[0].count("<option")


def test_what_is_asked_can_be_taken_away_one_by_one(page):
    response = page(q="back", goal="mobility", position=["lying", "sitting"], condition=[RISKY], page="2")
    labels = {one.label: one.query for one in response.context["asked"]}
    assert set(labels) == {
        "“back”",
        "Goal: Mobility",
        "Position: Lying",
        "Position: Sitting",
        "Safe for: Hip replacement in the last 3 months",
    }
    assert labels["Position: Lying"] == f"q=back&goal=mobility&position=sitting&condition={RISKY}"
    assert labels["“back”"] == f"goal=mobility&position=lying&position=sitting&condition={RISKY}"
    html = response.content.decode()
    assert f'href="{reverse("library")}?{labels["Position: Lying"].replace("&", "&amp;")}"' in html


def test_contraindicated_ones_are_hidden_and_said_and_care_is_marked(page):
    everything = page(q="hip").context["page"].paginator.count
    response = page(q="hip", condition=RISKY)
    left_out = everything - response.context["page"].paginator.count
    text = text_of(response)
    assert left_out > 1 and f"{left_out} more are left out: not for Hip replacement in the last 3 months." in text
    marked = response.context["results"].careful
    careful = [each for each in response.context["page"].object_list if each.version_id in marked]
    assert careful and text.count("Take care: Hip replacement in the last 3 months") == len(careful)
    assert f'value="{RISKY}" checked' in response.content.decode()


def test_slips_are_said(page):
    assert "None is called exactly that; these come close." in text_of(page(q="brigde"))
    assert "None is called exactly that" not in text_of(page(q="bridge"))


def test_nothing_found_says_what_to_relax(page):
    response = page(q="bridge", goal="water", region="knee")
    text = text_of(response)
    assert "No exercise fits all of this" in text and "Ask for less, and there are:" in text
    relaxed = {one.label: one for one in response.context["relaxations"]}
    assert set(relaxed) == {"the words", "all filters"}
    assert f"Without all filters {relaxed['all filters'].count}" in text
    response = page(q="bridge zebra", goal="strength")
    (word,) = [one for one in response.context["relaxations"] if "zebra" in one.label]
    assert word.query == "q=bridge&goal=strength"
    assert word.count == page(q="bridge", goal="strength").context["page"].paginator.count


def test_nothing_at_all_to_relax(page):
    text = text_of(page(q="zzzz"))
    assert "Search with one word less, or another one." in text and "Ask for less" not in text


def test_htmx_gets_list_and_counts_but_no_search_box(client, alice):
    client.force_login(alice)
    headers = {"HX-Request": "true"}
    answer = client.get(reverse("library"), {"q": "bridge", "goal": "", "condition": ["", "copd"]}, headers=headers)
    html = answer.content.decode()
    for part in ("library-count", "library-facets", "library-safe", "lib_home", "lib_n_mat"):
        assert re.search(rf'id="{part}" hx-swap-oob', html), part
    assert 'type="search"' not in html and "<html" not in html
    assert answer["HX-Push-Url"] == reverse("library") + "?q=bridge&condition=copd"
    assert client.get(reverse("library"), {"q": ""}, headers=headers)["HX-Push-Url"] == reverse("library")


def test_it_works_without_scripts(page):
    html = page().content.decode()
    form = re.search(r'<form method="get".*?</form>', html, re.S)
    assert form and "<noscript><button" in form[0]
    for name in ("q", "goal", "family", "region", "position", "equipment", "impact", "effort", "condition"):
        assert f'name="{name}"' in form[0]


@pytest.mark.parametrize("cold", [True, False])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "sit to stnad", "goal": "strength", "position": "lying", "equipment": "mat", "condition": RISKY},
        {"q": "bridge zebra", "goal": "water", "condition": ["copd", RISKY]},
        {"page": "3", "effort": "3"},
    ],
)
def test_few_queries_for_list_and_counts(client, alice, query, cold):
    client.force_login(alice)
    client.get(reverse("library"))
    if cold:
        search_catalogue._catalogues.forget()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("library"), query)
    assert len(queries) <= FRAME + MOST_QUERIES
    assert sum('"exercises_' in each["sql"] and '"plans_' not in each["sql"] for each in queries) <= MOST_QUERIES


def test_the_shelf_has_the_filters_and_can_hide_what_is_ruled_out(client, alice, anna, annas_plan):
    anna.profile.conditions.set(Condition.objects.filter(pk=RISKY))
    draft = PlanVersion.objects.create(
        plan=annas_plan.plan, number=99, based_on=annas_plan, saved_at=annas_plan.saved_at
    )
    client.force_login(alice)
    address = reverse("plan_builder", args=[draft.pk])
    everything = client.get(address, {"q": "hip"}).context["shelf"]
    assert everything.page.paginator.count > everything.fitting > 0
    fits = client.get(address, {"q": "hip", "fits": "1"})
    shelf = fits.context["shelf"]
    assert shelf.page.paginator.count == shelf.fitting == everything.fitting
    assert not any(row.stop for row in shelf.rows)
    assert shelf.query == "q=hip&fits=1"
    (chip,) = [chip for chip in shelf.chips if chip.name == "fits"]
    assert chip.option.chosen and chip.option.count == everything.fitting
    home = client.get(address, {"q": "hip", "equipment": ["mat", "pillow"], "family": "hip", "effort": "3"})
    versions = [row.version for row in home.context["shelf"].rows]
    assert versions and all(set(each.equipment) <= {"mat", "pillow"} for each in versions)
    assert {each.family for each in versions} == {"hip"} and home.context["shelf"].has_more


def test_the_shelf_knows_what_is_at_home(client, alice, anna, annas_plan):
    draft = PlanVersion.objects.create(
        plan=annas_plan.plan, number=99, based_on=annas_plan, saved_at=annas_plan.saved_at
    )
    client.force_login(alice)
    address = reverse("plan_builder", args=[draft.pk])
    unknown = client.get(address, {"q": "hip", "home": "1"}).context["shelf"]
    assert all(chip.name != "home" for chip in unknown.chips)
    assert not any(row.missing for row in unknown.rows)

    anna.profile.equipment = ["mat", "pillow"]
    anna.profile.save()
    offered = client.get(address, {"q": "hip"}).context["shelf"]
    (chip,) = [chip for chip in offered.chips if chip.name == "home"]
    assert not chip.option.chosen
    assert 0 < chip.option.count < offered.page.paginator.count == unknown.page.paginator.count
    for row in offered.rows:
        assert bool(row.missing) == bool(set(row.version.equipment) - {"mat", "pillow"}), row.version.name
    chosen = client.get(address, {"q": "hip", "home": "1"})
    shelf = chosen.context["shelf"]
    assert shelf.page.paginator.count == chip.option.count
    assert all(set(row.version.equipment) <= {"mat", "pillow"} and not row.missing for row in shelf.rows)
    assert shelf.query == "q=hip&home=1"
    wider = client.get(address, {"q": "hip", "home": "1", "equipment": ["worktop"]}).context["shelf"]
    assert wider.page.paginator.count > shelf.page.paginator.count, "a thing that is ticked comes on top"
    assert any(row.missing == "Not at home: Kitchen worktop" for row in wider.rows)


def test_the_shelf_answers_with_counts(client, alice, annas_plan):
    draft = PlanVersion.objects.create(
        plan=annas_plan.plan, number=99, based_on=annas_plan, saved_at=annas_plan.saved_at
    )
    client.force_login(alice)
    headers = {"HX-Request": "true", "HX-Target": "shelf-list"}
    html = client.get(reverse("plan_builder", args=[draft.pk]), {"q": "bridge"}, headers=headers).content.decode()
    for part in ("shelf-count", "shelf-facets", "shelf-more", "lib_n_mat"):
        assert re.search(rf'id="{part}"[^>]* hx-swap-oob', html), part
    assert "lib_n_none" not in html and 'type="search"' not in html
