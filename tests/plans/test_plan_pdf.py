"""The plan on paper: what stands on it, what must not, large print, and who is written down as having looked."""

import io
from xml.etree import ElementTree

import pgtrigger
import pytest
import time_machine
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from accounts.models import AccessLog
from exercises.models import Condition, ExerciseVersion, Media
from exercises.uploads import storage
from plans.actions import plans
from plans.reports import figures
from tests.cast import NOON
from tests.plans.tagged_pdf import elements, faults


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON.replace(microsecond=123456), tick=False):
        yield


@pytest.fixture
def told(alice, anna, annas_plan):
    """A version with a note for Anna, an effort, a rest, and a reason that names her condition."""
    condition = Condition.objects.first()
    anna.profile.conditions.add(condition)
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    one = draft.prescriptions.in_order().first()
    changes = {"note": "Use the blue chair", "override_reason": f"In spite of {condition.name}"}
    changes |= {"sets": 2, "effort": 3, "rest_seconds": 45}
    plans.change_dose(prescription=one, changes=changes, lock=draft.lock, by=alice, at=NOON)
    version = plans.activate(version=draft, lock=draft.lock, why="Because of X", by=alice, at=NOON)
    return version, condition


def text_of(response) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_pdf_says_what_to_do_and_names_no_condition(client, alice, anna, told):
    version, condition = told
    client.force_login(alice)
    response = client.get(f"/plans/{version.pk}/exercises.pdf")
    text = text_of(response)
    for p in version.prescriptions.select_related("exercise_version"):
        assert p.exercise_version.name in text
    assert "Use the blue chair" in text and "Call 999." in text and "Anna Anders" in text
    assert "Effort 3 of 10. Rest 45 seconds between sets." in text
    for secret in (condition.name, "In spite of", "Because of X", "1965"):
        assert secret not in text
    assert "anna" not in response.headers["Content-Disposition"].lower()
    assert AccessLog.objects.filter(patient=anna, user=alice, route="plan_pdf").count() == 1


@pytest.mark.parametrize("query", ["", "?large=1"])
def test_it_is_tagged_for_screen_readers(client, anna, annas_plan, query):
    client.force_login(anna.user)
    content = client.get(f"/plan/exercises.pdf{query}").content
    root = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert faults(content) == []
    assert root["/Lang"].startswith("en")
    kinds = [kind for kind, _element, _inside in elements(root)]
    assert {"H1", "H2", "Figure", "LI"} <= set(kinds)


