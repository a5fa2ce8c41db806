"""Speech balloons with tails, and the narrator's box: where they go and how they look."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from PIL import Image, ImageDraw

from common.drawing.colours import WHITE, Colour, darker, luminance
from common.drawing.geometry import Box, Point, bounds, oval, rounded, smooth
from common.drawing.lettering import Block, fit, plain, write
from common.drawing.styles import Style

Voice = Literal["say", "shout", "think", "box"]

LARGEST, SMALLEST = 40, 20


@dataclass(frozen=True)
class Balloon:
    """One balloon: its lettering, where it floats, and whom its tail points at (nobody: None)."""

    block: Block
    box: Box
    voice: Voice
    speaker: int | None


@dataclass(frozen=True)
class Speech:
    """What is to be lettered: `speaker` indexes the figures, `x` is where on the page the speaker stands."""

    text: str
    speaker: int | None
    x: float


def voice_of(text: str, known: bool) -> Voice:
    """How a line is said: shouted, thought, or said; what nobody in the panel says stands in a box."""
    stripped = text.strip()
    if stripped.startswith(("(", "*")) and stripped.endswith((")", "*")):
        return "think"
    letters = [letter for letter in stripped if letter.isalpha()]
    if stripped.endswith("!!") or (len(letters) > 4 and stripped.isupper()):
        return "shout"
    return "say" if known else "box"


def caption(text: str, page: Box, style: Style, share: float) -> tuple[Block, Box] | None:
    """The narrator's box at the top of `page`, no higher than `share` of it; None for an empty text."""
    words = plain(text, style.capitals)
    if not words:
        return None
    pad = 20
    block = fit(words, page.width - 2 * pad, page.height * share - 2 * pad, 34, SMALLEST)
    wide = block.width + 2 * pad if len(block.lines) < 2 else page.width
    return block, Box(page.left, page.top, page.left + wide, page.top + block.height + 2 * pad)


def arrange(speeches: Sequence[Speech], page: Box, style: Style, deepest: float) -> list[Balloon]:
    """Balloons in reading order from the top of `page` down, none below `deepest` (pixels), none over another.

    The lettering shrinks until all fit; at its smallest, texts are cut.
    """
    for size in range(LARGEST, SMALLEST - 1, -4):
        placed = _lay_out(speeches, page, style, size, 1e9)
        if not placed or max(one.box.bottom for one in placed) <= deepest:
            return placed
    room = (deepest - page.top) / max(1, len(speeches)) - 84
    return _lay_out(speeches, page, style, SMALLEST, max(room, SMALLEST * 1.3))


def _lay_out(speeches: Sequence[Speech], page: Box, style: Style, size: int, tallest: float) -> list[Balloon]:
    placed: list[Balloon] = []
    for speech in speeches:
        text = plain(speech.text, style.capitals)
        if not text:
            continue
        voice = voice_of(speech.text, speech.speaker is not None)
        block = _shaped(text, size, page.width, tallest)
        wide, high = _room(block, voice, style)
        wide = min(wide, page.width)
        x = min(max(speech.x, page.left + wide / 2), page.right - wide / 2)
        y = page.top if not placed else placed[-1].box.top + placed[-1].box.height * 0.3
        box = Box(x - wide / 2, y, x + wide / 2, y + high)
        while any(box.grown(7).overlaps(other.box) for other in placed):
            y += 6
            box = Box(box.left, y, box.right, y + high)
        placed.append(Balloon(block, box, voice, speech.speaker))
    return placed


def _shaped(text: str, size: int, width: float, tallest: float) -> Block:
    """Lettering about three times wider than high."""
    whole = fit(text, 1e9, 1e9, size, size)
    wide = math.sqrt(whole.width * whole.height * 3.6)
    longest = max((fit(word, 1e9, 1e9, size, size).width for word in text.split(" ")[:60]), default=0.0)
    wide = min(max(wide, longest + 2, width * 0.16), width * 0.56)
    return fit(text, wide, tallest, size, size)


