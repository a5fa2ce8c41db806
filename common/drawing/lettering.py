"""Text set in comic lettering: which font has which letter, breaking lines, shrinking to fit.

Comic Neue has Latin letters; Noto Sans adds Greek, Cyrillic and more Latin, Noto Sans Arabic and Noto
Emoji the rest that Indonesian readers are likely to write. A letter in none of them is drawn as a
squiggle, as comics draw speech that the reader does not understand: better than an empty box.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont, features

from common.drawing.colours import Colour
from common.drawing.geometry import smooth

_FONTS = ("ComicNeue-Bold.ttf", "NotoSans-Bold.ttf", "NotoSansArabic-Bold.ttf", "NotoEmoji.ttf")
_FOLDER = Path(__file__).parent / "fonts"
_SQUIGGLE = -1
_LEADING = 1.18
# Joiners, variation selectors, skin tones and direction marks: they join or colour letters we draw one by one.
_UNSEEN = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
# No balloon or caption holds more; cutting first keeps a text of any length as cheap as a long one.
LONGEST = 1100


@dataclass(frozen=True)
class Block:
    """Lines of text set at `size` pixels, with the room they take."""

    lines: tuple[str, ...]
    size: int
    width: float
    height: float
    cut: bool = False


def plain(text: str, capitals: bool = False) -> str:
    """A text as it can be lettered: one line, no control characters, at most `LONGEST` long."""
    short = unicodedata.normalize("NFC", text[: LONGEST * 3])
    short = _UNSEEN.sub("", short)
    short = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs", "Cn", "Co") else letter for letter in short)
    short = " ".join(short.split())
    if len(short) > LONGEST:
        short = short[:LONGEST].rstrip() + "…"
    return short.upper() if capitals else short


def fit(text: str, width: float, height: float, largest: int, smallest: int) -> Block:
    """`text` at the largest size that fits in `width` × `height` pixels; at the smallest it is cut with an ellipsis."""
    for size in range(largest, smallest - 1, -2):
        lines = wrap(text, size, width)
        if len(lines) * size * _LEADING <= height:
            return _block(lines, size)
    lines = wrap(text, smallest, width)
    room = max(1, int(height / (smallest * _LEADING)))
    if len(lines) <= room:
        return _block(lines, smallest)
    return _block([*lines[: room - 1], _shortened(lines[room - 1], smallest, width)], smallest, cut=True)


def wrap(text: str, size: int, width: float) -> list[str]:
    """`text` in lines no wider than `width`; a word too long for a line is broken anywhere."""
    lines: list[str] = []
    line, used = "", 0.0
    space = measure(" ", size)
    for word in text.split(" "):
        for part in _pieces(word, size, width):
            long = measure(part, size)
            if line and used + space + long > width:
                lines.append(line)
                line, used = part, long
            else:
                line, used = (f"{line} {part}", used + space + long) if line else (part, long)
    return [*lines, line] if line or not lines else lines


def _pieces(word: str, size: int, width: float) -> list[str]:
    if measure(word, size) <= width:
        return [word]
    pieces, piece, used = [], "", 0.0
    for letter in word:
        long = measure(letter, size)
        if piece and used + long > width:
            pieces.append(piece)
            piece, used = "", 0.0
        piece, used = piece + letter, used + long
    return [*pieces, piece]


def _shortened(line: str, size: int, width: float) -> str:
    while line and measure(line + "…", size) > width:
        line = line[:-1].rstrip()
    return line + "…"


def _block(lines: list[str], size: int, cut: bool = False) -> Block:
    return Block(tuple(lines), size, max(measure(line, size) for line in lines), len(lines) * size * _LEADING, cut)


@cache
def measure(text: str, size: int) -> float:
    """How wide a text is, in pixels."""
    return sum(_run_width(font, run, size) for font, run in _runs(text))


def write(draw: ImageDraw.ImageDraw, block: Block, x: float, y: float, colour: Colour, centred: bool) -> None:
    """Letter a block with its top at y; x is its middle if `centred`, else its left edge (right edge for Arabic)."""
    for index, line in enumerate(block.lines):
        long = measure(line, block.size)
        rtl = _right_to_left(line)
        left = x - long / 2 if centred else x + (block.width - long if rtl else 0)
        baseline = y + index * block.size * _LEADING + block.size * 0.93
        _write_line(draw, line, left, baseline, block.size, colour, rtl)


def _write_line(draw: ImageDraw.ImageDraw, line: str, left: float, baseline: float, size: int, colour: Colour, rtl: bool) -> None:
    for font, run in reversed(_runs(line)) if rtl else _runs(line):
        if font == _SQUIGGLE:
            _squiggle(draw, left, baseline, len(run), size, colour)
        else:
            draw.text((left, baseline), _visual(run), font=_font(font, size), fill=colour, anchor="ls")
        left += _run_width(font, run, size)


def _squiggle(draw: ImageDraw.ImageDraw, left: float, baseline: float, letters: int, size: int, colour: Colour) -> None:
    for index in range(letters):
        x = left + index * size * 0.66
        points = [(x + size * part * 0.18, baseline - size * (0.28 + (0.2 if (part + index) % 2 else -0.12))) for part in range(4)]
        draw.line(smooth(points, 4, closed=False), fill=colour, width=max(size // 12, 2), joint="curve")


def _run_width(font: int, run: str, size: int) -> float:
    return len(run) * size * 0.66 if font == _SQUIGGLE else _font(font, size).getlength(_visual(run))


def _visual(run: str) -> str:
    # Raqm orders and joins Arabic letters; without it they are at least laid from right to left.
    return run if _shaping() or not _right_to_left(run) else run[::-1]


def _right_to_left(text: str) -> bool:
    first = next((unicodedata.bidirectional(letter) for letter in text if unicodedata.bidirectional(letter) in ("L", "R", "AL")), "L")
    return first != "L"


@cache
def _runs(text: str) -> tuple[tuple[int, str], ...]:
    """The text in runs of one font; a space stays with what is before it, where that font has one."""
    runs: list[tuple[int, str]] = []
    for letter in text:
        font = runs[-1][0] if runs and letter == " " and _has_space(runs[-1][0]) else _font_with(letter)
        if runs and runs[-1][0] == font:
            runs[-1] = (font, runs[-1][1] + letter)
        else:
            runs.append((font, letter))
    return tuple(runs)


@cache
def _has_space(font: int) -> bool:
    # The emoji have none: theirs would be an empty box.
    return font != _SQUIGGLE and _has(font, " ")


@cache
def _font_with(letter: str) -> int:
    if letter == " ":
        return 0
    return next((index for index in range(len(_FONTS)) if _has(index, letter)), _SQUIGGLE)


def _has(font: int, letter: str) -> bool:
    # Pillow does not tell which letters a font has; one it lacks looks like U+FFFF, which no font has.
    face = _font(font, 20)
    lacking = face.getmask("\uffff")
    drawn = face.getmask(letter)
    if unicodedata.combining(letter):
        return font == 1 or bytes(drawn) != bytes(lacking)
    return drawn.size != lacking.size or bytes(drawn) != bytes(lacking)


@cache
def _shaping() -> bool:
    return bool(features.check("raqm"))


@cache
def _font(index: int, size: int) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if _FONTS[index].startswith("NotoSansArabic") and _shaping() else ImageFont.Layout.BASIC
    return ImageFont.truetype(_FOLDER / _FONTS[index], size, layout_engine=engine)
