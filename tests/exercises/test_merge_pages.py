"""The pages of likely duplicates: the list, two side by side, and what a curator decides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.models import Exercise, Merge, NotDuplicate
from tests.exercises.curation_cast import make_curator, published, write


@pytest.fixture
def pair(cleo) -> tuple[Exercise, Exercise]:
    dana = make_curator("Dana Curator")
    kept = published(cleo, dana, name="Lamp reach", steps=["Reach.", "Wait.", "Let go."])
    return kept, published(cleo, dana, name="Lamp reaches", goal="strength")


def url(name: str, pair) -> str:
    return reverse(name, args=[pair[0].pk, pair[1].pk])


def test_the_list_names_both_and_leads_to_the_comparison(client, cleo, pair):
    client.force_login(cleo)
    text = client.get(reverse("duplicates")).content.decode()
    assert "Lamp reach" in text and "Lamp reaches" in text
    assert url("duplicates_compare", pair) in text or url("duplicates_compare", pair[::-1]) in text
    only = client.get(reverse("duplicates"), {"goal": "breathing"}).content.decode()
    assert "Lamp reach" not in only
    assert client.get(reverse("duplicates"), {"goal": "<b>", "library": "x", "page": "z"}).status_code == 200


def test_side_by_side_marks_what_differs(client, cleo, pair):
    client.force_login(cleo)
    text = client.get(url("duplicates_compare", pair)).content.decode()
    assert "% alike" in text and text.count("Keep this one") == 2
    rows = text.split("<tr")
    marked = {
        label
        for label in ("Goal", "Steps", "Position", "Cautions")
        for row in rows
        if f">{label}" in row and "is-other" in row
    }
    assert marked == {"Goal", "Steps"}


def test_merging_asks_which_is_kept_and_can_be_undone(client, cleo, pair):
    client.force_login(cleo)
    asked = client.post(url("duplicates_merge", pair), follow=True)
    assert "Choose which of the two is kept." in asked.content.decode() and not Merge.objects.exists()
    assert client.post(url("duplicates_merge", pair), {"keep": "nonsense"}).status_code == 302
    done = client.post(url("duplicates_merge", pair), {"keep": str(pair[1].pk)}, follow=True).content.decode()
    merge = Merge.objects.get()
    assert (merge.kept, merge.merged) == (pair[1], pair[0])
    assert "Merged into “Lamp reaches”" in done and reverse("merge_undo", args=[merge.pk]) in done
    assert "<b>Lamp reach</b> into <b>Lamp reaches</b>" in done, "drafts are named by their names too"
    again = client.post(url("duplicates_merge", pair), {"keep": str(pair[0].pk)}, follow=True)
    assert "retired already" in again.content.decode()
    undone = client.post(reverse("merge_undo", args=[merge.pk]), follow=True).content.decode()
    assert "Merge undone" in undone
    assert Exercise.objects.get(pk=pair[0].pk).retired_at is None
    assert "undone already" in client.post(reverse("merge_undo", args=[merge.pk]), follow=True).content.decode()


def test_two_that_are_different_are_not_suggested_again(client, cleo, pair):
    client.force_login(cleo)
    text = client.post(url("duplicates_apart", pair), follow=True).content.decode()
    assert "Kept as two." in text and "Lamp reaches" not in text
    assert NotDuplicate.objects.get().by == cleo
    same = client.post(reverse("duplicates_apart", args=[pair[0].pk, pair[0].pk]), follow=True)
    assert "two different" in same.content.decode()


def test_the_list_asks_the_database_the_same_for_any_number_of_pairs(client, cleo, pair):
    client.force_login(cleo)
    client.get(reverse("duplicates"))
    counts = []
    for letters in ("abcde", "fghij"):
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("duplicates"))
        counts.append(len(seen))
        for letter in letters:
            write(cleo, name=f"Moon walk {letter}")
    assert counts[0] == counts[1] <= 20
    with CaptureQueriesContext(connection) as seen:
        client.get(url("duplicates_compare", pair))
    assert len(seen) <= 24


def test_strangers_find_nothing(client, cleo, cora, harbour, hill, alice, lena, anna, pair):
    own = write(cora, clinic=harbour, name="Harbour lamp").exercise
    client.force_login(cleo)
    client.post(url("duplicates_merge", pair), {"keep": str(pair[0].pk)})
    merge = Merge.objects.get()
    elsewhere = make_curator("Hill Curator", hill, shared=False)
    pairs = {"shared": pair, "own": (own, pair[0]), "missing": (pair[0], Exercise(slug="x"))}
    for person, forbidden in [
        (alice, pairs), (lena, pairs), (anna.user, pairs), (elsewhere, pairs), (cora, ["shared", "missing"]),
        (cleo, ["own", "missing"]),
    ]:  # fmt: skip
        client.force_login(person)
        for which in forbidden:
            assert client.get(url("duplicates_compare", pairs[which])).status_code == 404, (person, which)
            for name in ("duplicates_merge", "duplicates_apart"):
                assert client.post(url(name, pairs[which]), {"keep": str(pairs[which][0].pk)}).status_code == 404
        if person != cleo:
            assert client.post(reverse("merge_undo", args=[merge.pk])).status_code == 404
    assert Merge.objects.count() == 1 and not NotDuplicate.objects.exists()
    client.force_login(cora)
    assert client.get(url("duplicates_compare", pairs["own"])).status_code == 200


def test_a_clinic_never_reads_the_drafts_of_the_shared_library(client, cleo, cora, harbour):
    own = write(cora, clinic=harbour, name="Harbour lamp").exercise
    draft = write(cleo, name="Harbour lamps").exercise
    client.force_login(cora)
    assert client.get(url("duplicates_compare", (own, draft))).status_code == 404
    assert "Harbour lamps" not in client.get(reverse("duplicates")).content.decode()