def _room(block: Block, voice: Voice, style: Style) -> tuple[float, float]:
    if voice == "box" or style.balloon in ("box", "steps"):
        return block.width + 48, block.height + 40
    if style.balloon == "soft" and voice == "say":
        return block.width + 66, block.height + 46
    swell = {"shout": 1.34, "think": 1.2}.get(voice, 1.13)
    return block.width * swell + 40, block.height * (1.24 if voice != "shout" else 1.4) + 50


def letter(
    image: Image.Image,
    balloons: Sequence[Balloon],
    mouths: Sequence[tuple[Point, float]],
    style: Style,
    rng: Random,
    told: tuple[Block, Box] | None,
) -> None:
    """Draw captions and balloons on the finished picture; `mouths` are where the figures speak, with their heads' radius."""
    boxes = [one.box for one in balloons] + ([told[1]] if told else [])
    if not boxes:
        return
    reach = max([box.bottom for box in boxes] + [mouths[one.speaker][0][1] for one in balloons if one.speaker is not None])
    deep = min(max(int(reach) + 20, 20), image.height)
    overlay = Image.new("RGBA", (image.width * 2, deep * 2), (*(_ink(style) if _line(style) else style.paper), 0))
    draw = ImageDraw.Draw(overlay)
    if told:
        _narrator(draw, told[1], style)
    for one in balloons:
        pointed = one.speaker is not None and one.voice != "box"
        _body(draw, one, style, rng, mouths[one.speaker] if pointed and one.speaker is not None else None)
    small = overlay.reduce(2)
    image.paste(small, (0, 0), small)
    pen = ImageDraw.Draw(image)
    dark: Colour = (26, 20, 30)
    if told:
        block, box = told
        write(pen, block, box.left + 20, box.top + 19, WHITE if luminance(style.caption) < 110 else dark, centred=False)
    for one in balloons:
        write(pen, one.block, one.box.center[0], one.box.center[1] - one.block.height / 2, dark, centred=True)


def _line(style: Style) -> float:
    return 0.0 if style.line == 0 and style.balloon == "box" else max(2.4, min(style.line, 6.0))


def _ink(style: Style) -> Colour:
    return style.ink or (84, 72, 88)


def _doubled(points: Sequence[Point], dx: float = 0.0, dy: float = 0.0) -> list[Point]:
    return [((x + dx) * 2, (y + dy) * 2) for x, y in points]


def _outline(one: Balloon, style: Style, rng: Random) -> list[Point]:
    x, y = one.box.center
    rx, ry = one.box.width / 2, one.box.height / 2
    if one.voice == "shout" and style.balloon != "steps":
        count = 26
        points = []
        for index in range(count * 2):
            far = 1.0 if index % 2 == 0 else 0.83 + rng.uniform(-0.03, 0.02)
            angle = math.pi * index / count
            points.append((x + rx * far * _super(math.cos(angle), 2.4), y + ry * far * _super(math.sin(angle), 2.4)))
        return points
    if one.voice == "think":
        return _cloud(x, y, rx, ry)
    if style.balloon == "steps":
        return _steps(one.box, 8)
    if one.voice == "box" or style.balloon == "box":
        return rounded(*one.box, 10)
    if style.balloon == "soft":
        return rounded(*one.box, min(ry, 44))
    power = 2.9
    return [(x + rx * _super(math.cos(math.pi * i / 32), power), y + ry * _super(math.sin(math.pi * i / 32), power)) for i in range(64)]


def _super(value: float, power: float) -> float:
    return math.copysign(abs(value) ** (2 / power), value)


def _cloud(x: float, y: float, rx: float, ry: float) -> list[Point]:
    count = max(9, int((rx + ry) / 26))
    points: list[Point] = []
    for index in range(count):
        for part, far in ((0.0, 0.9), (0.5, 1.0)):
            angle = 2 * math.pi * (index + part) / count
            points.append((x + rx * far * _super(math.cos(angle), 2.6), y + ry * far * _super(math.sin(angle), 2.6)))
    return smooth(points, 4)


