"""The summaries as PDF: what stands in them, what must not, how they are tagged, and how quick they are."""

import io
import time
from datetime import timedelta

import pytest
import time_machine
from pypdf import PdfReader

from accounts.models import AccessLog
from plans.actions import deciding, flags
from plans.charts import pain_chart
from plans.models import Reevaluation
from plans.reports import fonts, picture, typesetting
from tests.cast import NOON, TODAY, log_days
from tests.plans.test_clinician_record import do_session
from tests.plans.test_reevaluation_page import mood, peg

# Real clocks have parts of a second, which typst refuses as a date.
NOW = NOON.replace(microsecond=123456)
WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def due(anna, annas_plan) -> Reevaluation:
    """A time with sessions, a flag, low mood and daily life that got worse."""
    for back, skipped in ((8, ""), (7, "pain"), (1, "pain")):
        do_session(anna, annas_plan, TODAY - timedelta(days=back), skipped=skipped, pains=(2, 7))
    log_days(anna, WORSE)
    peg(anna, 90, 3, 3, 3)
    peg(anna, 3, 6, 6, 6)
    mood(anna, 3, 3, 3, 1, 1)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    return Reevaluation.objects.get(plan=annas_plan.plan)


def fetch(client, user, row, kind):
    client.force_login(user)
    return client.get(f"/reevaluations/{row.pk}/{kind}.pdf")


def reader(response) -> PdfReader:
    return PdfReader(io.BytesIO(response.content))


def text(response) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader(response).pages).split())


def decide(row, by, **given):
    asked = {
        "decision": "regress", "note": "For the team only", "words_for_patient": "Half the lifts for now.",
        "next_due_on": TODAY + timedelta(days=14), "resolve_flags": False, "accept_usual": False,
    } | given  # fmt: skip
    deciding.decide(reevaluation=row, **asked, by=by, at=NOW)
    row.refresh_from_db()


def test_the_record_has_the_facts_with_their_numbers(client, alice, due):
    said = text(fetch(client, alice, due, "record"))
    for words in (
        "Harbour Clinic Anna Anders",
        "Re-evaluation of plan v1",
        "Born 17 May 1965",
        "Anna did 3 of 43 planned sessions.",
        "which is 2.5 points above the usual 4.3.",
        "Daily life (PEG) 3.0 6.0 up 3.0 About 1 point",
        "Low mood (PHQ-2) none 6 From 3 on, ask more",
        "Pain (2)",
        "Open, not acknowledged yet.",
        "Ask or refer",
        "It is for the clinician to decide.",
        "Not decided yet.",
        "is no diagnosis.",
        "Page 1 of 2",
    ):
        assert words in said


def test_the_record_has_the_decision_once_it_is_taken(client, alice, due):
    decide(due, alice)
    said = text(fetch(client, alice, due, "record"))
    for words in ("Decision Ease For the team only", "By Alice Archer", "On 19 November 2026", "3 December 2026"):
        assert words in said
    assert "What the numbers speak for" not in said


def test_the_patients_words_are_plain(client, alice, due):
    said = text(fetch(client, alice, due, "patient"))
    for words in (
        "How your plan has gone",
        "You did 3 of 43 planned sessions.",
        "Your usual pain is about 4.3 of 10.",
        "Since 13 November it has been 6.8 on average.",
        "Together you decide how to go on.",
        "Call 999.",
        "Nobody watches Painplan live. Somebody answers you within 2 working days.",
        "Telephone: 01632 960100",
    ):
        assert words in said
    for word in ("PHQ", "GAD", "PEG", "flag", "Flag", "R3", "Refer", "refer", "mood", "diagnos", "harm"):
        assert word not in said


def test_the_patients_words_after_the_decision(client, alice, due):
    decide(due, alice)
    said = text(fetch(client, alice, due, "patient"))
    assert "Alice Archer prepares an easier version of your plan." in said
    assert "Until you see the new version in Painplan, go on as before." in said
    assert "We look at your plan again on 3 December 2026, or earlier if you need it." in said
    assert "Words from the clinic Half the lifts for now." in said
    assert "For the team only" not in said


@pytest.mark.parametrize("decision", ["continue", "progress", "change", "refer", "discharge"])
def test_every_decision_has_plain_words(client, alice, due, decision):
    decide(due, alice, decision=decision, next_due_on=None)
    said = text(fetch(client, alice, due, "patient"))
    assert decision not in said.split("What comes next")[1].lower().split("words from")[0].replace("changed", "")


@pytest.mark.parametrize("kind", ["record", "patient"])
def test_it_can_be_read_aloud(client, alice, due, kind):
    """PDF/UA-1: typst checks while it writes; here, that the claim and what it rests on are in the file."""
    found = reader(fetch(client, alice, due, kind))
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert found.metadata.title
    figures, tables, heads = elements(root["/StructTreeRoot"])
    assert next(figure["/Alt"] for figure in figures).startswith("Chart of daily pain from ")
    assert tables and heads >= 3 * len(tables)
    names = {str(font["/BaseFont"]) for page in found.pages for font in fonts_of(page)}
    assert names and all("AtkinsonHyperlegible" in name for name in names)


