"""What each style means to a pen: line, colour, shade, proportions, finish, frame and lettering."""

import re
from dataclasses import dataclass
from typing import Literal

from common.drawing.colours import INK, WHITE, Colour, adjust, digest, mix, multiply


@dataclass(frozen=True)
class Style:
    """One hand.

    `line` is the outline's width in pixels of a 1024 px wide panel (0: none) and `ink` its colour
    (None: each shape's own colour, darkened). `heads` is how many heads high an adult is. `wobble`
    is how far a line strays, in pixels. `finish`, `frame` and `balloon` name what is done last.
    """

    name: str
    line: float = 4.0
    ink: Colour | None = INK
    shade: Literal["cel", "soft", "none"] = "cel"
    depth: float = 0.2
    saturation: float = 1.0
    value: float = 1.0
    tint: Colour = WHITE
    tinted: float = 0.0
    pale: float = 0.0
    wobble: float = 0.0
    heads: float = 4.0
    eyes: Literal["dot", "oval", "anime", "real", "simple"] = "oval"
    blush: bool = True
    finish: str = "plain"
    frame: Literal["ink", "thin", "none", "paper", "round"] = "ink"
    balloon: Literal["round", "box", "soft", "steps"] = "round"
    capitals: bool = False
    paper: Colour = (255, 253, 246)
    caption: Colour = (255, 244, 206)
    distance: float = 0.0
    clutter: float = 1.0

    def tone(self, colour: Colour) -> Colour:
        """A paint of this style."""
        toned = adjust(colour, self.saturation, self.value)
        if self.pale:
            toned = mix(toned, WHITE, self.pale)
        return multiply(toned, self.tint, self.tinted) if self.tinted else toned