def _steps(box: Box, cell: float) -> list[Point]:
    left, top, right, bottom = box
    corner = [(0, 2), (1, 2), (1, 1), (2, 1), (2, 0)]
    points = [(left + a * cell, top + b * cell) for a, b in corner]
    points += [(right - a * cell, top + b * cell) for a, b in reversed(corner)]
    points += [(right - a * cell, bottom - b * cell) for a, b in corner]
    return points + [(left + a * cell, bottom - b * cell) for a, b in reversed(corner)]


def _narrator(draw: ImageDraw.ImageDraw, box: Box, style: Style) -> None:
    shape = _steps(box, 6) if style.balloon == "steps" else rounded(*box, 4 if style.frame in ("ink", "thin") else 16)
    if style.frame != "none":
        draw.polygon(_doubled(shape, 5, 6), fill=(*darker(_ink(style), 0.2), 110))
    width = _line(style)
    if width:
        draw.polygon(_doubled(_grown(shape, width * 0.8)), fill=(*_ink(style), 255))
    draw.polygon(_doubled(shape), fill=(*style.caption, 236 if style.frame == "none" else 255))


def _body(draw: ImageDraw.ImageDraw, one: Balloon, style: Style, rng: Random, mouth: tuple[Point, float] | None) -> None:
    shape = _outline(one, style, rng)
    width = _line(style)
    fill = (*(style.caption if one.voice == "box" else style.paper), 255)
    ink = (*_ink(style), 255)
    trail = _tail(one, *mouth) if mouth else []
    if width:
        draw.polygon(_doubled(_grown(shape, width)), fill=ink)
        for part in trail:
            draw.polygon(_doubled(part), fill=ink)
            draw.line(_doubled([*part, part[0], part[1]]), fill=ink, width=round(width * 4), joint="curve")
    for part in [shape, *trail]:
        draw.polygon(_doubled(part), fill=fill)


def _grown(shape: Sequence[Point], by: float) -> list[Point]:
    box = bounds(shape)
    x, y = box.center
    fx, fy = (box.width + 2 * by) / max(box.width, 1), (box.height + 2 * by) / max(box.height, 1)
    return [(x + (px - x) * fx, y + (py - y) * fy) for px, py in shape]


def _tail(one: Balloon, mouth: Point, radius: float) -> list[list[Point]]:
    """The tail's pieces: a bent wedge that ends short of the mouth, or for a thought a trail of bubbles."""
    x, y = one.box.center
    dx, dy = mouth[0] - x, mouth[1] - y
    far = math.hypot(dx, dy)
    ux, uy = dx / max(far, 1), dy / max(far, 1)
    edge = min(one.box.width / 2 / max(abs(ux), 1e-6), one.box.height / 2 / max(abs(uy), 1e-6)) * 0.9
    long = min(far - radius * 1.7, edge + 360) - edge
    if long < 14:
        return []
    tip = (x + ux * (edge + long), y + uy * (edge + long))
    if one.voice == "think":
        return [
            oval(x + ux * (edge + 16 + long * part), y + uy * (edge + 16 + long * part), size, size * 0.9, 16)
            for part, size in ((0.14, 15.0), (0.46, 10.0), (0.74, 6.0))
        ]
    half = min(24.0, one.box.width * 0.14)
    root = (x + ux * edge * 0.82, y + uy * edge * 0.82)
    bend = (x + ux * (edge + long * 0.5) - uy * 12, y + uy * (edge + long * 0.5) + ux * 12)
    left, right = (root[0] - uy * half, root[1] + ux * half), (root[0] + uy * half, root[1] - ux * half)
    near = [(bend[0] - uy * half * 0.4, bend[1] + ux * half * 0.4), (bend[0] + uy * half * 0.5, bend[1] - ux * half * 0.5)]
    return [[left, *smooth([left, near[0], tip], 6, closed=False), *smooth([tip, near[1], right], 6, closed=False), right]]
