"""The curator's page about pictures and videos, and the files as they are served."""

from unittest.mock import patch
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Membership
from exercises.actions import media_preparing as preparing
from exercises.models import Media
from exercises.uploads import receiving
from plans.actions import plans
from plans.models import PlanVersion
from tests.cast import LONG_AGO, NOON, make_active_plan, make_member
from tests.exercises.hostile_files import CAMERA, SVG, exif, jpeg
from tests.exercises.hostile_videos import mp4, webm
from tests.exercises.media_rows import NAME, WORDS, add, files, make_draft, publish, upload

GIVEN = {"alt_text": "A person stands up.", "attribution": "Cora", "licence": "CC BY 4.0", "captions": ""}
TIMED = "WEBVTT\n\n00:00.000 --> 00:02.000\nStand up slowly.\n"


@pytest.fixture(autouse=True)
def quiet_bell():
    with patch("exercises.actions.bell.ring"):
        yield


@pytest.fixture
def store(cora, django_capture_on_commit_callbacks):
    """Add a file and bring it to ready."""

    def keep(version, data, words=WORDS):
        with django_capture_on_commit_callbacks(execute=True):
            media = add(version, data, cora, words)
        preparing.prepare(media_id=media.pk, at=NOON)
        media.refresh_from_db()
        return media

    return keep


@pytest.fixture
def carl(harbour):
    return make_member("Carl Curator", harbour, "curator")


def page(version):
    return reverse("exercise_media", args=[version.exercise_id])


# The curator's page.


def test_a_picture_is_uploaded(client, cora, draft, media_folder, tmp_path, django_capture_on_commit_callbacks):
    client.force_login(cora)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page(draft), {**GIVEN, "file": upload(jpeg(exif=exif()))})
    assert (answer.status_code, answer["Location"]) == (302, page(draft))
    media = Media.objects.get()
    shown = client.get(page(draft)).content.decode()
    assert "A person stands up." in shown and "Made by Cora, CC BY 4.0" in shown
    assert "The small picture is being made" in shown and reverse("media_state", args=[media.pk]) in shown
    assert files(media_folder) == {media.file} and files(tmp_path / "arriving") == set()
    assert CAMERA not in (media_folder / media.file).read_bytes()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alt_text": ""}, "Say what can be seen"),
        ({"attribution": ""}, "Say who made it"),
        ({"licence": ""}, "Choose why it may be shown"),
        ({"licence": "Found it"}, "Select a valid choice"),
        ({"file": None}, "Choose a picture or a video"),
        ({"file": b""}, "This file is empty"),
        ({"file": SVG.encode()}, "SVG drawings are not taken"),
        ({"captions": "WEBVTT\n\n00:01 --> 00:02\nHello"}, "The time in line 3 cannot be read"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, cora, draft, media_folder, tmp_path, given, words):
    client.force_login(cora)
    sent = {**GIVEN, "file": jpeg(), **given}
    sent["file"] = upload(sent["file"]) if sent["file"] is not None else ""
    answer = client.post(page(draft), sent)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown
    assert ("Choose the file again" in shown) == ("file" not in given)
    if "alt_text" not in given:
        assert "A person stands up." in shown
    assert "onerror" not in shown
    assert not Media.objects.exists()
    assert files(media_folder.parent) == set() and files(tmp_path / "arriving") == set()


def test_a_request_that_is_too_large_is_stopped_while_it_arrives(client, cora, draft, tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "REQUEST_FILE_BYTES", 3_000_000)
    client.force_login(cora)
    answer = client.post(page(draft), {**GIVEN, "file": upload(bytes(9_000_000))})
    assert answer.status_code == 422
    assert "larger than 60 MB" in answer.content.decode() and "A person stands up." in answer.content.decode()
    assert files(tmp_path / "arriving") == set()


def test_nobody_fills_the_disk_through_another_page(db, client, tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "REQUEST_FILE_BYTES", 3_000_000)
    answer = client.post(
        reverse("account_login"), {"login": "a", "a": upload(bytes(2_900_000)), "b": upload(bytes(2_900_000))}
    )
    assert answer.status_code in (200, 403)
    assert answer.wsgi_request.files_too_large
    assert files(tmp_path / "arriving") == set()


def test_the_words_are_changed(client, cora, draft, store):
    media = store(draft, mp4())
    client.force_login(cora)
    url = reverse("media_edit", args=[media.pk])
    assert WORDS.alt_text in client.get(url).content.decode()
    assert client.post(url, {**GIVEN, "alt_text": ""}).status_code == 422
    assert client.post(url, {**GIVEN, "captions": TIMED}).status_code == 302
    media.refresh_from_db()
    assert media.alt_text == "A person stands up." and media.has_timed_captions


