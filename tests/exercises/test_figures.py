"""Drawn figures in the library: files, what a version keeps, the contact sheet, and the command that draws them."""

import gzip
import io
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from exercises.actions.figures import judge, keep_pose
from exercises.actions.refusals import Refused
from exercises.drawn import current_digest, drawn_of
from exercises.figures import files
from exercises.figures.files import digest_of
from exercises.figures.reading import raw
from exercises.management.commands import build_figures
from exercises.models import Exercise, FigurePose, FigureReview
from tests.cast import NOON
from tests.exercises.curation_cast import publish_next, published


@pytest.fixture(autouse=True)
def drawings(settings, tmp_path):
    settings.FIGURES_ROOT = tmp_path / "figures"
    return settings.FIGURES_ROOT


@pytest.fixture
def old_pose(db) -> str:
    """The digest of a pose that was kept by an earlier release and is not in this one."""
    data = raw("bridge") | {"name": "An older bridge"}
    FigurePose.objects.create(digest=digest_of(data), figure="bridge", data=data, kept_at=NOON)
    return digest_of(data)


def test_a_picture_is_drawn_when_it_is_first_asked_for(client, db, drawings, django_assert_num_queries):
    address = drawn_of("bridge").pair_dark
    with django_assert_num_queries(0):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ElementTree.fromstring(gzip.decompress(answer.content)).tag.endswith("svg")
    assert len(list(drawings.glob("*/*.svg.gz"))) == 2  # both themes
    assert client.get(address).content == gzip.decompress(answer.content)


@pytest.mark.parametrize(
    "name", ["nothing", "0123456789abcdef-pair-light", "0123456789abcdef-film-light", "0123456789abcdef-pair-pink"]
)
def test_there_is_no_other_picture(client, db, name):
    assert client.get(reverse("figure_file", kwargs={"mark": files.mark(), "name": name})).status_code == 404


def test_an_address_from_before_an_upgrade_is_not_kept(client, db):
    name = f"{current_digest('bridge')}-row-light"
    answer = client.get(reverse("figure_file", kwargs={"mark": "0000000000", "name": name}))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_version_keeps_the_figure_it_was_published_with(client, maren, ravi, old_pose, monkeypatch):
    exercise = published(maren, ravi, figure="bridge")
    version = exercise.current_version
    assert version.figure_digest == current_digest("bridge")
    assert FigurePose.objects.get(pk=version.figure_digest).data == raw("bridge")
    first = version.drawn.pair
    # A later release draws it anew: the old version stays as it is, the next one has the new figure.
    monkeypatch.setattr("exercises.drawn.library", lambda: {"bridge": old_pose})
    assert Exercise.objects.get(pk=exercise.pk).current_version.drawn.pair == first
    assert client.get(first).status_code == 200
    newer = publish_next(exercise, maren, ravi, cues=["Breathe.", "Go slowly."])
    assert newer.figure_digest == old_pose


def test_a_kept_pose_is_drawn_from_the_database(client, old_pose):
    assert old_pose not in files.library().values()
    assert client.get(drawn_of("bridge", old_pose).tile).status_code == 200
    assert drawn_of("bridge", old_pose).alt.startswith("Lying on the back")


