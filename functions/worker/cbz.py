"""A comic-book archive (CBZ): a ZIP of pages in order, stored as they are, with ComicInfo.xml for the reader's shelf.

PKWARE's APPNOTE.TXT. Python's zipfile writes sizes behind the data where it cannot seek back, which
some readers of comics do not follow; here each size is known before.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .pdf import xml


@dataclass(frozen=True)
class About:
    """What the archive says about itself."""

    title: str
    author: str
    summary: str
    disclosure: str
    created_at: datetime
    pages: int


def archive(about: About, pages: Iterable[bytes]) -> Iterator[bytes]:
    """The file in pieces; `pages` are `about.pages` JPEGs, the first of them the cover."""
    listed: list[bytes] = []
    place = 0
    for name, data in _entries(about, pages):
        fields = _fields(about.created_at, data, name)
        head = b"PK\3\4" + struct.pack("<H", 20) + fields + name
        # 0x314 says version 2.0 on Unix; the mode of a plain file goes into the upper half of the attributes.
        listed.append(b"PK\1\2" + struct.pack("<HH", 0x314, 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, place) + name)
        yield head
        yield data
        place += len(head) + len(data)
    directory = b"".join(listed)
    yield directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(listed), len(listed), len(directory), place, 0)


def _entries(about: About, pages: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    yield b"ComicInfo.xml", _info(about).encode()
    for number, page in enumerate(pages):
        yield f"{number:03}.jpg".encode(), page


def _fields(at: datetime, data: bytes, name: bytes) -> bytes:
    """What a file's own header and the directory both say: flags, method 0 (stored), time, checksum, sizes."""
    day = (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return struct.pack("<HHHHIIIHH", 0, 0, time, day, zlib.crc32(data), len(data), len(data), len(name), 0)


def _info(about: About) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<ComicInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Title>{xml(about.title)}</Title>
<Summary>{xml(about.summary)}</Summary>
<Notes>{xml(about.disclosure)}</Notes>
<Year>{about.created_at.year}</Year><Month>{about.created_at.month}</Month><Day>{about.created_at.day}</Day>
<Writer>{xml(about.author)}</Writer>
<Publisher>MamaStoria</Publisher>
<PageCount>{about.pages}</PageCount>
<Pages><Page Image="0" Type="FrontCover"/></Pages>
</ComicInfo>
"""
