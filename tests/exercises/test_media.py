"""Pictures and videos as they are kept: what stays, what goes, who may change them, and what is left when it fails."""

import io
import os
import stat
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from PIL import Image, ImageCms

from exercises.actions import media as actions
from exercises.actions import media_preparing as preparing
from exercises.actions.media import Words
from exercises.actions.refusals import Refused
from exercises.models import Media
from exercises.uploads import limits, storage
from exercises.uploads.faults import Fault
from tests.cast import NOON, make_member
from tests.exercises.hostile_files import CAMERA, PLACE, encoded, exif, jpeg, photo, png, webp
from tests.exercises.hostile_videos import TURNED, mp4, read_boxes, udta, webm
from tests.exercises.media_rows import WORDS, add, files, make_draft, publish


@pytest.fixture
def draft(harbour, cora):
    return make_draft(harbour, cora)


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    with patch("exercises.actions.bell.ring"):
        yield lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def ready(draft, cora, committing):
    """A picture that went the whole way."""
    with committing():
        media = add(draft, jpeg(), cora)
    preparing.prepare(media_id=media.pk, at=NOON)
    media.refresh_from_db()
    return media


def opened(folder, name) -> Image.Image:
    return Image.open(folder / name)


@pytest.mark.parametrize(
    ("make", "kind", "content_type", "size"),
    [
        (jpeg, "picture", "image/webp", (640, 480)),
        (png, "picture", "image/webp", (640, 480)),
        (webp, "picture", "image/webp", (640, 480)),
        (lambda: encoded(photo(), "JPEG", progressive=True), "picture", "image/webp", (640, 480)),
        (lambda: encoded(photo().quantize(16), "PNG"), "picture", "image/webp", (640, 480)),
        (lambda: encoded(photo((4000, 3000)), "JPEG"), "picture", "image/webp", (1600, 1200)),
        (lambda: encoded(photo((1000, 4000)), "PNG"), "picture", "image/webp", (400, 1600)),
        (mp4, "video", "video/mp4", (320, 240)),
        (lambda: mp4(matrix=TURNED), "video", "video/mp4", (240, 320)),
        (webm, "video", "video/webm", (320, 240)),
        (lambda: webm(opened=True), "video", "video/webm", (320, 240)),
    ],
)
def test_good_files_are_kept(draft, cora, media_folder, committing, make, kind, content_type, size):
    with committing():
        media = add(draft, make(), cora)
    assert (media.kind, media.content_type, (media.width, media.height)) == (kind, content_type, size)
    assert media.size_bytes == (media_folder / media.file).stat().st_size
    assert media.state == "waiting"
    if kind == "picture":
        with opened(media_folder, media.file) as kept:
            assert (kept.format, kept.size) == ("WEBP", size)
            red, _green, blue = kept.convert("RGB").getpixel((size[0] // 3, size[1] - 20))
            assert red > 150 > blue


def test_nobody_else_can_read_the_files(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, jpeg(), cora)
    assert stat.S_IMODE((media_folder / media.file).stat().st_mode) == 0o600
    assert stat.S_IMODE(media_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((media_folder / storage.INCOMING).stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_camera_place_and_profile_are_gone(draft, cora, media_folder, committing, kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(photo(), kind, exif=exif(), icc_profile=profile, xmp=b"<x:xmpmeta>" + PLACE)
    assert CAMERA in data and b"ICC" in data.upper()
    with committing():
        media = add(draft, data, cora)
    kept = (media_folder / media.file).read_bytes()
    for word in (b"EXIF", b"Exif", b"XMP", b"ICCP", b"GPS", CAMERA, PLACE, b"xmpmeta", b"acsp"):
        assert word not in kept
    with opened(media_folder, media.file) as picture:
        assert not picture.getexif() and "icc_profile" not in picture.info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(draft, cora, media_folder, committing, orientation):
    """The blue corner of the upright picture is top left, however the camera was held."""
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    lying = photo((600, 400))
    if orientation in turns:
        lying = lying.transpose(Image.Transpose(turns[orientation]))
    with committing():
        media = add(draft, encoded(lying, "JPEG", exif=exif(orientation)), cora)
    with opened(media_folder, media.file) as kept:
        assert kept.size == (600, 400)
        red, _green, blue = kept.convert("RGB").getpixel((40, 40))
        assert blue > 150 > red


def test_colours_of_print_become_those_of_the_web(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, encoded(photo((300, 300), "CMYK"), "JPEG"), cora)
    with opened(media_folder, media.file) as kept:
        assert kept.mode == "RGB"
        red, _green, blue = kept.getpixel((120, 250))
        assert red > 150 > blue


def test_a_colour_profile_is_applied_before_it_goes(draft, cora, media_folder, committing):
    """A profile that swaps red and blue: the kept picture is what a screen would have shown."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for n in range(int.from_bytes(profile[128:132])):
        at = 132 + 12 * n
        swapped = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(bytes(profile[at : at + 4]))
        profile[at : at + 4] = swapped or profile[at : at + 4]
    with committing():
        media = add(draft, encoded(photo((300, 300)), "PNG", icc_profile=bytes(profile)), cora)
    with opened(media_folder, media.file) as kept:
        red, _green, blue = kept.getpixel((120, 250))
        assert blue > 150 > red


def test_see_through_stays_see_through(draft, cora, media_folder, committing):
    picture = photo((300, 300), "RGBA")
    picture.putalpha(Image.new("L", (300, 300), 80))
    with committing():
        media = add(draft, encoded(picture, "PNG"), cora)
    with opened(media_folder, media.file) as kept:
        assert kept.mode == "RGBA" and kept.getpixel((250, 250))[3] == 80


@pytest.mark.parametrize("size", [(8000, 5000), (100, 100), (1600, 100)])
def test_sizes_at_the_limit_are_taken(draft, cora, committing, size):
    with committing():
        assert add(draft, encoded(Image.new("L", size), "PNG"), cora).width == min(size[0], 1600)


@pytest.mark.parametrize(("size", "code"), [((8001, 5000), "pixels"), ((99, 400), "small"), ((1620, 100), "small")])
def test_sizes_past_the_limit_are_not(draft, cora, size, code):
    with pytest.raises(actions.FileRefused) as refused:
        add(draft, encoded(Image.new("L", size), "PNG"), cora)
    assert refused.value.code == code


def test_an_mp4_keeps_its_film_and_nothing_else(draft, cora, media_folder, committing):
    data = mp4(in_moov=udta(), tail=udta())
    with committing():
        media = add(draft, data, cora)
    kept = read_boxes((media_folder / media.file).read_bytes())
    sent = read_boxes(data)
    assert [name for name, _body in kept] == [b"ftyp", b"mdat", b"moov", b"free"]
    assert kept[1] == sent[1] and not any(kept[3][1])
    assert b"VideoHandler" not in kept[2][1] and bytes.fromhex("11223344") not in kept[2][1]


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


# What fails, and what is left.


def test_a_failure_before_the_commit_leaves_nothing(draft, cora, media_folder):
    with patch("exercises.actions.media.ring_after_commit", side_effect=RuntimeError), pytest.raises(RuntimeError):
        add(draft, jpeg(), cora)
    assert not Media.objects.exists() and files(media_folder) == set()


def test_a_crash_after_the_commit_is_mended_by_the_sweep(draft, cora, media_folder):
    """The row is there, the file not yet in its place: nothing ran after the commit."""
    media = add(draft, jpeg(), cora)
    assert files(media_folder) == {f"incoming/{media.file}"}
    assert preparing.prepare_waiting(at=NOON + timedelta(seconds=29)) == {"ready": 0, "failed": 0}
    assert preparing.prepare_waiting(at=NOON + timedelta(seconds=30)) == {"ready": 1, "failed": 0}
    media.refresh_from_db()
    assert files(media_folder) == {media.file, media.thumbnail}


def test_a_thumbnail_is_made_once(ready, media_folder):
    with opened(media_folder, ready.thumbnail) as small:
        assert (small.format, small.size) == ("WEBP", (480, 360))
    assert ready.state == "ready"
    assert preparing.prepare(media_id=ready.pk, at=NOON) == "ready"
    assert files(media_folder) == {ready.file, ready.thumbnail}


def test_two_workers_at_once_leave_one_thumbnail(draft, cora, media_folder, committing):
    """The second one begins while the first is still at work, and finishes before it."""
    with committing():
        media = add(draft, jpeg(), cora)
    finished = preparing._finished
    names = []

    def overtaken(row):
        name = finished(row)
        names.append(name)
        if len(names) == 1:
            preparing.prepare(media_id=media.pk, at=NOON)
        return name

    with patch.object(preparing, "_finished", side_effect=overtaken):
        preparing.prepare(media_id=media.pk, at=NOON)
    media.refresh_from_db()
    assert media.state == "ready"
    assert media.thumbnail == names[1] != names[0]
    assert files(media_folder) == {media.file, media.thumbnail}


def test_a_video_waits_until_it_is_in_its_place(draft, cora, committing):
    with committing():
        media = add(draft, mp4(), cora)
    assert preparing.prepare(media_id=media.pk, at=NOON) == "ready"
    media.refresh_from_db()
    assert (media.state, media.thumbnail) == ("ready", "")


def test_a_lost_file_is_said_and_can_be_tried_again(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, jpeg(), cora)
    (media_folder / media.file).rename(media_folder / "away")
    assert preparing.prepare(media_id=media.pk, at=NOON) == "failed"
    media.refresh_from_db()
    assert (media.state, media.error) == ("failed", "missing")
    (media_folder / "away").rename(media_folder / media.file)
    with committing():
        preparing.try_again(media=media, by=cora, at=NOON)
    assert preparing.prepare_waiting(at=NOON + timedelta(minutes=1)) == {"ready": 1, "failed": 0}


def test_a_damaged_file_is_found(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, webm(), cora)
    (media_folder / media.file).write_bytes(b"half")
    assert preparing.prepare(media_id=media.pk, at=NOON) == "failed"


def test_a_busy_machine_is_no_failure(draft, cora, committing):
    with committing():
        media = add(draft, jpeg(), cora)
    with patch("exercises.uploads.sandbox.run", side_effect=Fault("busy")):
        assert preparing.prepare(media_id=media.pk, at=NOON) == "waiting"


def test_nothing_is_prepared_that_is_not_there(db):
    assert preparing.prepare(media_id=uuid4(), at=NOON) == ""


def test_the_bell_rings_with_the_row_only(draft, cora, django_capture_on_commit_callbacks):
    with patch("exercises.actions.bell.ring") as ring, django_capture_on_commit_callbacks(execute=True):
        media = add(draft, webm(), cora)
        assert not ring.called
    ring.assert_called_once_with("exercises.prepare_media", str(media.pk))


def test_the_task_is_known_by_that_name():
    from painplan.celery import app

    app.loader.import_default_modules()
    assert {"exercises.prepare_media", "exercises.prepare_waiting_media"} <= set(app.tasks)


def test_orphans_go_after_a_day_and_nothing_else(ready, media_folder, capsys):
    old = (NOON - timedelta(days=2)).timestamp()
    for name in ("f" * 32 + ".webp", "incoming/" + "e" * 32 + ".mp4", "incoming/" + "d" * 32 + ".upload"):
        (media_folder / name).write_bytes(b"lost")
        os.utime(media_folder / name, (old, old))
    young = media_folder / ("c" * 32 + ".webp")
    young.write_bytes(b"just now")
    os.utime(media_folder / ready.file, (old, old))
    assert preparing.clean(at=NOON, pretend=True) == {"removed": 3, "kept": 1}
    assert len(files(media_folder)) == 6
    call_command("clean_media")
    assert "3 removed" in capsys.readouterr().out
    assert files(media_folder) == {ready.file, ready.thumbnail, young.name}


@pytest.mark.parametrize("name", ["../settings.py", "a" * 32 + ".svg", "a" * 31 + ".webp", "", "a" * 32 + ".webp\n"])
def test_only_our_own_names_lead_to_a_file(media_folder, name):
    with pytest.raises(ValueError, match="not the name"):
        storage.place(name)


def test_pictures_never_grow(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, encoded(photo((200, 150)), "PNG"), cora)
    preparing.prepare(media_id=media.pk, at=NOON)
    media.refresh_from_db()
    small = Image.open(io.BytesIO((media_folder / media.thumbnail).read_bytes()))
    assert small.size == (200, 150)
