"""Files that people with bad intentions, or bad luck, send as their photo."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

HTML = b"<html><script>alert(document.cookie)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>'
GPS = (6.2, 106.8)


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture with some content in every channel."""
    base = Image.linear_gradient("L").resize(size)
    if mode in ("1", "L", "P", "I", "F"):
        return base.convert(mode)
    if mode == "I;16":
        return Image.frombytes("I;16", size, bytes(range(256)) * (size[0] * size[1] * 2 // 256))
    return Image.merge(mode, [base.rotate(90 * n).resize(size) for n in range(len(mode))])


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG with its right checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 2, more: bytes = b"") -> bytes:
    """A PNG that claims what it is told to claim."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_gps(form: str) -> bytes:
    """A photo that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CanaryPhone", 6
    exif.get_ifd(0x8825)[2] = GPS
    return encoded(picture(), form, exif=exif, **({"xmp": b"<x:xmpmeta>CanaryXmp</x:xmpmeta>"} if form == "WEBP" else {}))


def hostile() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; none is a photo as people take them."""
    files = {form: encoded(picture(), form) for form in ("JPEG", "PNG", "WEBP")}
    yield from _truncated(files)
    yield from _flipped(files)
    yield from _polyglots(files)
    yield from _impostors()
    yield from _bombs()
    yield from _animated()
    yield from _broken_pngs()
    yield from _broken_jpegs(files["JPEG"])


def _truncated(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for form, data in files.items():
        for part in (1, 2, 4, 8, 12, 20, 33, len(data) // 4, len(data) // 2, len(data) * 3 // 4, len(data) - 20, len(data) - 1):
            yield f"{form} cut after {part}", data[:part]


def _flipped(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for form, data in files.items():
        for place in range(9, len(data), max(1, len(data) // 12)):
            yield f"{form} with byte {place} flipped", data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def _polyglots(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    archive = b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)
    for form, data in files.items():
        for name, tail in (
            ("HTML", HTML),
            ("a ZIP", archive),
            ("PHP", b"<?php system($_GET[0]); ?>"),
            ("itself", data),
            ("a megabyte of zeros", bytes(1 << 20)),
        ):
            yield f"{form} followed by {name}", data + tail
    yield "a JPEG with a script in its comment", encoded(picture(), "JPEG", comment=HTML)
    yield "HTML followed by a JPEG", HTML + files["JPEG"]
    yield "GIF header with a script", b"GIF89a/*" + HTML + b"*/"


def _impostors() -> Iterator[tuple[str, bytes]]:
    yield "HTML", HTML
    yield "SVG", SVG
    yield "SVG with a byte order mark", b"\xef\xbb\xbf" + SVG
    yield "a billion laughs", b'<!DOCTYPE a [<!ENTITY b "' + b"&c;" * 1000 + b'">]><svg>&b;</svg>'
    yield "PDF", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"
    yield "EPS that runs programs", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file"
    yield "an executable", b"\x7fELF" + bytes(500)
    yield "zeros", bytes(5000)
    yield "noise", bytes((n * 7919) % 251 for n in range(5000))
    yield "one byte", b"\xff"
    yield "only a JPEG's start", b"\xff\xd8\xff"
    yield "only a WebP's start", b"RIFF\xff\xff\xff\xffWEBPVP8 "
    yield "a WebP that claims to be huge", b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff" * 6
    for form in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX"):
        yield form, encoded(picture(), form)


def _bombs() -> Iterator[tuple[str, bytes]]:
    nothing = zlib.compress(bytes(1 << 20), 9)
    for width, height in (
        (6400, 6400),
        (100_000, 100_000),
        (65_535, 65_535),
        (1, 2**31 - 1),
        (2**31 - 1, 2**31 - 1),
        (40_000_001, 1),
        (2**32 - 1, 1),
    ):
        yield f"a PNG of {width} by {height}", png(width, height, nothing)
    yield "a PNG without width", png(0, 10, nothing)
    yield "an 8 MB file of one chunk", png(10, 10, nothing, more=chunk(b"tEXt", b"a\0" + bytes(8 << 20)))
    yield (
        "a compressed text bomb",
        png(10, 10, zlib.compress(bytes(310)), more=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80 << 20), 9))),
    )
    yield "a colour profile bomb", png(10, 10, zlib.compress(bytes(310)), more=chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(80 << 20), 9)))
    yield "a row bomb", png(8, 8, zlib.compress(bytes(60 << 20), 9))


def _animated() -> Iterator[tuple[str, bytes]]:
    frames = [picture(), picture().rotate(90).resize((64, 48))]
    yield "an animated PNG", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    yield "an animated WebP", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    yield "an animated GIF", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    yield (
        "a WebP of a thousand frames",
        encoded(
            picture(size=(8, 8)), "WEBP", save_all=True, append_images=[Image.new("RGB", (8, 8), (n % 256, 0, 0)) for n in range(1000)]
        ),
    )


def _broken_pngs() -> Iterator[tuple[str, bytes]]:
    rows = zlib.compress((b"\0" + bytes(30)) * 10)
    yield "a PNG with a wrong checksum", png(10, 10, rows).replace(b"IDAT", b"IDAT", 1)[:-20] + bytes(20)
    yield "a PNG with garbage for pixels", png(10, 10, b"garbage")
    yield "a PNG with too few rows", png(10, 4000, rows)
    yield "a PNG with an unknown filter", png(10, 10, zlib.compress((b"\x09" + bytes(30)) * 10))
    yield "a PNG of an impossible depth", png(10, 10, rows, depth=3)
    yield "a PNG of an impossible colour", png(10, 10, rows, colour=5)
    yield "a palette PNG without palette", png(10, 10, zlib.compress((b"\0" + bytes(10)) * 10), colour=3)
    yield "a PNG with broken EXIF", png(10, 10, rows, more=chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff"))
    yield "a PNG with a broken profile", png(10, 10, rows, more=chunk(b"iCCP", b"a\0\0" + zlib.compress(b"no profile")))
    yield "a PNG with an endless chunk", b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31 - 1) + b"IHDR" + bytes(100)


def _broken_jpegs(plain: bytes) -> Iterator[tuple[str, bytes]]:
    bad = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 60
    yield "a JPEG with broken EXIF", plain[:2] + b"\xff\xe1" + struct.pack(">H", len(bad) + 2) + bad + plain[2:]
    loop = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\x08"
    yield "a JPEG turned in an unknown way", plain[:2] + b"\xff\xe1" + struct.pack(">H", len(loop) + 2) + loop + plain[2:]
    profile = b"ICC_PROFILE\0\x01\x01" + bytes(200)
    yield "a JPEG with a broken profile", plain[:2] + b"\xff\xe2" + struct.pack(">H", len(profile) + 2) + profile + plain[2:]
    yield "a JPEG with an endless segment", plain[:2] + b"\xff\xe0\xff\xff" + plain[4:]
    size = plain.index(b"\xff\xc0") + 5
    yield "a JPEG that claims 65500 by 65500", plain[:size] + b"\xff\xdc\xff\xdc" + plain[size + 4 :]
    yield "a JPEG that claims no height", plain[:size] + bytes(2) + plain[size + 2 :]


def unusual() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of pictures that are rare and fine: they must come through, clean."""
    for mode in ("L", "CMYK", "1"):
        yield f"a {mode} JPEG", encoded(picture(mode), "JPEG")
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        yield f"a {mode} PNG", encoded(picture(mode), "PNG")
    yield "a sixteen-bit colour PNG", png(10, 10, zlib.compress((b"\0" + bytes(range(60))) * 10), depth=16)
    yield "a transparent WebP", encoded(picture("RGBA"), "WEBP", lossless=True)
    yield "a progressive JPEG", encoded(picture(), "JPEG", progressive=True)
    yield "one pixel", encoded(picture(size=(1, 1)), "PNG")
    yield "a line", encoded(picture(size=(4000, 1)), "PNG")
    for form in ("JPEG", "PNG", "WEBP"):
        yield f"a {form} that says where it was taken", with_gps(form)
