"""Pictures and videos as they are kept: what stays of a file and what goes."""

import io
import stat

import pytest
from PIL import Image, ImageCms

from exercises.actions import media as actions
from exercises.actions import media_preparing as preparing
from exercises.uploads import storage
from tests.cast import NOON
from tests.exercises.hostile_files import CAMERA, PLACE, encoded, exif, jpeg, photo, png, webp
from tests.exercises.hostile_videos import TURNED, mp4, read_boxes, udta, webm
from tests.exercises.media_rows import add, opened


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
