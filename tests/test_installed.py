"""Painplan on a home screen: the manifest and its icons, drawn by tools/app_icons.py."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def manifest(client, db) -> dict:
    answer = client.get(reverse("manifest"))
    assert answer.headers["Content-Type"] == "application/manifest+json"
    return answer.json()


def test_every_icon_is_there_in_the_size_it_claims(manifest):
    purposes = set()
    for icon in manifest["icons"]:
        file = finders.find(icon["src"].removeprefix("/static/"))
        assert file, icon["src"]
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(Path(file).read_bytes())).size
            assert icon["sizes"] == f"{width}x{height}"
            purposes.add((icon["purpose"], width))
    assert purposes == {("any", 192), ("any", 512), ("maskable", 192), ("maskable", 512)}


def test_a_maskable_icon_leaves_no_corner_and_keeps_its_drawing_inside(manifest):
    picture = Image.open(finders.find("img/app/maskable-512.png")).convert("RGBA")
    ground = picture.getpixel((0, 0))
    assert ground == picture.getpixel((511, 511)) and ground[3] == 255
    drawn = [(x, y) for x in range(512) for y in range(512) if picture.getpixel((x, y)) != ground]
    assert drawn and max((x - 255.5) ** 2 + (y - 255.5) ** 2 for x, y in drawn) <= (0.4 * 512) ** 2


def test_the_icons_are_the_drawings_of_today():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/app_icons.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_shortcuts_lead_somewhere_and_every_page_names_the_manifest(client, manifest, anna):
    client.force_login(anna.user)
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200
    assert f'href="{reverse("manifest")}"' in client.get("/today/").content.decode()
