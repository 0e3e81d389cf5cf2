"""The answer to a changed dose is put in place by pieces: then the page shows what it shows when it is loaded."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.html import Element, parse_html
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.actions import plans
from plans.models import Flag, PlanVersion
from tests.cast import NOON, TODAY
from tests.plans.test_builder import Builder, builder, built, dose_of, fresh, screened

__all__ = ["builder", "built"]  # the fixtures


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


DOSES = {
    "a number": {"sets": 9},
    "days": {"weekdays": [2]},
    "times a week": {"weekdays": [], "times_a_week": 2},
    "words": {"note": "Slowly & “gently”", "pain_guidance": "Up to 3 <of> 10"},
    "a reason": {"override_reason": "She asked for it."},
    "too much": {"effort": 9, "repetitions": 100, "sets": 10},
}


def by_id(page: str, found: dict[str, Element]) -> dict[str, Element]:
    """Every element with an id, without what is new in each page and how a piece is put in place."""
    page = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", page)
    page = re.sub(r"<noscript>.*?</noscript>| hx-swap-oob=\"true\"", "", page, flags=re.DOTALL)

    def walk(element) -> None:
        if not isinstance(element, Element):
            return
        for name, value in element.attributes:
            if name == "id":
                found[value] = element
        for child in element.children:
            walk(child)

    walk(parse_html(page if "<html" in page else f"<div>{page}</div>"))
    return found


def answer(built: Builder, slug: str, **changes) -> str:
    row = built.row(slug)
    address = reverse("builder_dose", args=[built.version.pk, row.pk])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{built.version.pk}/?q=hip"}
    sent = dose_of(row, **changes) | {"lock": fresh(built.version).lock}
    given = built.client.post(address, sent, headers=headers)
    assert given.status_code == 200
    return given.content.decode()


def compared(built: Builder, slug: str, **changes) -> None:
    row = built.row(slug)
    pieces = by_id(answer(built, slug, **changes), {})
    page = by_id(built.page(q="hip"), {})
    names = {"side", "saved", "days", "undo", f"notes-{row.pk}", f"pace-{row.pk}"}
    assert names <= pieces.keys()
    for name in names:
        assert str(pieces[name]) == str(page[name]), name


@pytest.mark.parametrize("name", DOSES)
def test_after_a_change_the_page_shows_what_a_new_one_does(built, name):
    compared(built, "bridge", **DOSES[name])
    compared(built, "pelvic-tilt", sets=2)


def test_with_flags_a_screening_a_last_version_and_conditions(client, anna, alice, annas_plan):
    anna.profile.conditions.add("gout", "knee-osteoarthritis")
    screened(anna, alice)
    Flag.objects.create(
        patient=anna, rule="R3", rule_version=1, site=anna.sites.first(), first_alert_on=TODAY, last_alert_on=TODAY,
        severity="important", since_on=TODAY, raised_at=NOON,
    )  # fmt: skip
    revised = Builder(client, alice, plans.revise(plan=annas_plan.plan, by=alice, at=NOON))
    client.force_login(alice)
    slug, *others = revised.version.prescriptions.values_list("exercise_version__exercise__slug", flat=True)
    for each in others:
        compared(revised, each, effort=4)
    compared(revised, slug, sets=6)
    assert PlanVersion.objects.get(pk=revised.version.pk).lock == len(others) + 1
    said = answer(revised, slug, sets=7)
    assert "1 flag is open." in said and "Screening valid to" in said
    assert "v1: " in said and 'id="fix"' in said and "more:" in said


def test_a_growth_is_drawn_and_goes_with_its_measure(built):
    row = built.row("bridge")
    built.post("builder_grow", row.pk, step_percent=10, ceiling=90)
    measure = built.row("bridge").main_measure
    compared(built, "bridge", **{measure: 8})
    assert "<svg" in str(by_id(answer(built, "bridge", **{measure: 9}), {})[f"pace-{row.pk}"])
    other = "repetitions" if measure == "duration_minutes" else "duration_minutes"
    compared(built, "bridge", **{measure: "", other: 5})
    assert "<svg" not in str(by_id(answer(built, "bridge", sets=8), {})[f"pace-{row.pk}"])


def test_days_that_could_not_be_say_why(built):
    built.client.force_login(built.by)
    address = reverse("builder_days", args=[built.version.pk])
    sent = {"lock": fresh(built.version).lock, "weekdays": ["9"]}
    given = built.client.post(address, sent, headers={"HX-Request": "true", "HX-Target": "days"})
    said = given.content.decode()
    assert given.status_code == 422 and 'aria-describedby="days_error"' in said and 'id="days_error"' in said
    assert " checked" not in said and f'value="{sent["lock"]}"' in said
    none = built.client.post(address, {"lock": sent["lock"]}, headers={"HX-Request": "true"}).content.decode()
    assert "Choose at least one day." in none


def test_nothing_typed_is_taken_for_html(built):
    said = answer(built, "bridge", note="<b>&amp;</b>", override_reason="<i>")
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in said and "<b>&amp;" not in said and "<i>" not in said


def test_in_another_language_as_well_and_nothing_more_is_asked_for(built, anna, alice):
    anna.profile.conditions.add("gout", "knee-osteoarthritis")
    type(alice).objects.filter(pk=alice.pk).update(language="es")
    built.by.refresh_from_db()
    compared(built, "bridge", sets=2)
    with CaptureQueriesContext(connection) as asked:
        said = answer(built, "bridge", sets=3)
    assert "Deshacer" in said and "Undo" not in said
    assert not [each for each in asked if 'WHERE "exercises_exerciseversion"."id" =' in each["sql"]], "word by word"