def untagged() -> bytes:
    """A page of text that nobody has tagged."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    text = DecodedStreamObject()
    text.set_data(b"BT /F1 12 Tf 10 10 Td (Hello) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(text)
    font = {NameObject("/Type"): NameObject("/Font"), NameObject("/BaseFont"): NameObject("/Helvetica")}
    fonts = DictionaryObject({NameObject("/F1"): DictionaryObject(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def test_what_is_not_tagged_is_found():
    numbers = {fault.partition(" ")[0] for fault in faults(untagged())}
    assert numbers >= {"01-001", "01-005", "06-001", "06-002", "07-001", "10-001", "11-006", "31-009"}


def test_a_picture_that_lost_its_words_is_found(client, anna, annas_plan):
    client.force_login(anna.user)
    writer = PdfWriter(clone_from=io.BytesIO(client.get("/plan/exercises.pdf").content))
    for kind, element, _inside in elements(writer._root_object):
        if kind == "Figure":
            del element["/Alt"]
        if kind == "H1":
            element[NameObject("/S")] = NameObject("/H3")
    kept = io.BytesIO()
    writer.write(kept)
    numbers = {fault.partition(" ")[0] for fault in faults(kept.getvalue())}
    assert numbers == {"13-004", "14-002", "14-003"}


def sizes_of(content: bytes) -> set[float]:
    """The sizes of type on its pages, in points."""
    found = set()

    def look(text, _cm, tm, _font, size):
        if text.strip():
            found.add(round(abs(tm[3]) * size, 1))

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=look)
    return found


def test_large_print_is_large(client, anna, annas_plan):
    client.force_login(anna.user)
    usual, large = (sizes_of(client.get(f"/plan/exercises.pdf{query}").content) for query in ("", "?large=1"))
    assert {12.0, 20.0} <= usual
    assert {18.0, 26.0} <= large
    assert 12.0 not in large


def test_the_print_page_has_the_code_and_no_condition(client, alice, anna, told):
    version, condition = told
    client.force_login(alice)
    page = client.get(f"/plans/{version.pk}/print/?large=1").content.decode()
    assert "<svg" in page and "pp-paper-large" in page and "Use the blue chair" in page
    assert condition.name not in page and "In spite of" not in page
    assert "style=" not in page
    client.force_login(anna.user)
    assert "Use the blue chair" in client.get("/plan/print/").content.decode()


def test_effort_rest_and_what_is_needed_reach_the_patient_everywhere(client, alice, anna, told):
    version, _condition = told
    rows = version.prescriptions.in_order().select_related("exercise_version")
    said, needs = (
        "Effort 3 of 10. Rest 45 seconds between sets.",
        [row for row in rows if row.exercise_version.equipment],
    )
    assert needs, "one of them needs something"
    client.force_login(alice)
    for page in ("preview", "print"):
        text = client.get(f"/plans/{version.pk}/{page}/").content.decode()
        assert said in text and "You need: " in text
    client.force_login(anna.user)
    assert said in client.get(f"/plan/{rows[0].pk}/").content.decode()
    assert "You need: " in client.get(f"/plan/{needs[0].pk}/").content.decode()


def test_a_draft_says_that_it_is_not_in_force(client, alice, anna):
    draft = plans.start(patient=anna, title="x", by=alice, at=NOON)
    client.force_login(alice)
    assert "not in force yet" in client.get(f"/plans/{draft.pk}/print/").content.decode()
    assert "not in force yet" in text_of(client.get(f"/plans/{draft.pk}/exercises.pdf"))


def test_without_a_plan_there_is_nothing_to_print(client, anna, charlie, annas_plan, ben):
    client.force_login(ben.user)
    assert client.get("/plan/print/").headers["Location"] == "/plan/"
    client.force_login(charlie)
    assert client.get(f"/plans/{annas_plan.pk}/exercises.pdf").status_code == 404


def pictures_of(content: bytes) -> list[str]:
    """The words that a screen reader has for each figure, in the order of the document."""
    found, waiting = [], [PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_every_exercise_has_a_picture_with_words(client, anna, annas_plan):
    client.force_login(anna.user)
    code, *said = pictures_of(client.get("/plan/exercises.pdf").content)
    rows = annas_plan.prescriptions.in_order().select_related("exercise_version")
    assert code.startswith("QR code")
    assert said == [row.exercise_version.drawn.alt for row in rows]


def test_without_a_figure_the_posture_is_drawn(client, anna, annas_plan, monkeypatch):
    monkeypatch.setattr(ExerciseVersion, "drawn", None)
    client.force_login(anna.user)
    _code, *said = pictures_of(client.get("/plan/exercises.pdf").content)
    rows = annas_plan.prescriptions.in_order().select_related("exercise_version")
    positions = [row.exercise_version.get_position_display() for row in rows]
    assert said == [f"Drawing of the position: {position}" for position in positions]


@pytest.mark.parametrize("position", ExerciseVersion.Position.values)
def test_a_drawing_stands_alone(position):
    drawn = figures.position_svg(position)
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "var(" not in drawn
    assert position == "standing" or drawn != figures.position_svg("standing")


@pytest.fixture
def photographed(settings, tmp_path, annas_plan):
    """A version whose first exercise has a picture of its own."""
    settings.MEDIA_ROOT = tmp_path
    row = annas_plan.prescriptions.in_order().select_related("exercise_version").first()
    name = storage.new_name("webp")
    made = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 30, 30)).save(made, "WEBP")
    storage.place(name).write_bytes(made.getvalue())
    media = Media(
        version=row.exercise_version, kind="picture", state="ready", file=name, thumbnail=name, width=80, height=60,
        content_type="image/webp", size_bytes=100, alt_text="A red mat", attribution="Mara Lens", licence="CC BY 4.0",
        uploaded_at=NOON, uploaded_by=annas_plan.activated_by,
    )  # fmt: skip
    with pgtrigger.ignore("exercises.Media:of_a_draft_only"):
        media.save()
    return annas_plan, media


def test_an_uploaded_picture_is_printed_with_whose_it_is(client, alice, photographed):
    version, _media = photographed
    client.force_login(alice)
    response = client.get(f"/plans/{version.pk}/exercises.pdf")
    assert "A red mat" in pictures_of(response.content)
    assert "Mara Lens, CC BY 4.0" in text_of(response)
    images = [image for page in PdfReader(io.BytesIO(response.content)).pages for image in page.images]
    assert len(images) == 1
    assert b"pdfuaid" in PdfReader(io.BytesIO(response.content)).trailer["/Root"]["/Metadata"].get_data()


def test_a_picture_whose_file_is_lost_is_drawn_instead(client, alice, photographed):
    version, media = photographed
    storage.place(media.thumbnail).unlink()
    client.force_login(alice)
    said = pictures_of(client.get(f"/plans/{version.pk}/exercises.pdf").content)
    assert "A red mat" not in said
    assert len(said) == 1 + version.prescriptions.count()