def test_items_move_and_go(client, cora, draft, store, media_folder, django_capture_on_commit_callbacks):
    first, second = store(draft, mp4()), store(draft, jpeg())
    client.force_login(cora)
    client.post(reverse("media_move", args=[second.pk]), {"to": "up"})
    assert list(draft.media.all()) == [second, first]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("media_remove", args=[second.pk])).status_code == 302
    assert list(draft.media.all()) == [first] and files(media_folder) == {first.file}


def test_a_failed_item_says_why_and_is_tried_again(client, cora, draft, store):
    media = store(draft, jpeg())
    Media.objects.filter(pk=media.pk).update(state="failed", error="slow", thumbnail="")
    client.force_login(cora)
    assert "This file took too long to read" in client.get(page(draft)).content.decode()
    assert client.post(reverse("media_again", args=[media.pk])).status_code == 302
    assert Media.objects.get().state == "waiting"


def test_the_state_fragment_stops_asking(client, cora, draft, store):
    media = store(draft, jpeg())
    client.force_login(cora)
    done = client.get(reverse("media_state", args=[media.pk])).content.decode()
    assert "hx-get" not in done and reverse("media_thumbnail", args=[media.pk]) in done
    Media.objects.filter(pk=media.pk).update(state="waiting")
    assert "hx-get" in client.get(reverse("media_state", args=[media.pk])).content.decode()


def test_a_published_version_is_looked_at_only(client, cora, carl, draft, store):
    media = store(draft, jpeg())
    publish(draft, carl)
    client.force_login(cora)
    shown = client.get(page(draft)).content.decode()
    assert "This version cannot be changed" in shown and 'type="file"' not in shown
    answer = client.post(page(draft), {**GIVEN, "file": upload(jpeg())})
    assert answer.status_code == 422
    client.post(reverse("media_remove", args=[media.pk]))
    assert client.post(reverse("media_edit", args=[media.pk]), GIVEN).status_code == 422
    assert Media.objects.get().alt_text == WORDS.alt_text


def test_other_curators_and_the_shared_library_are_closed(client, hill, cora, draft, store):
    media = store(draft, jpeg())
    shared = make_draft(None, cora, "shared-stand")
    client.force_login(cora)
    assert client.get(page(shared)).status_code == 404
    client.force_login(make_member("Hanna Hill", hill, "curator"))
    names = ("media_edit", "media_move", "media_remove", "media_again", "media_state", "media_file", "media_thumbnail")
    for url in [page(draft), *(reverse(name, args=[media.pk]) for name in names)]:
        assert client.get(url).status_code in (404, 405)
        assert client.post(url, GIVEN).status_code in (404, 405)
    assert Media.objects.filter(pk=media.pk, alt_text=WORDS.alt_text).exists()


# The files.


def test_a_draft_is_seen_by_those_who_write_it_and_a_version_by_all_staff(
    client, cora, carl, alice, charlie, anna, draft, store
):
    media = store(draft, jpeg())
    url = reverse("media_file", args=[media.pk])

    def seen() -> list[int]:
        found = []
        for user in (cora, carl, alice, charlie, anna.user):
            client.force_login(user)
            found.append(client.get(url).status_code)
        client.logout()
        return [*found, client.get(url).status_code]

    assert seen() == [200, 200, 404, 404, 404, 302]
    publish(draft, carl)
    assert seen() == [200, 200, 200, 404, 404, 302]


@pytest.mark.parametrize("make", [jpeg, mp4, webm])
def test_headers(client, cora, carl, draft, store, make):
    media = store(draft, make())
    client.force_login(cora)
    url = reverse("media_file", args=[media.pk])
    answer = client.get(url)
    assert answer["Content-Type"] == media.content_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"] == f'inline; filename="{media.kind}.{media.file[33:]}"'
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert int(answer["Content-Length"]) == media.size_bytes == len(answer.getvalue())
    publish(draft, carl)
    assert client.get(url)["Cache-Control"] == "private, max-age=31536000, immutable"
    head = client.head(url)
    assert head["Content-Length"] == str(media.size_bytes) and head.getvalue() == b""
    known = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert known.status_code == 304 and known.getvalue() == b""
    assert NAME not in str(answer.headers)


def test_a_thumbnail_is_there_for_pictures_only(client, cora, draft, store):
    client.force_login(cora)
    picture, video = store(draft, jpeg()), store(draft, webm())
    assert client.get(reverse("media_thumbnail", args=[picture.pk]))["Content-Type"] == "image/webp"
    assert client.get(reverse("media_thumbnail", args=[video.pk])).status_code == 404


