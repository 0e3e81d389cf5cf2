"""Files of the library go into a folder of the test's own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def media_folder(tmp_path: Path, settings) -> Path:
    """Where stored files are; uploads on their way in have a folder too, which must be empty in the end."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "arriving")
    (tmp_path / "arriving").mkdir()
    return tmp_path / "media" / "library"
