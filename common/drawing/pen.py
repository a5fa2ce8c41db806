"""A pen: shapes with an outline that swells away from the light, a shaded side, and colours in the style's tone.

The picture is drawn `scale` times larger than it will be and reduced at the end, which is what
smooths the edges: Pillow's own shapes have hard ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from common.drawing.colours import WHITE, Colour, darker, lighter, mix, multiply
from common.drawing.geometry import STRAIGHT, Affine, Point, limb, oval, smooth
from common.drawing.styles import Style

# Where the light comes from, as a unit vector on the page: above left.
LIGHT = (-0.55, -0.84)


@dataclass(frozen=True)
class Pen:
    """Draws on `image`, `scale` times enlarged, in one style.

    `map` places the pen's own coordinates on the page (see `at`), `light` colours everything as far as
    `lit` (0..1), and `haze` fades it as far as `far` (0..1), which is what makes distance.
    """

    image: Image.Image
    scale: float
    style: Style
    rng: Random
    map: Affine = STRAIGHT
    weight: float = 1.0
    light: Colour = WHITE
    lit: float = 0.0
    haze: Colour = WHITE
    far: float = 0.0
    paints: dict[tuple[Colour, float, float], Colour] = field(default_factory=dict)

    def at(self, x: float, y: float, size: float = 1.0, flip: bool = False, turn: float = 0.0, weight: float | None = None) -> "Pen":
        """A pen whose origin is (x, y), with coordinates `size` times larger; `weight` multiplies the line."""
        return replace(self, map=self.map.at(x, y, size, flip, turn), weight=self.weight * (1.0 if weight is None else weight))

    def distant(self, far: float) -> "Pen":
        """A pen that draws `far` (0..1) away: paler, with thinner lines."""
        return replace(self, far=far, weight=self.weight * (1 - 0.7 * far))

    def under(self, light: Colour, lit: float) -> "Pen":
        """A pen in coloured light."""
        return replace(self, light=light, lit=lit)

    def paint(self, colour: Colour) -> Colour:
        """`colour` as this pen would put it on the page."""
        key = (colour, self.far, self.lit)
        found = self.paints.get(key)
        if found is None:
            found = self.style.tone(colour)
            found = multiply(found, self.light, self.lit) if self.lit else found
            found = mix(found, self.haze, self.far) if self.far else found
            self.paints[key] = found
        return found

    def place(self, points: Sequence[Point]) -> list[Point]:
        """Points on the enlarged image."""
        scale = self.scale
        return [(x * scale, y * scale) for x, y in self.map(points)]

    def shape(self, points: Sequence[Point], fill: Colour, line: float = 1.0, shade: float = 1.0, ink: Colour | None = None) -> None:
        """A closed shape; `line` and `shade` multiply the style's own."""
        placed = self._stray(self.place(points))
        colour = self.paint(fill)
        draw = ImageDraw.Draw(self.image)
        width = self.style.line * self.weight * line * self.scale
        if width >= 0.6 and len(placed) > 2:
            draw.polygon(_swollen(placed, width), fill=self.line_colour(fill, ink))
        draw.polygon(placed, fill=colour)
        if shade and self.style.shade != "none":
            self._shade(placed, colour, shade)

    def flat(self, points: Sequence[Point], fill: Colour) -> None:
        """A closed shape without outline or shade: a mark on something that has them."""
        ImageDraw.Draw(self.image).polygon(self.place(points), fill=self.paint(fill))

    def stroke(self, points: Sequence[Point], width: float, colour: Colour, curved: bool = True) -> None:
        """An open line with round, thinner ends, `width` in the pen's own pixels."""
        if len(points) < 2:
            return
        joints = self.place(points)
        thick = max(width * self._size() * self.scale, 1.0)
        spine = smooth(joints, 6, closed=False) if curved and len(points) > 2 else joints
        outline = limb(spine, (thick * 0.55, thick, thick, thick * 0.5), steps=1)
        ImageDraw.Draw(self.image).polygon(outline, fill=self.paint(colour))

    def ink(self, points: Sequence[Point], width: float = 1.0) -> None:
        """A line as thick as the style's outline times `width`; styles without outlines draw a thin one."""
        style = self.style
        thick = max(style.line, 2.2) * self.weight * width / max(self._size(), 1e-6)
        self.stroke(points, thick, style.ink or (70, 52, 58))

    def dot(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """A small flat ellipse."""
        self.flat(oval(x, y, rx, ry, 18), fill)

    def line_colour(self, fill: Colour, ink: Colour | None = None) -> Colour:
        """What a shape of colour `fill` is outlined with."""
        chosen = ink or self.style.ink
        base = chosen if chosen is not None else darker(self.style.tone(fill), 0.5)
        base = multiply(base, self.light, self.lit * 0.5) if self.lit else base
        return mix(base, self.haze, self.far * 0.9) if self.far else base

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, strength: float) -> None:
        """Soft light (or, with a dark colour, soft shadow) fading from (x, y) outwards; `strength` is 0..1."""
        (cx, cy), *_ = self.place([(x, y)])
        size = self._size() * self.scale
        self.veil(_radial(int(strength * 255)), colour, cx - rx * size, cy - ry * size, 2 * rx * size, 2 * ry * size)

    def veil(self, mask: Image.Image, colour: Colour, left: float, top: float, width: float, height: float) -> None:
        """`colour` through `mask`, stretched over a rectangle of the enlarged image."""
        x0, y0 = max(math.ceil(left), 0), max(math.ceil(top), 0)
        x1, y1 = min(int(left + width), self.image.width), min(int(top + height), self.image.height)
        if x1 - x0 < 1 or y1 - y0 < 1:
            return
        # Only the part on the page is stretched: a scene's light is often several pages wide.
        fx, fy = mask.width / width, mask.height / height
        part = ((x0 - left) * fx, (y0 - top) * fy, min((x1 - left) * fx, mask.width), min((y1 - top) * fy, mask.height))
        self.image.paste(colour, (x0, y0), mask.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box=part))

    def wash(self, left: float, top: float, right: float, bottom: float, *colours: Colour) -> None:
        """A rectangle that passes from the first colour at the top to the last at the bottom."""
        (x0, y0), (x1, y1) = self.place([(left, top), (right, bottom)])
        x0, x1 = max(min(x0, x1), 0), min(max(x0, x1), self.image.width)
        width, height = math.ceil(x1) - int(x0), math.ceil(y1) - int(y0)
        if width < 1 or height < 1:
            return
        strip = Image.new("RGB", (1, len(colours)))
        strip.putdata([self.paint(colour) for colour in colours])
        tall = strip.resize((1, height), Image.Resampling.BILINEAR) if len(colours) > 1 else strip
        self.image.paste(tall.resize((width, height), Image.Resampling.NEAREST), (int(x0), int(y0)))

    def _size(self) -> float:
        return math.sqrt(abs(self.map.a * self.map.e - self.map.b * self.map.d))

    def _stray(self, placed: list[Point]) -> list[Point]:
        wobble = self.style.wobble * self.scale * min(self.weight, 1.0)
        if not wobble or len(placed) < 5:
            return placed
        one, two = self.rng.random() * 6.3, self.rng.random() * 6.3
        step = 2 * math.pi * 3 / len(placed)
        return [(x + wobble * math.sin(one + i * step), y + wobble * math.sin(two + i * step * 1.34)) for i, (x, y) in enumerate(placed)]

    def _shade(self, placed: list[Point], colour: Colour, amount: float) -> None:
        """Darken the side of a shape that is away from the light: what the shape moved towards the light no longer covers."""
        left, top = max(int(min(x for x, _ in placed)), 0), max(int(min(y for _, y in placed)), 0)
        right = min(int(max(x for x, _ in placed)) + 2, self.image.width)
        bottom = min(int(max(y for _, y in placed)) + 2, self.image.height)
        if right - left < 6 or bottom - top < 6:
            return
        reach = min(right - left, bottom - top)
        soft = self.style.shade == "soft"
        zoom = min(1.0, 90 / reach) if soft else 1.0
        size = (max(int((right - left) * zoom), 2), max(int((bottom - top) * zoom), 2))
        local = [((x - left) * zoom, (y - top) * zoom) for x, y in placed]
        inside = Image.new("L", size)
        ImageDraw.Draw(inside).polygon(local, fill=255)
        lit = _moved(inside, LIGHT[0] * reach * zoom * 0.2, LIGHT[1] * reach * zoom * 0.2)
        if soft:
            lit = lit.filter(ImageFilter.BoxBlur(reach * zoom * 0.14))
        strength = min(self.style.depth * amount, 0.9)
        mask = ImageChops.multiply(inside, ImageChops.invert(lit))
        self._through(placed, mask, darker(colour, 0.82), strength, (left, top, right, bottom))
        if soft and self.style.depth >= 0.4 and amount >= 0.8:
            dark = _moved(inside, -LIGHT[0] * reach * zoom * 0.3, -LIGHT[1] * reach * zoom * 0.3).filter(
                ImageFilter.BoxBlur(reach * zoom * 0.2)
            )
            self._through(
                placed,
                ImageChops.multiply(inside, ImageChops.invert(dark)),
                lighter(colour, 0.55),
                strength * 0.6,
                (left, top, right, bottom),
            )

    def _through(self, placed: list[Point], mask: Image.Image, colour: Colour, strength: float, box: tuple[int, int, int, int]) -> None:
        size = (box[2] - box[0], box[3] - box[1])
        mask = mask.point([int(value * strength) for value in range(256)])
        if mask.size != size:
            # The small mask's edge is coarse, so the exact outline is cut out of it again.
            exact = Image.new("L", size)
            ImageDraw.Draw(exact).polygon([(x - box[0], y - box[1]) for x, y in placed], fill=255)
            mask = ImageChops.multiply(mask.resize(size, Image.Resampling.BILINEAR), exact)
        self.image.paste(colour, box[:2], mask)


