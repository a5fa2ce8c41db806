"""What a scene is built on: the page's size, where its horizon is, its hour and its chance."""

from dataclasses import dataclass
from random import Random

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, blob, ridge
from common.drawing.pen import Pen
from common.drawing.skies import Hour


@dataclass(frozen=True)
class Stage:
    """A place to build a scene: `width` × `height` pixels with the horizon at `horizon`."""

    pen: Pen
    rng: Random
    width: float
    height: float
    horizon: float
    hour: Hour

    def down(self, part: float) -> float:
        """The y that lies `part` (0..1) of the way from the horizon to the bottom edge."""
        return self.horizon + (self.height - self.horizon) * part

    def across(self, part: float) -> float:
        """The x that lies `part` of the width from the left edge."""
        return self.width * part

    @property
    def unit(self) -> float:
        """A length that suits both wide and tall pages: the height of a man who stands in the middle distance."""
        return min(self.width * 0.5, self.height * 0.4)

    def range(self, y: float, high: float, bumps: int, colour: Colour, far: float, rough: float = 0.5, base: float = 1.2) -> None:
        """A chain of hills or mountains across the page, `far` (0..1) away."""
        points = ridge(self.rng, -0.4 * self.width, 1.4 * self.width, y, high, bumps, rough)
        bottom: list[Point] = [(1.4 * self.width, self.height * base), (-0.4 * self.width, self.height * base)]
        self.pen.distant(far).shape(points + bottom, colour, line=0.7, shade=0)

    def ground(self, top: float, colour: Colour, near: Colour | None = None) -> None:
        """The ground from `top` down, darker towards the reader."""
        self.pen.wash(-self.width, top, self.width * 2, self.height * 1.3, lighter(colour, 0.14), colour, near or darker(colour, 0.22))

    def treeline(self, y: float, high: float, colour: Colour, far: float, count: int = 22) -> None:
        """A wood seen from far away: a row of crowns."""
        pen = self.pen.distant(far)
        step = 1.8 * self.width / count
        for index in range(count):
            x = -0.4 * self.width + step * (index + self.rng.random() * 0.6)
            tall = high * self.rng.uniform(0.6, 1.0)
            pen.shape(
                blob(self.rng, x, y - tall * 0.4, step * 0.75, tall * 0.62, 7, 0.16),
                mix(colour, darker(colour, 0.3), self.rng.random() * 0.6),
                shade=0.7,
            )
