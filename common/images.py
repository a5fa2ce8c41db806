"""Images that come from outside: decoded with care, stripped of what they carry, and stored in three sizes.

Pillow is imported inside the functions: most functions of the API never touch an image, and
importing it costs a cold start.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from common.i18n import Text

if TYPE_CHECKING:
    from PIL import Image

Reason = Literal["not_an_image", "too_large", "too_many_pixels", "animated", "truncated"]

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
WEB_PIXELS = 1024
THUMB_PIXELS = 300

_SENTENCES: dict[Reason, Text] = {
    "not_an_image": Text("Please choose a JPEG, PNG or WebP picture.", "Silakan pilih gambar JPEG, PNG, atau WebP."),
    "too_large": Text("The picture is larger than {limit} MB.", "Ukuran gambar melebihi {limit} MB."),
    "too_many_pixels": Text("The picture has more than {limit} megapixels.", "Gambar melebihi {limit} megapiksel."),
    "animated": Text("Animated pictures are not accepted.", "Gambar bergerak tidak diterima."),
    "truncated": Text("The picture is damaged or incomplete.", "Gambar rusak atau tidak lengkap."),
}


class NotAnImage(ValueError):
    """The bytes are not a picture we accept; `reason` is a stable code, `text` a sentence for a person."""

    def __init__(self, reason: Reason, limit: int = 0) -> None:
        """`limit` is what was exceeded: megabytes for `too_large`, megapixels for `too_many_pixels`."""
        super().__init__(reason)
        self.reason: Reason = reason
        sentence = _SENTENCES[reason]
        self.text = Text(sentence.say("en", limit=limit), sentence.say("id", limit=limit))


@dataclass(frozen=True)
class Variant:
    """One stored size of a picture, in pixels."""

    data: bytes
    width: int
    height: int
    content_type: str


def decode(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> "Image.Image":
    """The picture in `data` as an upright RGB image without metadata.

    The content decides the format, not a name or a declared type. Raises `NotAnImage` for anything
    but one still JPEG, PNG or WebP within the limits. The pixel limit is checked on the header, before a
    single pixel is decoded: a PNG of a few kilobytes can claim gigabytes.
    """
    from PIL import ImageOps

    if len(data) > max_bytes:
        raise NotAnImage("too_large", max_bytes // (1024 * 1024))
    picture = _opened(data, max_pixels)
    try:
        picture.load()
        # In place, because a copy of 40 megapixels is 160 MB, and it would be made for upright pictures too.
        ImageOps.exif_transpose(picture, in_place=True)
        return _rgb(picture)
    except Exception as damaged:
        # Broken files make Pillow fail in more ways than it says: a palette that is missing is an AssertionError.
        raise NotAnImage("truncated") from damaged


def _opened(data: bytes, max_pixels: int) -> "Image.Image":
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow warns from 89 megapixels and raises from twice that; our limit is below both.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as bomb:
        raise NotAnImage("too_many_pixels", max_pixels // 1_000_000) from bomb
    except Exception as unknown:
        raise NotAnImage("not_an_image") from unknown
    if picture.width * picture.height > max_pixels:
        raise NotAnImage("too_many_pixels", max_pixels // 1_000_000)
    # Phones put a preview or a gain map behind a JPEG's picture (Pillow calls that MPO); it is still one photo.
    if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
        raise NotAnImage("animated")
    return picture


def _rgb(picture: "Image.Image") -> "Image.Image":
    """The picture in eight-bit RGB, what is transparent on white."""
    from PIL import Image

    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "I;16N", "F"):
        # Pillow clips sixteen bits to eight instead of scaling them: nearly everything would be white.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        layered = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        sheet = Image.new("RGB", layered.size, "white")
        sheet.paste(layered, (0, 0), layered)
        return sheet
    plain = _in_srgb(picture)
    plain = plain if plain.mode == "RGB" else plain.convert("RGB")
    plain.info = {}  # EXIF, XMP, colour profile and comments would otherwise be written out again by some encoders.
    return plain


def _in_srgb(picture: "Image.Image") -> "Image.Image":
    """The picture's colours as sRGB: a phone's wide-gamut photo looks dull once its profile is gone."""
    from PIL import Image, ImageCms

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted if isinstance(converted, Image.Image) else picture


def variants(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> dict[str, Variant]:
    """The picture in `data` as `original`, `web` (longest side at most 1024 px) and `thumb` (300 px); none is enlarged.

    `original` is a baseline RGB JPEG at full size without metadata, which the PDF export copies byte for
    byte; a JPEG that is one already is kept as it is, so drawing it costs no second loss. Raises `NotAnImage`.
    """
    picture = decode(data, max_bytes, max_pixels)
    web = _fitted(picture, WEB_PIXELS)
    thumb = _fitted(web, THUMB_PIXELS)
    full = data if _is_plain_jpeg(data) else _jpeg(picture, 90)
    return {
        "original": Variant(full, picture.width, picture.height, "image/jpeg"),
        "web": _webp(web, 80),
        "thumb": _webp(thumb, 78),
    }


def _is_plain_jpeg(data: bytes) -> bool:
    """Whether `data` is a baseline three-channel JPEG of nothing but picture: no EXIF, profile, XMP or comment, no bytes behind its end.

    The markers are read here because Pillow drops what it does not know. T.81 (annex B) has the segments.
    """
    if not data.startswith(b"\xff\xd8") or not data.endswith(b"\xff\xd9"):
        return False
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            return False
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + length]
        if marker == 0xDA:
            # Entropy-coded data escapes 0xFF, so the first end marker is the picture's own.
            return data.find(b"\xff\xd9", place) == len(data) - 2
        known = (
            marker in (0xDB, 0xC4, 0xDD)
            or (marker == 0xC0 and body[5:6] == b"\x03")
            or (marker == 0xE0 and body[:5] == b"JFIF\0" and length == 16)
        )
        if not known:
            return False
        place += 2 + length
    return False


def _jpeg(picture: "Image.Image", quality: int) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=quality, optimize=False, progressive=False)
    return encoded.getvalue()


def _fitted(picture: "Image.Image", longest: int) -> "Image.Image":
    """The picture with its longest side at most `longest` pixels."""
    from PIL import Image

    scale = min(1.0, longest / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) if scale < 1 else picture


def _webp(picture: "Image.Image", quality: int) -> Variant:
    encoded = io.BytesIO()
    # Method 1 takes a third of the default's time for a tenth more bytes.
    picture.save(encoded, "WEBP", quality=quality, method=1)
    return Variant(encoded.getvalue(), *picture.size, "image/webp")