def _swollen(placed: list[Point], width: float) -> list[Point]:
    """The outline's outer edge: `placed` moved outwards, further on the side away from the light, as ink from a brush is."""
    count = len(placed)
    area = sum(placed[i - 1][0] * placed[i][1] - placed[i][0] * placed[i - 1][1] for i in range(count))
    side = 1.0 if area > 0 else -1.0
    edge: list[Point] = []
    for index, (x, y) in enumerate(placed):
        before, after = placed[index - 1], placed[(index + 1) % count]
        nx, ny = (after[1] - before[1]) * side, (before[0] - after[0]) * side
        length = math.hypot(nx, ny)
        if length < 1e-9:
            continue
        nx, ny = nx / length, ny / length
        thick = width * (0.72 - 0.38 * (nx * LIGHT[0] + ny * LIGHT[1]))
        edge.append((x + nx * thick, y + ny * thick))
    return edge if len(edge) > 2 else placed


def _moved(mask: Image.Image, dx: float, dy: float) -> Image.Image:
    moved = Image.new("L", mask.size)
    moved.paste(mask, (int(dx), int(dy)))
    return moved


_RADIALS: dict[int, Image.Image] = {}


def _radial(strength: int) -> Image.Image:
    """A round mask that falls from `strength` in the middle to nothing, kept because every lamp and shadow wants one."""
    if strength not in _RADIALS:
        falling = Image.radial_gradient("L").resize((128, 128))
        # The gradient reaches 255 in the corners; the circle inside the square is at about 180.
        _RADIALS[strength] = falling.point([int(max(0.0, 1 - value / 180) ** 1.6 * strength) for value in range(256)])
    return _RADIALS[strength]
