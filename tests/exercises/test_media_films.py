"""Films as encoders and telephones really write them (tests/exercises/films, made for this with ffmpeg)."""

from pathlib import Path

import pytest

from tests.exercises.media_rows import add, make_draft

FILMS = Path(__file__).parent / "films"
# Where (longitude, latitude and "earth" of the box `loci`), and with what.
SAID = (b"\xff\xff\xdfI\x003\x81\xe4", b"earth", b"Lavf", b"VideoHandler")


@pytest.mark.parametrize(
    ("name", "size"),
    [("upright-h264.mp4", (96, 160)), ("vp9.webm", (160, 96))],
)
def test_a_real_film_is_taken_in_as_it_is_shown_and_says_no_more_than_it_shows(
    name, size, harbour, cora, media_folder, django_capture_on_commit_callbacks
):
    data = (FILMS / name).read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        media = add(make_draft(harbour, cora), data, cora)
    assert (media.kind, media.width, media.height) == ("video", *size)
    kept = (media_folder / media.file).read_bytes()
    assert len(kept) == len(data)
    assert [said for said in SAID if said in kept] == []


def test_the_upright_film_did_say_where_it_was_made():
    """So that the test above has something to find."""
    data = (FILMS / "upright-h264.mp4").read_bytes()
    assert [said for said in SAID if said not in data] == []
