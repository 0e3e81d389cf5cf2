"""Pictures written anew: only the pixels are kept. Runs inside the worker, never in the web process."""

import os
import struct
import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from exercises.uploads import limits
from exercises.uploads.faults import Fault

# Named so that their decoders are known, and no others.
FORMATS = [plugin.format for plugin in (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile)]
FORMATS.append(WebPImagePlugin.WebPImageFile.format)

Size = tuple[int, int]


def keep(source: Path, target: Path) -> Size:
    """Write `source` (JPEG, PNG or WebP) as WebP of at most LONG_SIDE pixels; (width, height) of what was written."""
    return _rewrite(source, target, side=limits.LONG_SIDE, shortest=limits.SHORT_SIDE, quality=84)


def thumbnail(source: Path, target: Path) -> Size:
    """Write the small picture of a kept one; (width, height) in pixels."""
    return _rewrite(source, target, side=limits.THUMBNAIL_SIDE, shortest=1, quality=78)


def _rewrite(source: Path, target: Path, *, side: int, shortest: int, quality: int) -> Size:
    # Our own limit, read from the header before anything is decoded, stands in for Pillow's warning.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    _check_size(*_webp_size(source))
    with Image.open(source, formats=FORMATS) as picture:
        _check_size(*picture.size)
        picture.verify()  # the checksums of a PNG; closes the file
    with Image.open(source, formats=FORMATS) as picture:
        width, height = picture.size
        if getattr(picture, "is_animated", False) and picture.format != "MPO":
            raise Fault("animated")
        if min(width, height) * min(1, side / max(width, height)) < shortest:
            raise Fault("small")
        pixels = _pixels(picture, side)
    # A picture made from bytes carries no EXIF, no XMP, no colour profile and no comment.
    clean = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        clean.save(out, "WEBP", quality=quality, method=4)
        out.flush()
        os.fsync(out.fileno())
    return clean.size


def _check_size(width: int, height: int) -> None:
    if width * height > limits.PIXELS:
        raise Fault("pixels")


def _webp_size(source: Path) -> Size:
    """The size in the header of a WebP, whose decoder wants the memory as soon as it is opened; else (0, 0)."""
    with source.open("rb") as file:
        head = file.read(30)
    if head[:4] != b"RIFF" or len(head) < 30:
        return 0, 0
    if head[12:16] == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _pixels(picture: Image.Image, side: int) -> Image.Image:
    """Small, upright, in the colours of the web, as RGB or RGBA."""
    see_through = picture.has_transparency_data
    profile = picture.info.get("icc_profile")
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode.startswith("I"):
        picture = picture.point(lambda value: value * (1 / 257) + 0).convert("L")
    elif picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA" if see_through else "RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture = _upright(picture)
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        picture = _web_colours(picture, profile)
    return picture.convert("RGBA" if see_through else "RGB")


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except (ValueError, TypeError, KeyError, OSError, SyntaxError, struct.error):
        return picture  # broken metadata is no reason to refuse a sound picture


def _web_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return changed or picture