def elements(node) -> tuple[list, list, int]:
    """The figures, the tables and the number of head cells below a structure element."""
    figures, tables, heads, waiting = [], [], 0, [node]
    while waiting:
        here = waiting.pop().get_object()
        if not isinstance(here, dict):
            waiting += here if isinstance(here, list) else []
            continue
        kind = here.get("/S")
        figures += [here] if kind == "/Figure" else []
        tables += [here] if kind == "/Table" else []
        heads += kind == "/TH"
        waiting += [here["/K"]] if "/K" in here else []
    return figures, tables, heads


def fonts_of(page) -> list:
    found = page["/Resources"].get("/Font", {}).get_object()
    return [font.get_object() for font in found.values()]


@pytest.mark.parametrize(("kind", "name"), [("record", "re-evaluation.pdf"), ("patient", "summary.pdf")])
def test_the_download_names_nobody_and_the_look_is_written_down(client, alice, anna, due, kind, name):
    response = fetch(client, alice, due, kind)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Cache-Control"] == "no-store"
    look = AccessLog.objects.get(patient=anna)
    assert (look.user, look.route) == (alice, "reevaluation_pdf" if kind == "record" else "reevaluation_patient_pdf")


def test_the_patient_can_fetch_her_own_once_it_is_done(client, alice, anna, ben, due):
    url = f"/progress/summary/{due.pk}.pdf"
    client.force_login(anna.user)
    assert client.get(url).status_code == 404  # nothing has been decided yet
    assert url not in client.get("/progress/").content.decode()
    decide(due, alice)
    assert url in client.get("/progress/").content.decode()
    response = client.get(url)
    assert response["Content-Disposition"] == 'attachment; filename="summary.pdf"'
    assert "Half the lifts for now." in text(response)
    assert "For the team only" not in text(response)
    client.force_login(ben.user)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("kind", ["record", "patient"])
def test_strangers_get_no_summary(client, charlie, cora, anna, ben, due, kind):
    for stranger in (charlie, cora, anna.user, ben.user):
        assert fetch(client, stranger, due, kind).status_code == 404
    assert not AccessLog.objects.exists()


def test_what_people_write_is_never_markup(client, alice, anna, due):
    wild = '#panic("x") *bold* $x^2$ <b>&amp; \\ `raw` "quoted" {page} @ref // gone?'
    decide(due, alice, note=wild, words_for_patient=wild)
    for kind in ("record", "patient"):
        assert " ".join(wild.split()) in text(fetch(client, alice, due, kind))


@pytest.mark.parametrize("name", ["Łucja Dvořáková Şahin", "Ольга Смирнова", "Νίκη Παππά"])
def test_names_of_europe_stay_readable_aloud(client, alice, anna, due, name):
    anna.full_name = name
    anna.save()
    response = fetch(client, alice, due, "record")
    assert name in text(response)
    assert b"pdfuaid" in reader(response).trailer["/Root"]["/Metadata"].get_data()


def test_a_letter_without_a_typeface_costs_the_claim_not_the_page(client, alice, anna, due):
    anna.full_name = "Anna \U0001f9d8\U00013000 \u4e2d\u6587"
    anna.save()
    for kind in ("record", "patient"):
        response = fetch(client, alice, due, kind)
        assert response.status_code == 200
        assert "Anna" in text(response)


def test_another_fault_of_the_template_is_not_hidden():
    with pytest.raises(Exception, match="title"):
        typesetting.pdf("patient", {}, at=NOW)


def test_a_summary_takes_less_than_a_second_of_work(client, alice, due):
    fetch(client, alice, due, "record")  # the typeface is read once
    began = time.process_time()
    fetch(client, alice, due, "record")
    assert time.process_time() - began < 1


def test_the_picture_has_its_colours_inside():
    days = [(TODAY - timedelta(days=n), float(n % 10)) for n in range(40)]
    chart = pain_chart(
        days=days, usual=4.0, spread=1.0, first=TODAY - timedelta(days=39), last=TODAY, width=664, height=214
    )
    svg = picture.chart_svg(chart, mine=True)
    assert "var(" not in svg
    assert "<title>" not in svg
    assert ".c-band { fill: #d8eae5; }" in svg
    drawn = {
        css for css in ("c-band", "c-usual", "c-grid", "c-axis", "c-dot", "c-dot-zero", "c-line-soft") if css in svg
    }
    assert len(drawn) == 7
    for css in drawn:
        assert f".{css} {{" in svg


def test_the_typeface_is_made_once(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    fonts.folder.cache_clear()
    made = fonts.folder()
    files = sorted(path.name for path in made.iterdir())
    assert len(files) == 4 and all(name.endswith(".ttf") for name in files)
    before = {path: path.stat().st_mtime_ns for path in made.iterdir()}
    fonts.folder.cache_clear()
    assert {path: path.stat().st_mtime_ns for path in fonts.folder().iterdir()} == before
    fonts.folder.cache_clear()
