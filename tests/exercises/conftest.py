"""Files of the library go into a folder of the test's own; a draft to add them to."""

from pathlib import Path
from unittest.mock import patch

import pytest

from exercises.actions import media_preparing as preparing
from tests.cast import NOON
from tests.exercises.hostile_files import jpeg
from tests.exercises.media_rows import add, make_draft


@pytest.fixture(autouse=True)
def media_folder(tmp_path: Path, settings) -> Path:
    """Where stored files are; uploads on their way in have a folder too, which must be empty in the end."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "arriving")
    (tmp_path / "arriving").mkdir()
    return tmp_path / "media" / "library"


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