STYLES: tuple[Style, ...] = (
    Style(
        "Realistic",
        line=1.6,
        ink=None,
        shade="soft",
        depth=0.42,
        saturation=0.82,
        value=0.96,
        tint=(255, 240, 220),
        tinted=0.5,
        heads=5.6,
        eyes="real",
        blush=False,
        finish="film",
        frame="none",
        balloon="soft",
        distance=3.0,
    ),
    Style("Cartoon", line=5.0, shade="cel", depth=0.16, saturation=1.12, value=1.05, heads=3.5, eyes="oval", finish="plain"),
    Style(
        "Anime",
        line=2.6,
        ink=(52, 34, 52),
        shade="cel",
        depth=0.26,
        saturation=1.1,
        value=1.06,
        heads=4.7,
        eyes="anime",
        finish="bloom",
        frame="thin",
        balloon="soft",
        distance=1.2,
    ),
    Style(
        "Manga B&W",
        line=4.2,
        ink=(8, 8, 10),
        shade="cel",
        depth=0.3,
        heads=4.7,
        eyes="anime",
        blush=False,
        finish="screentone",
        frame="ink",
        paper=WHITE,
        caption=WHITE,
    ),
    Style(
        "Webtoon",
        line=2.0,
        ink=None,
        shade="cel",
        depth=0.14,
        saturation=0.92,
        value=1.1,
        pale=0.12,
        tint=(255, 236, 246),
        tinted=0.6,
        heads=5.1,
        eyes="anime",
        finish="glow",
        frame="none",
        balloon="soft",
        paper=WHITE,
        caption=(244, 240, 255),
        distance=2.0,
    ),
    Style(
        "Ghibli",
        line=2.4,
        ink=(78, 56, 44),
        shade="cel",
        depth=0.18,
        saturation=0.98,
        value=1.0,
        tint=(255, 250, 226),
        tinted=0.7,
        wobble=0.8,
        heads=4.3,
        eyes="dot",
        finish="gouache",
        frame="thin",
        paper=(255, 252, 240),
    ),
    Style(
        "Watercolor",
        line=1.7,
        ink=(96, 80, 84),
        shade="soft",
        depth=0.26,
        saturation=1.08,
        value=1.06,
        pale=0.12,
        wobble=2.2,
        heads=4.0,
        eyes="dot",
        finish="watercolour",
        frame="paper",
        balloon="round",
        paper=(253, 250, 242),
        caption=(252, 244, 226),
    ),
    Style(
        "Pixel Art",
        line=7.0,
        ink=(30, 22, 46),
        shade="cel",
        depth=0.26,
        saturation=1.2,
        value=1.04,
        heads=2.9,
        eyes="simple",
        finish="pixels",
        frame="ink",
        balloon="steps",
        capitals=True,
        paper=(250, 248, 236),
        caption=(60, 52, 104),
    ),
    Style(
        "Comic Book",
        line=6.4,
        ink=(12, 10, 20),
        shade="cel",
        depth=0.44,
        saturation=1.22,
        value=1.0,
        heads=4.9,
        eyes="oval",
        blush=False,
        finish="inked",
        frame="ink",
        capitals=True,
        caption=(255, 226, 92),
    ),
    Style(
        "Chibi",
        line=4.4,
        ink=(92, 54, 62),
        shade="cel",
        depth=0.14,
        saturation=1.0,
        value=1.08,
        pale=0.1,
        heads=2.25,
        eyes="anime",
        finish="sparkle",
        frame="round",
        balloon="round",
        caption=(255, 232, 238),
    ),
    Style(
        "Pastel Soft",
        line=1.8,
        ink=None,
        shade="soft",
        depth=0.18,
        saturation=0.76,
        value=1.1,
        pale=0.24,
        tint=(255, 240, 244),
        tinted=0.6,
        heads=3.3,
        eyes="dot",
        finish="chalk",
        frame="round",
        balloon="soft",
        paper=(255, 252, 250),
        caption=(238, 246, 240),
    ),
    Style(
        "Pop Art",
        line=7.6,
        ink=(10, 8, 14),
        shade="cel",
        depth=0.3,
        saturation=1.7,
        value=1.12,
        heads=4.1,
        eyes="oval",
        blush=False,
        finish="popart",
        frame="ink",
        capitals=True,
        paper=WHITE,
        caption=(255, 222, 0),
        clutter=0.7,
    ),
    Style(
        "Fantasy Painting",
        line=0.0,
        ink=None,
        shade="soft",
        depth=0.55,
        saturation=1.08,
        value=0.86,
        tint=(255, 226, 196),
        tinted=0.7,
        heads=5.2,
        eyes="real",
        blush=False,
        finish="oils",
        frame="none",
        balloon="soft",
        paper=(248, 238, 214),
        caption=(242, 226, 188),
        distance=1.6,
    ),
    Style(
        "Modern Minimalist",
        line=0.0,
        ink=None,
        shade="none",
        depth=0.0,
        saturation=0.5,
        value=1.02,
        pale=0.12,
        tint=(255, 246, 234),
        tinted=0.6,
        heads=4.6,
        eyes="simple",
        blush=False,
        finish="flat",
        frame="none",
        balloon="box",
        paper=WHITE,
        caption=WHITE,
        clutter=0.35,
    ),
    Style(
        "Retro American",
        line=4.6,
        ink=(40, 26, 34),
        shade="cel",
        depth=0.26,
        saturation=0.9,
        value=0.96,
        tint=(255, 232, 186),
        tinted=1.0,
        heads=4.4,
        eyes="dot",
        finish="newsprint",
        frame="ink",
        capitals=True,
        paper=(250, 238, 208),
        caption=(246, 214, 110),
    ),
    Style(
        "Cartoon 3D",
        line=0.0,
        ink=None,
        shade="soft",
        depth=0.4,
        saturation=1.1,
        value=1.06,
        heads=3.1,
        eyes="oval",
        finish="render",
        frame="none",
        balloon="soft",
        paper=WHITE,
        caption=(236, 246, 255),
        distance=3.6,
    ),
)

_BY_NAME = {style.name.casefold(): style for style in STYLES}


def style_named(name: str) -> Style:
    """The style called `name`; else the one that shares a word with it; else one picked by its letters, always the same."""
    wanted = name.strip().casefold()
    if wanted in _BY_NAME:
        return _BY_NAME[wanted]
    words = set(re.findall(r"\w+", wanted)) - {"art", "b", "w", "style", "gaya"}
    for style in STYLES:
        if words & set(re.findall(r"\w+", style.name.casefold())):
            return style
    return STYLES[digest(wanted) % len(STYLES)]
