"""Drafts to add pictures and videos to, and uploads."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Clinic, User
from exercises.actions import media
from exercises.actions.media import Words
from exercises.models import Exercise, ExerciseVersion, Media
from tests.cast import NOON

WORDS = Words(alt_text="A person stands up from a chair.", attribution="Cora Curator", licence="CC BY 4.0")
NAME = "../../<img src=x onerror=alert(1)>.php"


def make_draft(clinic: Clinic | None, author: User, slug: str = "chair-stand") -> ExerciseVersion:
    exercise = Exercise.objects.create(clinic=clinic, slug=slug)
    return ExerciseVersion.objects.create(
        exercise=exercise, number=1, name="Chair stand", goal="strength", position="sitting", impact="none",
        steps=["Stand up."], starting_dose={"sets": 1, "repetitions": 5}, author=author,
    )  # fmt: skip


def publish(version: ExerciseVersion, by: User) -> ExerciseVersion:
    version.refresh_from_db()
    version.state, version.publisher, version.published_at = "published", by, NOON
    version.save()
    version.exercise.current_version = version
    version.exercise.save()
    return version


def upload(data: bytes, name: str = NAME) -> SimpleUploadedFile:
    """A file under a name and a type that are lies."""
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def add(version: ExerciseVersion, data: bytes, by: User, words: Words = WORDS) -> Media:
    return media.add_media(version=version, upload=upload(data), words=words, by=by, at=NOON)


def files(folder: Path) -> set[str]:
    """Every file below a folder, with its place in it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def opened(folder: Path, name: str) -> Image.Image:
    """A stored picture, read back."""
    return Image.open(folder / name)
