"""What the demo's data lack, so that every page has something to show: made once, through the product's own actions."""

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Clinic, Patient, User
from exercises.actions import imports, lifecycle, media, media_preparing, merges, proposals
from exercises.models import Exercise, ExerciseVersion, Media
from plans.actions import plans, saved_filters
from plans.models import Plan, PlanVersion
from tests.browser.furniture_of_care import furnish_care
from tests.exercises.curation_cast import WHOLE
from tests.exercises.hostile_files import jpeg
from tests.exercises.hostile_videos import mp4

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nLean in slowly.\n"
# One row that is new, one that may be known under another name, one that says too little.
ROWS = """name,goal,position,impact,steps
Ankle writing,mobility,sitting,none,Write your name with one foot.
Pelvic tilts,mobility,lying-back,none,Press the low back into the mat.
,strength,standing,none,
"""


def furnish() -> None:
    """Drafts, a review, pictures, a proposal, a merge, a retired exercise, imports, a plan under revision, and care."""
    if Exercise.objects.filter(slug="towel-slide").exists():
        return
    at = timezone.now()
    maren, ravi, tom = (User.objects.get(email=f"{who}@demo.example") for who in ("curator", "curator2", "clinician"))
    demo = Clinic.objects.get(slug="demo")
    add_picture(write("Towel slide", maren, at), maren, at)
    send_to_review(write("Rope pull", ravi, at), ravi, at)

    shown = write("Doorway lean", ravi, at)
    add_picture(shown, ravi, at)
    add_video(shown, ravi, at)
    send_to_review(shown, ravi, at)
    prescribe(lifecycle.publish(version=fresh(shown), by=maren, at=at), "Joan Whitfield", tom, at)
    revised = Plan.objects.current().filter(patient__clinic=demo).exclude(patient__full_name="Joan Whitfield").first()
    plans.revise(plan=revised, by=tom, at=at)

    own = write("Corridor walk", maren, at, clinic=demo)
    send_to_review(own, maren, at)
    lifecycle.publish(version=fresh(own), by=ravi, at=at)
    proposals.propose(exercise=fresh(own).exercise, note="Every corridor is long enough.", by=maren, at=at)

    kept, merged = (write(name, maren, at).exercise for name in ("Sponge squeeze", "Squeezing a sponge"))
    merges.merge(kept=kept, merged=merged, by=maren, at=at)
    unused = Exercise.objects.prescribable().get(clinic=None, slug="humming-breath")
    lifecycle.retire(exercise=unused, reason="The source has withdrawn it.", by=maren, at=at)

    for name in ("kept.csv", "dropped.csv"):
        batch = imports.start(
            clinic=None,
            file_name=name,
            data=ROWS.encode(),
            format="",
            source="Own",
            licence="CC BY 4.0",
            by=maren,
            at=at,
        )
    imports.cancel(batch=batch, by=maren, at=at)
    furnish_care(at)
    for who in (tom, User.objects.get(email="lead@demo.example")):
        saved_filters.save(place="caseload", name="Silent, mine", query="show=mine&show=silent", by=who)
        saved_filters.save(place="inbox", name="What people wrote", query="only=message", by=who)


def write(name: str, by: User, at: datetime, *, clinic: Clinic | None = None) -> ExerciseVersion:
    """A draft that a review can take."""
    draft = lifecycle.create(name=name, clinic=clinic, by=by, at=at)
    lifecycle.save_draft(version=draft, content=WHOLE | {"name": name}, lock=draft.lock, by=by, at=at)
    return fresh(draft)


def send_to_review(version: ExerciseVersion, by: User, at: datetime) -> None:
    lifecycle.submit(version=version, lock=fresh(version).lock, by=by, at=at)


def fresh(version: ExerciseVersion) -> ExerciseVersion:
    return ExerciseVersion.objects.select_related("exercise").get(pk=version.pk)


def add_picture(version: ExerciseVersion, by: User, at: datetime) -> None:
    add(version, jpeg(), "", by, at)


def add_video(version: ExerciseVersion, by: User, at: datetime) -> None:
    add(version, mp4(), CAPTIONS, by, at)


def add(version: ExerciseVersion, data: bytes, captions: str, by: User, at: datetime) -> Media:
    words = media.Words("A person leans into a doorway.", "Ravi Sandhu", "CC BY 4.0", captions)
    file = SimpleUploadedFile("lean", data)
    added = media.add_media(version=version, upload=file, words=words, by=by, at=at)
    media_preparing.prepare(media_id=added.pk, at=at)
    return added


def prescribe(exercise_version: ExerciseVersion, name: str, by: User, at: datetime) -> None:
    """The patient's plan goes on with one exercise more."""
    plan = Plan.objects.current().get(patient=Patient.objects.get(full_name=name))
    draft = plans.revise(plan=plan, by=by, at=at)
    plans.add_exercise(version=draft, exercise_version=exercise_version, section="main", lock=draft.lock, by=by, at=at)
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    plans.activate(version=draft, lock=lock, why="A doorway is all it takes.", by=by, at=at)