def test_a_kept_pose_stays(old_pose):
    with pytest.raises(DatabaseError), transaction.atomic():
        FigurePose.objects.filter(pk=old_pose).update(figure="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        FigurePose.objects.filter(pk=old_pose).delete()


def test_an_exercise_without_a_figure_has_none(maren, ravi):
    version = published(maren, ravi, figure="no_such_figure").current_version
    assert version.drawn is None
    assert version.figure_digest == ""


def test_keeping_a_pose_twice_keeps_it_once(db):
    assert keep_pose(figure="bridge", at=NOON) == keep_pose(figure="bridge", at=NOON)
    assert FigurePose.objects.count() >= 1


def test_a_judgement_says_what_to_mend(maren):
    with pytest.raises(Refused):
        judge(figure="bridge", verdict="mend", note="  ", by=maren, at=NOON)
    with pytest.raises(Refused):
        judge(figure="no_such_figure", verdict="good", note="", by=maren, at=NOON)
    review = judge(figure="bridge", verdict="mend", note="The neck", by=maren, at=NOON)
    assert review.digest == current_digest("bridge")
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureReview.objects.create(
            figure="bridge", digest=review.digest, verdict="mend", reviewed_at=NOON, reviewed_by=maren
        )


def test_the_contact_sheet_filters_and_takes_judgements(client, cora):
    client.force_login(cora)
    page = client.get(reverse("figures"), {"q": "sit_to_stand".replace("_", " ")}).content.decode()
    assert "Nobody has looked at this drawing yet." in page
    assert drawn_of("sit_to_stand").pair in page
    answer = client.post(
        reverse("figure_review"), {"figure": "sit_to_stand", "verdict": "mend", "note": "Feet", "query": "show=mend"}
    )
    assert answer.headers["Location"] == f"{reverse('figures')}?show=mend#figure-sit_to_stand"
    page = client.get(reverse("figures"), {"show": "mend"}).content.decode()
    assert "Feet" in page
    assert page.count('<li id="figure-') == 1
    client.post(reverse("figure_review"), {"figure": "sit_to_stand", "verdict": "good"})
    assert '<li id="figure-' not in client.get(reverse("figures"), {"show": "mend"}).content.decode()
    assert client.post(reverse("figure_review"), {"figure": "x", "verdict": "good"}).status_code == 404


def test_a_judgement_without_words_changes_nothing(client, cora):
    client.force_login(cora)
    answer = client.post(reverse("figure_review"), {"figure": "bridge", "verdict": "mend"}, follow=True)
    assert "Say what has to be put right" in answer.content.decode()
    assert not FigureReview.objects.exists()


@pytest.fixture
def three(monkeypatch):
    """A library of three figures."""
    few = {figure: current_digest(figure) for figure in ("bridge", "bike", "walking")}
    monkeypatch.setattr(build_figures, "library", lambda: few)
    return few


def test_all_files_are_drawn_once(three, drawings):
    (drawings / "0123456789").mkdir(parents=True)
    first, second = io.StringIO(), io.StringIO()
    call_command("build_figures", "--library-only", "--processes=1", stdout=first)
    assert "3 figures drawn, 0 there" in first.getvalue()
    assert len(list((drawings / files.mark()).glob("*.svg.gz"))) == 3 * 8
    assert files.checked(drawings, three["bridge"]) == []
    assert not (drawings / "0123456789").exists(), "what an older release drew goes"
    call_command("build_figures", "--library-only", "--processes=1", stdout=second)
    assert "0 figures drawn, 3 there" in second.getvalue()


def test_what_old_versions_keep_is_drawn_too(three, old_pose, monkeypatch):
    asked: list[str] = []

    def note(self, todo, each_side, folder, processes):
        asked.extend(digest_of(data) for data in todo.values())
        return []

    monkeypatch.setattr(build_figures.Command, "_draw", note)
    call_command("build_figures", stdout=io.StringIO())
    assert {old_pose, three["bike"]} <= set(asked)
    assert len(asked) == len(set(asked))


def test_both_sides_are_drawn_where_an_exercise_is_done_on_each(monkeypatch, drawings):
    two = {figure: current_digest(figure) for figure in ("seated_knee_extension", "bridge")}
    monkeypatch.setattr(build_figures, "library", lambda: two)
    call_command("build_figures", "--library-only", "--processes=1", stdout=io.StringIO())
    folder = drawings / files.mark()
    for kind in ("pair_mirror", "move_mirror"):
        assert files.target(drawings, two["seated_knee_extension"], kind, "dark").exists()
        assert not files.target(drawings, two["bridge"], kind, "dark").exists()
    assert len(list(folder.glob("*.svg.gz"))) == 12 + 8
    assert files.missing(drawings, two["bridge"], sides=True)
    assert not files.missing(drawings, two["seated_knee_extension"], sides=True)


def test_each_side_has_its_picture_and_words(client, db):
    drawn = drawn_of("seated_knee_extension")
    assert drawn.right.pair == drawn.pair
    assert drawn.left.pair != drawn.pair
    assert drawn.left.tile == drawn.tile, "lists keep one picture"
    assert "matrix(-1 0 0 1 1600 0)" in client.get(drawn.left.pair).content.decode()
    assert drawn.right.alt == "The right side is shown. Sitting on a chair. The right knee straightens. Then back."
    assert drawn.left.alt == "The left side is shown. Sitting on a chair. The left knee straightens. Then back."


def test_words_come_in_the_language_of_the_reader(db):
    with override("es"):
        assert drawn_of("knee_rolls").alt.endswith(
            "Las dos rodillas caen a la derecha mientras los hombros se quedan. Y de vuelta."
        )
        assert "caen a la izquierda" in drawn_of("knee_rolls").left.alt
        assert "La rodilla derecha se estira." in drawn_of("seated_knee_extension").alt
    assert drawn_of("knee_rolls").alt.startswith("Lying on the back, knees bent. Both knees roll to the right")


def test_close_ups_show_a_left_hand(db):
    drawn = drawn_of("wrist_bend_over_edge")
    assert drawn.left.pair == drawn.pair
    assert drawn.right.pair != drawn.pair


def test_an_older_version_has_its_other_side_too(client, old_pose):
    kept = drawn_of("bridge", old_pose)
    assert client.get(kept.left.pair).status_code == 200
    assert old_pose in kept.left.move


def test_the_page_of_an_exercise_for_each_side_offers_both(client, alice):
    exercise = Exercise.objects.select_related("current_version").get(clinic=None, slug="seated-knee-extension")
    client.force_login(alice)
    page = client.get(reverse("exercise", args=[exercise.pk])).content.decode()
    drawn = exercise.current_version.drawn
    assert page.count('name="shown_side"') == 2
    assert page.index(f'alt="{drawn.right.alt}"') < page.index(f'alt="{drawn.left.alt}"')


def test_pages_show_the_figure_and_offer_the_movement(client, alice):
    exercise = Exercise.objects.select_related("current_version").get(clinic=None, slug="sit-to-stand")
    client.force_login(alice)
    page = client.get(reverse("exercise", args=[exercise.pk])).content.decode()
    drawn = exercise.current_version.drawn
    assert f'src="{drawn.pair}"' in page
    assert f'alt="{drawn.alt}"' in page
    assert "Show movement" in page
    assert page.index("<details") < page.index(drawn.move), "the movement waits for a tap"
    assert 'media="(prefers-reduced-motion: reduce)"' in page
    assert drawn.tile in client.get(reverse("library"), {"q": "sit to stand"}).content.decode()
