"""The pages of an import: upload, progress, report, decisions, apply. Curators of that library only."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exercises import import_report as report
from exercises.actions import import_applying, imports
from exercises.models import Exercise, ExerciseVersion, ImportBatch
from exercises.transfer import csv_file, own_json, stored
from exercises.transfer.comparing import whole
from tests.cast import NOON
from tests.exercises.curation_cast import WHOLE, make_curator, write

START = "/library/import/"


def row(name: str, **changes: Any) -> dict[str, Any]:
    return WHOLE | {"name": name} | changes


def batch_of(by, rows: list[Any], clinic=None) -> ImportBatch:
    return imports.start(
        clinic=clinic, file_name="pool.json", data=json.dumps(rows).encode(), format="", source="Us", licence="Ours",
        by=by, at=NOON,
    )  # fmt: skip


def send(client, data: bytes, name: str = "pool.json", **changes: str):
    given = {"source": "The pool group", "licence": "written by us", "format": ""} | changes
    return client.post(START, {"file": SimpleUploadedFile(name, data), **given})


def page_of(batch: ImportBatch, name: str = "import_report") -> str:
    return reverse(name, args=[batch.pk])


def test_a_file_goes_from_the_form_to_drafts(client, cleo):
    client.force_login(cleo)
    assert b"Export" in client.get(START).content
    sent = send(client, json.dumps([row("Lamp reach"), row("Moon walk", steps=[]), 3]).encode())
    batch = ImportBatch.objects.get()
    assert sent.headers["Location"] == page_of(batch)
    text = client.get(page_of(batch)).content.decode()
    assert "Nothing has been saved yet." in text and "3 of 3 rows checked" in text
    assert "1 row needs your decision" in text and "Nothing is given for: steps." in text
    assert 'name="row-2"' in text and "Apply 1 row" in text
    assert "Ready: 1, need nothing: 0, held back: 2" in text
    # Without scripts the choices of the page come with the button that applies.
    done = client.post(page_of(batch, "import_apply"), {"row-2": "new", "kind": "ask", "page": "1"}, follow=True)
    assert "2 rows applied as drafts" in done.content.decode()
    assert "Import: applied" in done.content.decode()
    drafts = ExerciseVersion.objects.filter(name__in=["Lamp reach", "Moon walk"], state="draft", author=cleo)
    assert {draft.source for draft in drafts} == {"The pool group"} and drafts.count() == 2


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "x.csv", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", "x.png", "This is no CSV, XLSX or JSON file."),
        (b"name,colour\nx,red\n", "x.csv", "The column “colour” is not known."),
        (b"[1,", "x.json", "look at line 1"),
    ],
)
def test_a_file_that_cannot_be_read_comes_back_with_the_reason(client, cleo, data, name, said):
    client.force_login(cleo)
    answer = send(client, data, name)
    assert answer.status_code == 422
    assert said in answer.content.decode() and "The pool group" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_what_is_missing_is_asked_for(client, cleo):
    client.force_login(cleo)
    text = client.post(START, {}).content.decode()
    for said in ("Choose a file.", "Say where the exercises come from.", "Say under which licence"):
        assert said in text
    too_long = send(client, b"[{}]", source="x" * 201)
    assert too_long.status_code == 422


def test_a_long_file_shows_how_far_it_is_and_then_the_report(client, cleo, monkeypatch):
    monkeypatch.setattr(imports, "ring_after_commit", lambda *_args: None)
    client.force_login(cleo)
    batch = batch_of(cleo, [row(f"Lamp {place}") for place in range(150)])
    imports.check(batch_id=batch.pk, at=NOON, most=100)
    text = client.get(page_of(batch)).content.decode()
    assert "100 of 150 rows checked" in text and "You can leave this page." in text
    assert '<noscript><meta http-equiv="refresh"' in text and 'hx-trigger="every 1s"' in text
    assert "Apply" not in re.sub(r'(?s)<ol class="pp-flow.*?</ol>', "", text)
    fragment = client.get(page_of(batch), headers={"HX-Request": "true"})
    assert fragment.content.decode().lstrip().startswith("<div") and b"100 of 150" in fragment.content
    imports.check(batch_id=batch.pk, at=NOON)
    done = client.get(page_of(batch), headers={"HX-Request": "true"})
    assert (done.content, done.headers["HX-Refresh"]) == (b"", "true")


@pytest.mark.parametrize(("seconds", "words"), [(1, "1 second so far"), (59, "59 seconds so far"), (150, "2 minutes")])
def test_how_long_it_has_taken(seconds, words):
    batch = ImportBatch(state="checking", started_at=NOON)
    assert report.so_long(batch, NOON + timedelta(seconds=seconds)).startswith(words)


def test_many_rows_are_applied_while_the_page_shows_how_far_it_is(client, cleo, monkeypatch):
    monkeypatch.setattr(import_applying, "ring_after_commit", lambda *_args: None)
    client.force_login(cleo)
    batch = batch_of(cleo, [row(f"Lamp {place} {place * 7919}") for place in range(120)])
    imports.check(batch_id=batch.pk, at=NOON)
    imports.decide_rest(batch=batch, kind="duplicate", decision="new", by=cleo, at=NOON)
    text = client.post(page_of(batch, "import_apply"), follow=True).content.decode()
    assert "Import: being applied" in text and "0 of 120 rows written" in text
    assert "All rows are saved together at the end, or none." in text and "Cancel the import" in text
    ImportBatch.objects.update(written=80)
    fragment = client.get(page_of(batch), headers={"HX-Request": "true"})
    assert b"80 of 120 rows written" in fragment.content
    import_applying.apply_asked(batch_id=batch.pk, at=NOON)
    done = client.get(page_of(batch), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    assert "Import: applied" in client.get(page_of(batch)).content.decode()
    # What the worker had to refuse stands on the page, and the import is open again.
    ImportBatch.objects.update(state="checked", applied_at=None, error="The library has changed.")
    text = client.get(page_of(batch)).content.decode()
    assert "The library has changed." in text and "Apply 120 rows" in text


def test_choices_are_kept_as_they_are_made(client, cleo):
    client.force_login(cleo)
    batch = batch_of(cleo, [row("Lamp reach"), row("Moon walk", steps=[]), row("Star turn", steps=[])])
    url = page_of(batch, "import_decide")
    changed = client.post(url, {"row-2": "new", "row-3": "", "kind": "ask"}, headers={"HX-Request": "true"})
    assert "Apply 2 rows" in changed.content.decode() and "Ready: 2," in changed.content.decode()
    plain = client.post(url, {"rest": "doubtful:out", "kind": "ask", "page": "1"})
    assert plain.headers["Location"] == f"{page_of(batch)}?kind=ask&page=1"
    batch.refresh_from_db()
    assert batch.decisions == {"2": "new", "3": "out"}
    wrong = client.post(url, {"row-2": "alias"}, follow=True)
    assert "That cannot be chosen for row 2" in wrong.content.decode()
    strange = client.post(url, {"rest": "nothing:else", "kind": "<b>", "page": "-1"}, follow=True)
    assert strange.status_code == 200


def test_every_kind_has_its_rows_and_the_counts_add_up(client, cleo):
    client.force_login(cleo)
    here = stored.to_export(None)[0]
    changed = {**stored.to_export(None)[1], "should_feel": "Something new."}
    batch = batch_of(cleo, [here, changed, row("Lamp reach"), row(here["name"]), row("Moon", steps=[]), {"name": ""}])
    text = client.get(page_of(batch)).content.decode()
    counts = [int(number) for number in re.findall(r'pp-kn">(\d+)<', text)]
    assert counts == [1, 1, 1, 2, 1, 1, 1], "new, changed, same, ask (duplicate, doubtful), refused"
    assert "6 rows. New: 1, changes: 1, the same: 1, need a decision: 2, cannot be read: 1" in text
    for kind, said in {
        "new": "Lamp reach", "changed": "Differs in: what it should feel like.", "same": "Nothing happens",
        "duplicate": "Has the name of <a", "doubtful": "Moon", "refused": "It has no name.",
    }.items():  # fmt: skip
        assert said in client.get(page_of(batch), {"kind": kind}).content.decode()


def test_names_from_a_file_are_text_and_never_markup(client, cleo):
    client.force_login(cleo)
    nasty = "<script>alert(1)</script>"
    write(cleo, name=f"Known {nasty}")
    batch = batch_of(
        cleo, [row(nasty, steps=[]), row(f"Known {nasty}s", also_known_as=[nasty]), {"name": nasty, "goal": nasty}]
    )
    batch.file_name = nasty
    batch.save()
    for kind in ("ask", "refused"):
        text = client.get(page_of(batch), {"kind": kind}).content.decode()
        assert nasty not in text and "&lt;script&gt;" in text


def test_the_report_asks_the_database_the_same_for_any_number_of_rows(client, cleo, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(cleo)
    few = batch_of(cleo, [row("Lamp reach")])
    many = batch_of(cleo, [row(f"Lamp {place}", steps=[]) for place in range(90)])
    client.get(page_of(few))
    with CaptureQueriesContext(connection) as seen:
        client.get(page_of(few))
    assert len(seen) <= 6
    with django_assert_num_queries(len(seen)):
        assert b"1 to 20 of 90" in client.get(page_of(many)).content


def test_the_whole_report_can_be_taken_along(client, cleo):
    client.force_login(cleo)
    batch = batch_of(cleo, [row("Lamp reach"), row("=HYPERLINK(1)", steps=[]), 3])
    answer = client.get(page_of(batch, "import_rows"))
    assert "attachment" in answer.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[0] for line in table[1:]] == ["1", "2", "3"]
    assert table[1][3] == "Import as a draft" and table[2][3] == "Not decided, stays out"
    assert table[2][1] == "'=HYPERLINK(1)" and table[3][5] == "This entry is not an exercise."


def test_cancelling_and_what_can_no_longer_be_done(client, cleo):
    client.force_login(cleo)
    batch = batch_of(cleo, [row("Lamp reach")])
    done = client.post(page_of(batch, "import_cancel"), follow=True)
    assert "Nothing was saved." in done.content.decode()
    for name in ("import_apply", "import_again", "import_cancel", "import_decide"):
        answer = client.post(page_of(batch, name), {"row-1": "out"}, follow=True)
        assert answer.status_code == 200
        assert "Look at it again." in answer.content.decode() or "finished already" in answer.content.decode()
    text = client.get(page_of(batch)).content.decode()
    assert "Import: cancelled" in text and "<select" not in text
    assert not Exercise.objects.filter(slug="lamp-reach").exists()


def test_a_library_that_changed_under_the_check_can_be_checked_again(client, cleo):
    client.force_login(cleo)
    first, second = batch_of(cleo, [row("Lamp reach")]), batch_of(cleo, [row("Lamp reach")])
    client.post(page_of(first, "import_apply"))
    refused = client.post(page_of(second, "import_apply"), follow=True).content.decode()
    assert "The library has changed since this file was checked: Lamp reach." in refused and "Check again" in refused
    assert "1 row is the same as now" in client.post(page_of(second, "import_again"), follow=True).content.decode()


@pytest.mark.parametrize("format", ["csv", "xlsx", "own-json"])
def test_an_export_is_a_file_that_comes_back_the_same(client, cleo, format):
    client.force_login(cleo)
    answer = client.get(reverse("library_export"), {"library": "shared", "format": format})
    assert re.search(r'attachment; filename="painplan-shared-library\.(csv|xlsx|json)"', answer["Content-Disposition"])
    batch = imports.start(
        clinic=None, file_name="x", data=answer.content, format=format, source="x", licence="y", by=cleo, at=NOON
    )
    imports.check(batch_id=batch.pk, at=NOON)
    batch.refresh_from_db()
    assert {each["kind"] for each in batch.report} == {"same"} and batch.total == Exercise.objects.count()


def test_an_export_of_something_unknown_goes_back_to_the_form(client, cleo):
    client.force_login(cleo)
    for query in ({}, {"format": "pdf"}, {"format": "csv", "library": "nobody"}):
        assert client.get(reverse("library_export"), query).headers["Location"] == START


def test_each_curator_has_their_own_libraries(client, cora, harbour, cleo):
    client.force_login(cora)
    text = client.get(START).content.decode()
    assert "The shared library" not in text and f'value="{harbour.pk}"' in text
    assert send(client, json.dumps([row("Lamp reach")]).encode(), library="shared").status_code == 422
    send(client, json.dumps([row("Lamp reach")]).encode())
    assert ImportBatch.objects.get().clinic == harbour
    both = make_curator("Both Curator", harbour)
    client.force_login(both)
    text = client.get(START).content.decode()
    assert "The shared library" in text and "Harbour Clinic" in text


def test_strangers_find_nothing(client, cleo, cora, harbour, hill, alice, lena, anna):
    shared, own = batch_of(cleo, [row("Lamp reach")]), batch_of(cora, [row("Lamp reach")], clinic=harbour)
    elsewhere = make_curator("Hill Curator", hill, shared=False)
    names = ["import_report", "import_decide", "import_apply", "import_again", "import_cancel", "import_rows"]
    for person, batches in [
        (alice, [shared, own]), (lena, [shared, own]), (anna.user, [shared, own]), (elsewhere, [shared, own]),
        (cora, [shared]), (cleo, [own]),
    ]:  # fmt: skip
        client.force_login(person)
        for batch in batches:
            for name in names:
                method = client.get if name in ("import_report", "import_rows") else client.post
                assert method(page_of(batch, name)).status_code == 404, (person, name)
    for person in (alice, lena, anna.user):
        client.force_login(person)
        for url in (START, reverse("library_export"), reverse("duplicates")):
            assert client.get(url).status_code == 404
    client.logout()
    assert client.get(START).status_code == 302
    own.refresh_from_db()
    assert own.state == "checked"


def test_a_spreadsheet_with_our_columns_is_read(client, cleo):
    client.force_login(cleo)
    send(client, csv_file.write([whole(row("Lamp reach"))]), "list.csv")
    batch = ImportBatch.objects.get()
    assert (batch.format, [each["kind"] for each in batch.report]) == ("csv", ["new"])
    send(client, own_json.write([whole(row("Moon walk"))]), "list.txt")
    assert ImportBatch.objects.latest("started_at").format == "own-json"
