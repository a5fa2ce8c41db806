"""A PDF of pictures, written as it goes: a page is its JPEG's own bytes, so nothing is decoded or kept.

ISO 32000-1; the XMP is ISO 16684-1 with IPTC's property for what made the pictures.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from struct import unpack
from xml.sax.saxutils import escape

# Points of a page's shorter side: A5 held upright, which a phone shows whole and a printer enlarges well.
SHORT_SIDE = 420

# IPTC's word for what an AI has made of a person's words: cv.iptc.org/newscodes/digitalsourcetype.
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

CATALOG, PAGES, INFO, XMP, MARK, ALPHA, FIRST = range(1, 8)


@dataclass(frozen=True)
class About:
    """What the file says about itself; `key` is its identifier, in hexadecimal."""

    title: str
    author: str
    disclosure: str
    created_at: datetime
    key: str


@dataclass(frozen=True)
class Mark:
    """A picture laid over every page but the cover: eight-bit `rgb` and `alpha`, `width` by `height` pixels.

    `wide` is its width and `margin` its distance from the edges, as parts of the page's shorter side.
    """

    rgb: bytes
    alpha: bytes
    width: int
    height: int
    wide: float
    margin: float


class _Objects:
    """The body's objects, and where each begins."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self.size = 0

    def put(self, data: bytes) -> bytes:
        self.size += len(data)
        return data

    def object(self, number: int, body: str, *, open: bool = False) -> bytes:
        self.places[number] = self.size
        return self.put(f"{number} 0 obj\n{body}\n".encode() + (b"" if open else b"endobj\n"))

    def stream(self, number: int, entries: str, data: bytes) -> Iterator[bytes]:
        """A stream in three pieces, so that no picture is copied."""
        yield self.object(number, f"<<{entries} /Length {len(data)}>>\nstream", open=True)
        yield self.put(data)
        yield self.put(b"\nendstream\nendobj\n")

    def end(self, root: str) -> bytes:
        rows = [b"0000000000 65535 f \n", *(f"{self.places[number]:010} 00000 n \n".encode() for number in sorted(self.places))]
        return b"".join([f"xref\n0 {len(rows)}\n".encode(), *rows, f"trailer\n<<{root}>>\nstartxref\n{self.size}\n%%EOF\n".encode()])


def document(about: About, pages: Iterable[bytes], mark: Mark | None = None) -> Iterator[bytes]:
    """The file in pieces: a page for each baseline RGB JPEG of `pages`, the first of them the cover."""
    body = _Objects()
    # Bytes above 127 tell programs that copy files that this is not text.
    yield body.put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    yield body.object(CATALOG, _catalog())
    yield body.object(INFO, _info(about))
    yield from body.stream(XMP, "/Type /Metadata /Subtype /XML", _xmp(about).encode())
    if mark is not None:
        size = f"/Type /XObject /Subtype /Image /Width {mark.width} /Height {mark.height} /BitsPerComponent 8 /Filter /FlateDecode"
        yield from body.stream(MARK, f"{size} /ColorSpace /DeviceRGB /SMask {ALPHA} 0 R", zlib.compress(mark.rgb))
        yield from body.stream(ALPHA, f"{size} /ColorSpace /DeviceGray", zlib.compress(mark.alpha))
    else:
        yield body.object(MARK, "null")
        yield body.object(ALPHA, "null")
    number = FIRST
    for page in pages:
        yield from _page(body, number, page, mark if number > FIRST else None)
        number += 3
    kids = " ".join(f"{each} 0 R" for each in range(FIRST, number, 3))
    yield body.object(PAGES, f"<</Type /Pages /Count {(number - FIRST) // 3} /Kids [{kids}]>>")
    name = about.key[:32]
    yield body.end(f"/Size {number} /Root {CATALOG} 0 R /Info {INFO} 0 R /ID [<{name}> <{name}>]")


def _page(body: _Objects, number: int, jpeg: bytes, mark: Mark | None) -> Iterator[bytes]:
    width, height = size(jpeg)
    scale = SHORT_SIDE / min(width, height)
    wide, high = width * scale, height * scale
    drawn = f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /P Do Q"
    used = f"/P {number + 1} 0 R"
    if mark is not None:
        across, away = mark.wide * SHORT_SIDE, mark.margin * SHORT_SIDE
        drawn += f"\nq {across:.2f} 0 0 {across * mark.height / mark.width:.2f} {wide - across - away:.2f} {away:.2f} cm /M Do Q"
        used += f" /M {MARK} 0 R"
    yield body.object(
        number,
        f"<</Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {wide:.2f} {high:.2f}] /Contents {number + 2} 0 R /Resources <</XObject <<{used}>>>>>>",
    )
    picture = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
    )
    yield from body.stream(number + 1, picture, jpeg)
    yield from body.stream(number + 2, "", drawn.encode())


def size(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a baseline RGB JPEG, in pixels; raises ValueError for anything else, which readers would not show."""
    place = 2
    while jpeg[:2] == b"\xff\xd8" and place + 10 <= len(jpeg) and jpeg[place] == 0xFF:
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if marker == 0xC0:
            height, width, channels = unpack(">HHB", jpeg[place + 5 : place + 10])
            if width and height and channels == 3:
                return width, height
            break
        place += 2 + length
    raise ValueError("not a baseline RGB JPEG")


def _catalog() -> str:
    return f"<</Type /Catalog /Pages {PAGES} 0 R /Metadata {XMP} 0 R /PageLayout /SinglePage /ViewerPreferences <</DisplayDocTitle true>>>>"


def _info(about: About) -> str:
    day = about.created_at.strftime("(D:%Y%m%d%H%M%SZ)")
    return (
        f"<</Title {_text(about.title)} /Author {_text(about.author)} /Subject {_text(about.disclosure)}"
        f" /Creator (MamaStoria) /Producer (MamaStoria) /CreationDate {day} /ModDate {day}>>"
    )


def _text(text: str) -> str:
    """Any text as PDF takes it, without a character that would have to be escaped."""
    return f"<FEFF{text.encode('utf-16-be', errors='replace').hex().upper()}>"


def _xmp(about: About) -> str:
    day = about.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    named = "".join(
        f'<dc:{name}><rdf:Alt><rdf:li xml:lang="x-default">{xml(text)}</rdf:li></rdf:Alt></dc:{name}>'
        for name, text in (("title", about.title), ("description", about.disclosure))
    )
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<dc:format>application/pdf</dc:format>{named}<dc:creator><rdf:Seq><rdf:li>{xml(about.author)}</rdf:li></rdf:Seq></dc:creator>
<xmp:CreatorTool>MamaStoria</xmp:CreatorTool><xmp:CreateDate>{day}</xmp:CreateDate><xmp:ModifyDate>{day}</xmp:ModifyDate>
<pdf:Producer>MamaStoria</pdf:Producer><Iptc4xmpExt:DigitalSourceType>{SOURCE}</Iptc4xmpExt:DigitalSourceType>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xml(text: str) -> str:
    """Any text as XML 1.0 takes it: most control characters do not exist there, not even escaped."""
    return escape(
        "".join(
            letter if letter in "\t\n\r" or " " <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter > "\uffff" else " "
            for letter in text
        )
    )
