"""Styles and scripts are asked for under names that change with their content, also from within scripts."""

import re
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from painplan.static_files import IMPORTED, HashedFiles


@pytest.fixture
def collected(tmp_path):
    """Files as `collectstatic` leaves them: our scripts under js/, a library's beside them."""
    files = {
        "js/player.js": 'import { beep } from "./signals.js";\nbeep();\n',
        "js/signals.js": "export const beep = () => 1;\n",
        "vendor/other.js": 'import { gone } from "./gone.js";\n',
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    storage = HashedFiles(location=str(tmp_path), base_url="/static/")
    source = FileSystemStorage(location=str(tmp_path))
    for _name, _hashed, problem in storage.post_process({name: (source, name) for name in files}):
        assert not isinstance(problem, Exception), problem
    return storage


def test_what_a_script_imports_carries_the_name_of_its_content(collected):
    player = collected.open(collected.stored_name("js/player.js")).read().decode()
    assert f'from "./{collected.stored_name("js/signals.js").removeprefix("js/")}"' in player


def test_a_changed_import_changes_the_name_of_the_script(collected, tmp_path):
    before = collected.stored_name("js/player.js")
    (tmp_path / "js/signals.js").write_text("export const beep = () => 2;\n")
    source = FileSystemStorage(location=str(tmp_path))
    list(collected.post_process({name: (source, name) for name in ("js/player.js", "js/signals.js")}))
    assert collected.stored_name("js/player.js") != before


def test_scripts_of_others_stay_as_they_are(collected):
    assert '"./gone.js"' in collected.open(collected.stored_name("vendor/other.js")).read().decode()


def test_every_import_of_our_scripts_is_of_the_form_that_is_named_anew():
    for script in (Path(__file__).resolve().parent.parent / "static/js").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        asked = re.findall(r"""^(?:import|export)\b.*\bfrom\b|^import\s*["']|import\(["']""", text, re.MULTILINE)
        assert len(asked) == len(re.findall(IMPORTED, text)), script.name
