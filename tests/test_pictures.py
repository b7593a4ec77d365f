"""Screenshots: whatever somebody sends, people see a clean picture or none."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from handlers.web.pictures import Darkroom, Unshowable


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), **extra: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 60, 60)).save(out, kind, **extra)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def small_file_of_many_pixels() -> bytes:
    out = io.BytesIO()
    Image.new("L", (8_000, 5_001)).save(out, "PNG")
    return out.getvalue()


def png_with_a_text_bomb() -> bytes:
    body = b"Comment\x00\x00" + zlib.compress(b"0" * (200 << 20), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    whole = picture()
    return whole[:33] + chunk + whole[33:]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.js", "alert('canary-in-the-zip')")
    return out.getvalue()


def with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera on its side
    exif[0x010F] = "Canarycam"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 12.0)
    return picture("JPEG", exif=exif)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "a picture of 65,500 pixels a side": png_that_claims(65_500, 65_500),
    "a picture of 144 million pixels": png_that_claims(12_000, 12_000),
    "a true picture just over the cap": small_file_of_many_pixels(),
    "an SVG": SVG,
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a program": b"MZ\x90\x00" + b"\x00" * 4000,
    "a program with a picture's first bytes": b"\x89PNG\r\n\x1a\n" + b"MZ\x90\x00" * 900,
    "half a picture": picture(size=(900, 900))[:200],
    "half a photograph": picture("JPEG", (900, 900))[:1200],
    "nothing at all": b"",
    "a PDF": b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>",
    "a TIFF": picture("TIFF"),
    "a PostScript file": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
    "a bitmap": picture("BMP"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused(name: str) -> None:
    with pytest.raises(Unshowable):
        await Darkroom().render(HOSTILE[name])


async def test_a_text_bomb_inside_a_picture_is_refused_or_dropped() -> None:
    try:
        clean = await Darkroom().render(png_with_a_text_bomb())
    except Unshowable:
        return
    assert len(clean.content) < 10_000


@pytest.mark.parametrize("tail", [SVG, b"<html><script>alert('canary')</script></html>", zipped()])
async def test_what_is_hidden_behind_a_picture_does_not_reach_its_rendition(tail: bytes) -> None:
    clean = await Darkroom().render(picture() + tail)
    assert clean.media == "image/png"
    assert b"script" not in clean.content
    assert b"payload.js" not in clean.content
    assert not zipfile.is_zipfile(io.BytesIO(clean.content))


async def test_a_photograph_loses_its_place_and_camera_and_stands_upright() -> None:
    clean = await Darkroom().render(with_a_place())
    assert clean.media == "image/jpeg"
    assert b"Canarycam" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.size == (200, 300)
        assert not shown.getexif()


@pytest.mark.parametrize(
    ("kind", "media"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/png"), ("WEBP", "image/png")],
)
async def test_every_kind_of_screenshot_that_phones_make_is_shown(kind: str, media: str) -> None:
    clean = await Darkroom().render(picture(kind))
    assert clean.media == media
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.size == (300, 200)


async def test_a_large_picture_is_brought_down_to_two_thousand_pixels() -> None:
    clean = await Darkroom().render(picture(size=(4_000, 1_000)))
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.size == (2_000, 500)


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(Unshowable):
        await Darkroom(patience=0.001).render(picture())


async def test_see_through_parts_of_a_picture_stay_see_through() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (10, 20, 30, 0)).save(out, "PNG")
    clean = await Darkroom().render(out.getvalue())
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.mode == "RGBA"
        assert shown.getpixel((3, 3))[3] == 0
