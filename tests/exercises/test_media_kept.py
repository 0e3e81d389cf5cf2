"""Pictures and videos of a version: their words and places, who may change them, when their files go."""

import pytest
from django.db import IntegrityError, transaction

from exercises.actions import media as actions
from exercises.actions.media import Words
from exercises.actions.refusals import Refused
from exercises.models import Media
from exercises.uploads import limits
from tests.cast import NOON, make_member
from tests.exercises.hostile_videos import webm
from tests.exercises.media_rows import WORDS, add, files, publish


def test_a_version_has_room_for_eight(draft, cora, media_folder, committing):
    with committing():
        for _ in range(limits.ITEMS_A_VERSION):
            add(draft, webm(), cora)
    with pytest.raises(Refused, match="room for 8"):
        add(draft, webm(), cora)
    assert len(files(media_folder)) == 8
    assert [media.position for media in draft.media.all()] == list(range(8))


def test_items_change_places(draft, cora, committing):
    with committing():
        first, second, third = (add(draft, webm(), cora) for _ in range(3))
        actions.move_media(media=third, down=False, by=cora, at=NOON)
        actions.move_media(media=first, down=False, by=cora, at=NOON)
        assert list(draft.media.all()) == [first, third, second]
        actions.move_media(media=first, down=True, by=cora, at=NOON)
    assert list(draft.media.all()) == [third, first, second]


def test_words_change_and_are_written_down(draft, cora, committing):
    with committing():
        media = add(draft, webm(), cora)
        actions.change_words(media=media, words=Words("Other words.", "Cora", "CC0 1.0", "Hello"), by=cora, at=NOON)
        actions.change_words(media=media, words=Words("Other words.", "Cora", "CC0 1.0", "Hello"), by=cora, at=NOON)
    media.refresh_from_db()
    assert (media.alt_text, media.captions) == ("Other words.", "Hello")
    assert sorted(draft.exercise.events.values_list("verb", flat=True)) == ["media_added", "media_described"]


def test_who_changes_the_media_answers_for_the_draft(draft, harbour, cora, committing):
    carl = make_member("Carl Curator", harbour, "curator")
    with committing():
        add(draft, webm(), carl)
    draft.refresh_from_db()
    assert (draft.author, draft.saved_at) == (carl, NOON)
    assert draft.exercise.events.filter(verb="taken over", by=carl).exists()


def test_media_of_a_published_version_stay(ready, draft, harbour, cora, media_folder):
    publish(draft, make_member("Carl Curator", harbour, "curator"))
    for change in (
        lambda: add(draft, webm(), cora),
        lambda: actions.remove_media(media=ready, by=cora, at=NOON),
        lambda: actions.move_media(media=ready, down=True, by=cora, at=NOON),
        lambda: actions.change_words(media=ready, words=Words("A", "B", "C"), by=cora, at=NOON),
    ):
        with pytest.raises(Refused, match="draft only"):
            change()
    ready.refresh_from_db()
    assert ready.alt_text == WORDS.alt_text
    assert files(media_folder) == {ready.file, ready.thumbnail}


def test_the_database_itself_keeps_them(ready, draft, harbour, cora):
    publish(draft, make_member("Carl Curator", harbour, "curator"))
    values = {"version": draft, "kind": "video", "file": "x", "content_type": "video/mp4", "size_bytes": 1}
    values |= {"alt_text": "a", "attribution": "b", "licence": "c", "uploaded_at": NOON, "uploaded_by": cora}
    for change in (
        lambda: Media.objects.filter(pk=ready.pk).update(alt_text="other"),
        lambda: Media.objects.filter(pk=ready.pk).delete(),
        lambda: Media.objects.create(**values),
    ):
        with pytest.raises(IntegrityError, match="published"), transaction.atomic():
            change()
    Media.objects.filter(pk=ready.pk).update(state="failed", error="missing")


@pytest.mark.parametrize(
    "change",
    [{"state": "ready", "thumbnail": ""}, {"state": "failed", "error": ""}, {"state": "ready", "error": "slow"},
     {"state": "odd"}, {"alt_text": ""}, {"attribution": ""}, {"licence": ""}, {"kind": "sound"}],
)  # fmt: skip
def test_states_and_words_that_cannot_be(ready, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Media.objects.filter(pk=ready.pk).update(**change)


def test_the_next_version_shares_the_files(ready, draft, harbour, cora, media_folder, committing):
    publish(draft, make_member("Carl Curator", harbour, "curator"))
    following = draft.exercise.versions.create(number=2, name="Chair stand", author=cora)
    assert actions.copy_media(from_version=draft, to_version=following) == 1
    copy = following.media.get()
    assert (copy.file, copy.thumbnail, copy.state, copy.alt_text) == (
        ready.file, ready.thumbnail, "ready", ready.alt_text,
    )  # fmt: skip
    assert copy.pk != ready.pk
    with committing():
        actions.remove_media(media=copy, by=cora, at=NOON)
    assert files(media_folder) == {ready.file, ready.thumbnail}
    assert not following.media.exists() and draft.media.exists()


def test_a_file_goes_with_its_last_row(ready, cora, media_folder, committing):
    with committing():
        actions.remove_media(media=ready, by=cora, at=NOON)
    assert files(media_folder) == set()
    with pytest.raises(Refused, match="Somebody else removed"):
        actions.remove_media(media=ready, by=cora, at=NOON)


def test_a_draft_thrown_away_takes_its_files_along(ready, draft, media_folder, committing):
    with committing():
        assert actions.drop_media(version=draft) == 1
    draft.delete()
    assert files(media_folder) == set()
