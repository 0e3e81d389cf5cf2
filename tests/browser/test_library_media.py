"""A picture and real films, from a curator's upload to the patient's page, in a real browser."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Locator, expect

from accounts.models import User
from exercises.actions import lifecycle
from plans.models import Prescription
from tests.browser import furniture, people
from tests.browser.conftest import NARROW, SignIn, Visitor
from tests.browser.stack import Stack
from tests.exercises.hostile_files import jpeg

FILMS = Path(__file__).resolve().parents[1] / "exercises/films"
# Chromium as its makers build it comes without this codec; the system's has it.
KNOWS_H264 = """() => document.createElement("video").canPlayType('video/mp4; codecs="avc1.64000b"') !== "" """
PLAYED = """async (film) => {
    film.muted = true;
    await film.play();
    await new Promise((done) => { film.ontimeupdate = () => film.currentTime > 0.2 && done(); });
    return [film.videoWidth, film.videoHeight];
}"""


def uploads(curator: Visitor, file: Path | FilePayload, words: str) -> Locator:
    """Add a file with its words and wait until it has been prepared; returns its line."""
    page = curator.page
    if not page.get_by_label("Picture or video").is_visible():
        page.get_by_text("Add a picture or video").click()
    page.get_by_label("Picture or video").set_input_files(file)
    page.get_by_label("What can be seen").fill(words)
    page.get_by_label("Made by").fill("Ravi Sandhu")
    page.get_by_label("Licence").select_option("CC BY 4.0")
    page.get_by_role("button", name="Upload").click()
    line = page.locator(".pp-media-item").filter(has_text=words)
    expect(line.locator("img, video")).to_be_visible()
    return line


def test_from_the_upload_to_the_patient(in_stack: Stack, sign_in: SignIn):
    at, curator = timezone.now(), sign_in("curator")
    maren, ravi = (User.objects.get(email=f"{who}@demo.example") for who in ("curator", "curator2"))
    draft = furniture.write("Square on the bed", maren, at)
    curator.go(f"/library/{draft.exercise_id}/media/")
    uploads(curator, {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}, "A square lies on a bed.")
    upright = uploads(curator, FILMS / "upright-h264.mp4", "A square stands upright.")
    if curator.page.evaluate(KNOWS_H264):
        assert upright.locator("video").evaluate(PLAYED) == [96, 160]
    assert uploads(curator, FILMS / "vp9.webm", "A square rests.").locator("video").evaluate(PLAYED) == [160, 96]
    curator.at_ease()

    furniture.send_to_review(draft, maren, at)
    version = lifecycle.publish(version=furniture.fresh(draft), by=ravi, at=at)
    email = people.new_patient("Imre Vale", plan=True)
    furniture.prescribe(version, "Imre Vale", people.clinician(), at)
    shown = Prescription.objects.get(exercise_version=version, version__state="active")
    for dark in (False, True):
        patient = sign_in(email, width=NARROW, dark=dark)
        patient.go(f"/plan/{shown.pk}/")
        expect(patient.page.locator("figure")).to_have_count(3)
        assert patient.page.locator("figure video").last.evaluate(PLAYED) == [160, 96]
        for picture in patient.page.locator("figure img").all():
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth > 0; }")
        patient.at_ease()


@pytest.mark.parametrize("cut", [0, 3000])
def test_a_film_that_is_not_whole_gets_a_clear_word(in_stack: Stack, sign_in: SignIn, cut: int):
    curator = sign_in("curator")
    maren = User.objects.get(email="curator@demo.example")
    draft = furniture.write(f"Half a square {cut}", maren, timezone.now())
    curator.go(f"/library/{draft.exercise_id}/media/")
    page, data = curator.page, (FILMS / "upright-h264.mp4").read_bytes()[:cut]
    page.get_by_label("Picture or video").set_input_files({"name": "half.mp4", "mimeType": "video/mp4", "buffer": data})
    page.get_by_label("What can be seen").fill("Half a square.")
    page.get_by_label("Made by").fill("Ravi Sandhu")
    page.get_by_label("Licence").select_option("CC BY 4.0")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#media .pp-error").first).to_be_visible()
    expect(page.get_by_label("Made by")).to_have_value("Ravi Sandhu")
    assert not draft.media.exists()