def test_a_lost_file_is_not_there(client, cora, draft, store, media_folder):
    media = store(draft, webm())
    (media_folder / media.file).unlink()
    client.force_login(cora)
    assert client.get(reverse("media_file", args=[media.pk])).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=-999999", 206, 0, None),
        ("bytes=0-999999", 206, 0, None),
        ("bytes=1-1", 206, 1, 2),
        ("bytes=999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=5-1", 200, 0, None),
        ("bytes=0-1,5-9", 200, 0, None),
        ("bytes=a-b", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("lines=0-1", 200, 0, None),
        ("bytes=0-" + "9" * 5000, 200, 0, None),
        ("bytes=٠-٩", 200, 0, None),
    ],
)
def test_ranges(client, cora, draft, store, media_folder, asked, status, start, end):
    media = store(draft, mp4())
    whole = (media_folder / media.file).read_bytes()
    client.force_login(cora)
    answer = client.get(reverse("media_file", args=[media.pk]), headers={"Range": asked})
    body = answer.getvalue()
    assert (answer.status_code, body) == (status, whole[start:end])
    assert answer["Content-Length"] == str(len(body)) and answer["Accept-Ranges"] == "bytes"
    if status == 206:
        first = whole.index(body) if start not in (0, 1) else start
        assert answer["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(whole)}"
    elif status == 416:
        assert answer["Content-Range"] == f"bytes */{len(whole)}"
    else:
        assert "Content-Range" not in answer


def test_a_range_of_another_file_is_answered_with_the_whole(client, cora, draft, store):
    media = store(draft, mp4())
    client.force_login(cora)
    url = reverse("media_file", args=[media.pk])
    tag = client.get(url)["ETag"]
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206


def test_captions_are_text_for_the_player(client, cora, draft, store):
    from dataclasses import replace

    timed, plain = store(draft, mp4(), replace(WORDS, captions=TIMED)), store(draft, mp4())
    client.force_login(cora)
    answer = client.get(reverse("media_captions", args=[timed.pk]))
    assert answer["Content-Type"] == "text/vtt; charset=utf-8" and answer.content.decode() == TIMED
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(reverse("media_captions", args=[plain.pk])).status_code == 404


# The patient.


@pytest.fixture
def planned(anna, alice, carl, draft, store):
    """The exercise with a picture and a video stands in Anna's plan; its prescription."""
    items = [store(draft, jpeg()), store(draft, mp4())]
    publish(draft, carl)
    version = make_active_plan(anna, alice)
    revised = plans.revise(plan=version.plan, by=alice, at=NOON)
    plans.add_exercise(version=revised, exercise_version=draft, section="main", lock=revised.lock, by=alice, at=NOON)
    lock = PlanVersion.objects.get(pk=revised.pk).lock
    plans.set_weekdays(version=revised, weekdays=[1, 3], lock=lock, by=alice, at=NOON)
    active = plans.activate(version=revised, lock=lock + 1, why="A picture helps", by=alice, at=NOON)
    return active.prescriptions.get(exercise_version=draft), items


def test_a_patient_sees_what_stands_in_their_plan_and_nothing_else(client, planned, anna, ben, carl, cora, store):
    prescription, (picture, video) = planned
    other = make_draft(None, cora, "another-stand")
    hidden = store(other, jpeg())
    publish(other, carl)
    client.force_login(anna.user)
    shown = client.get(reverse("plan_exercise", args=[prescription.pk])).content.decode()
    for media in (picture, video):
        url = reverse("plan_media", args=[prescription.pk, media.pk])
        assert url in shown
        answer = client.get(url)
        assert answer.status_code == 200 and answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert client.get(reverse("media_file", args=[media.pk])).status_code == 404
    assert WORDS.alt_text in shown and "Cora Curator" in shown
    assert client.get(reverse("plan_media", args=[prescription.pk, hidden.pk])).status_code == 404
    assert client.get(reverse("plan_media", args=[prescription.pk, uuid4()])).status_code == 404
    assert client.get(reverse("plan_media_captions", args=[prescription.pk, video.pk])).status_code == 404
    for stranger in (ben.user, cora):
        client.force_login(stranger)
        assert client.get(reverse("plan_media", args=[prescription.pk, picture.pk])).status_code == 404


def test_staff_see_it_on_the_page_of_the_exercise(client, alice, planned, draft):
    client.force_login(alice)
    shown = client.get(reverse("exercise", args=[draft.exercise_id])).content.decode()
    for media in planned[1]:
        assert reverse("media_file", args=[media.pk]) in shown


@pytest.mark.parametrize("pictured", [True, False])
def test_a_picture_is_shown_instead_of_the_figure(client, alice, carl, draft, store, pictured):
    type(draft).objects.filter(pk=draft.pk).update(figure="bridge")
    draft.refresh_from_db()
    if pictured:
        store(draft, jpeg())
    publish(draft, carl)
    client.force_login(alice)
    shown = client.get(reverse("exercise", args=[draft.exercise_id])).content.decode()
    assert ("pp-figure" in shown) is not pictured
    assert ("pp-media-shown" in shown) is pictured


def test_a_curator_who_left_is_out(client, cora, draft, store):
    media = store(draft, jpeg())
    client.force_login(cora)
    Membership.objects.filter(user=cora).update(valid_until=LONG_AGO.replace(year=2026, month=2))
    assert client.get(reverse("media_file", args=[media.pk])).status_code == 404
