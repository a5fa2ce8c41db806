"""Pictures that come from outside are decoded with care and lose what they carry."""

import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image, ImageCms

from common import images


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, form, **options)  # type: ignore[arg-type]
    return data.getvalue()


def photo(width: int = 640, height: int = 480) -> Image.Image:
    """A picture with something in it: a red left half, a blue right half."""
    picture = Image.new("RGB", (width, height), (30, 60, 220))
    picture.paste((220, 40, 30), (0, 0, width // 2, height))
    return picture


def refused(data: bytes, **limits: int) -> str:
    with pytest.raises(images.NotAnImage) as raised:
        images.decode(data, **limits)
    assert isinstance(raised.value, ValueError)
    assert raised.value.text.id != raised.value.text.en
    assert "{" not in raised.value.text.en
    return raised.value.reason


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be `width` × `height`."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_three_accepted_kinds_come_in_whatever_they_are_called(form: str) -> None:
    picture = images.decode(encoded(photo(), form))
    assert (picture.mode, picture.size, picture.info) == ("RGB", (640, 480), {})
    left = picture.getpixel((100, 200))
    assert isinstance(left, tuple)
    assert left[0] > 180 > left[2]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        encoded(photo(20, 20), "GIF"),
        encoded(photo(20, 20), "TIFF"),
        encoded(photo(20, 20), "BMP"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    ],
    ids=["nothing", "text", "svg", "pdf", "a png's first bytes", "gif", "tiff", "bmp", "eps"],
)
def test_anything_else_is_refused(data: bytes) -> None:
    assert refused(data) == "not_an_image"


def test_a_file_over_eight_megabytes_is_refused_unread() -> None:
    assert refused(b"\xff\xd8" + bytes(images.MAX_BYTES)) == "too_large"


def test_a_bomb_is_refused_before_its_pixels_are_made() -> None:
    assert refused(png_bomb(8000, 8000)) == "too_many_pixels"
    assert refused(png_bomb(60_000, 60_000)) == "too_many_pixels"
    assert refused(encoded(photo(), "PNG"), max_pixels=640 * 480 - 1) == "too_many_pixels"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_in_the_middle_is_refused(form: str) -> None:
    noisy = Image.effect_noise((300, 300), 90).convert("RGB")
    data = encoded(noisy, form)
    assert refused(data[: len(data) // 2]) in ("truncated", "not_an_image")


def test_a_png_that_claims_more_rows_than_it_has_is_refused() -> None:
    assert refused(png_bomb(2000, 2000)) == "truncated"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_refused(form: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    assert refused(encoded(frames[0], form, save_all=True, append_images=frames[1:])) == "animated"


def test_a_phones_jpeg_with_a_preview_behind_it_is_one_photo() -> None:
    data = encoded(photo(), "MPO", save_all=True, append_images=[photo(160, 120)])
    assert images.decode(data).size == (640, 480)
    stored = images.variants(data)["original"].data
    assert stored != data
    assert Image.open(io.BytesIO(stored)).format == "JPEG"


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = images.decode(encoded(photo(), "JPEG", exif=exif))
    assert picture.size == (480, 640)
    top = picture.getpixel((240, 100))
    assert isinstance(top, tuple)
    assert top[0] > top[2]


def test_where_a_photo_was_taken_is_not_stored() -> None:
    exif = Image.Exif()
    exif[0x010E] = "rumah kami"
    exif.get_ifd(0x8825)[2] = (6.0, 10.0, 30.0)
    data = encoded(photo(), "JPEG", exif=exif, comment=b"rahasia", xmp=b"<x:xmpmeta>rahasia</x:xmpmeta>")
    assert b"rumah kami" in data
    for variant in images.variants(data).values():
        stored = Image.open(io.BytesIO(variant.data))
        assert not stored.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(stored.info)
        assert b"rahasia" not in variant.data
        assert b"rumah" not in variant.data


def test_what_hides_behind_the_end_of_a_jpeg_is_not_stored() -> None:
    plain = encoded(photo(), "JPEG")
    assert images.variants(plain)["original"].data == plain
    for trick in (plain + b"<?php hidden ?>", plain[:-2] + b"\xff\xd9hidden\xff\xd9", plain[:2] + b"\xff\xfe\x00\x08hidden" + plain[2:]):
        assert b"hidden" not in images.variants(trick)["original"].data


@pytest.mark.parametrize(
    ("picture", "form"),
    [
        (Image.new("CMYK", (60, 40), (0, 255, 255, 0)), "JPEG"),
        (Image.new("P", (60, 40), 0), "PNG"),
        (Image.new("1", (60, 40), 1), "PNG"),
        (Image.new("LA", (60, 40), (120, 90)), "PNG"),
        (Image.new("RGBA", (60, 40), (255, 0, 0, 0)), "WEBP"),
    ],
    ids=["cmyk", "palette", "one bit", "grey with alpha", "transparent"],
)
def test_every_kind_of_colour_becomes_rgb(picture: Image.Image, form: str) -> None:
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    decoded = images.decode(encoded(picture, form, **options))
    assert (decoded.mode, decoded.size) == ("RGB", (60, 40))


def test_what_is_transparent_lies_on_white() -> None:
    decoded = images.decode(encoded(Image.new("RGBA", (60, 40), (255, 0, 0, 0)), "PNG"))
    assert decoded.getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    decoded = images.decode(encoded(Image.new("I;16", (60, 40), 0x8000), "PNG"))
    assert decoded.getpixel((5, 5)) == (128, 128, 128)


def test_a_colour_profile_is_applied_before_it_is_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with_profile = encoded(photo(), "JPEG", icc_profile=profile, quality=95)
    pixel, plain = images.decode(with_profile).getpixel((100, 200)), photo().getpixel((100, 200))
    assert isinstance(pixel, tuple)
    assert isinstance(plain, tuple)
    assert all(abs(one - other) < 8 for one, other in zip(pixel, plain, strict=True))
    broken = encoded(photo(), "JPEG", icc_profile=b"not a profile" * 20)
    assert images.decode(broken).size == (640, 480)


def test_a_picture_is_kept_whole_and_in_two_smaller_sizes() -> None:
    stored = images.variants(encoded(photo(2000, 3000), "PNG"))
    assert {name: (one.width, one.height, one.content_type) for name, one in stored.items()} == {
        "original": (2000, 3000, "image/jpeg"),
        "web": (683, 1024, "image/webp"),
        "thumb": (200, 300, "image/webp"),
    }
    for one in stored.values():
        assert Image.open(io.BytesIO(one.data)).size == (one.width, one.height)


def test_a_small_picture_is_never_enlarged() -> None:
    stored = images.variants(encoded(photo(120, 90), "WEBP"))
    assert {(one.width, one.height) for one in stored.values()} == {(120, 90)}


def test_a_very_long_picture_keeps_at_least_one_pixel_of_width() -> None:
    stored = images.variants(encoded(photo(3, 6000), "PNG"))
    assert (stored["thumb"].width, stored["thumb"].height) == (1, 300)


def test_the_stored_original_is_a_baseline_rgb_jpeg_that_a_pdf_can_copy() -> None:
    for data in (encoded(photo(), "JPEG", progressive=True), encoded(photo(), "PNG"), encoded(photo().convert("L"), "JPEG")):
        original = images.variants(data)["original"].data
        assert images._is_plain_jpeg(original)
        assert b"\xff\xc0" in original
        assert b"\xff\xc2" not in original
        assert Image.open(io.BytesIO(original)).mode == "RGB"


def test_a_drawn_panel_is_stored_byte_for_byte() -> None:
    from common.drawing import local
    from tests.drawing.test_panels import brief

    drawn = local.draw(brief())
    assert images.variants(drawn)["original"].data == drawn


def test_importing_the_module_does_not_import_pillow() -> None:
    script = "import sys, common.images; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
