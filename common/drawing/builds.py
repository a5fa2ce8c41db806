"""How each four-legged animal is built and coloured."""

from dataclasses import dataclass

from common.drawing.colours import Colour

CREAM: Colour = (248, 236, 214)
DARK: Colour = (52, 40, 44)
PINK: Colour = (240, 160, 156)
HORN: Colour = (226, 214, 186)


@dataclass(frozen=True)
class Beast:
    """The build of an animal, in body lengths but for `size`, the body's length against a man's height."""

    coat: Colour
    under: Colour = CREAM
    size: float = 0.6
    legs: float = 0.34
    deep: float = 0.42
    leg: float = 0.14
    neck: float = 0.16
    head: float = 0.3
    muzzle: float = 0.5
    ears: str = "round"
    ear: Colour = PINK
    horns: str = ""
    tail: str = "short"
    marks: str = ""
    foot: Colour = DARK
    nose: Colour = DARK

    @property
    def height(self) -> float:
        """From the ground to the top of the head, in a man's height."""
        return self.size * (self.legs + self.deep * 0.85 + self.neck + self.head * 1.2)

    @property
    def reach(self) -> tuple[float, float]:
        """How far tail and head reach to the left and right of the body's middle, in a man's height."""
        tail = {"long": 0.86, "whip": 0.82, "tuft": 0.68, "bush": 1.1, "hair": 0.78}.get(self.tail, 0.64)
        front = 0.46 + self.neck * 0.45 + self.head * (1.75 if self.ears == "fan" or self.horns == "wide" else 1.4)
        return -tail * self.size, front * self.size


BEASTS: dict[str, Beast] = {
    "kancil": Beast((184, 122, 72), size=0.5, legs=0.46, deep=0.4, leg=0.1, neck=0.22, head=0.33, muzzle=0.42, ears="leaf", marks="throat"),
    "rusa": Beast(
        (176, 118, 70),
        size=0.66,
        legs=0.56,
        deep=0.4,
        leg=0.1,
        neck=0.34,
        head=0.25,
        muzzle=0.5,
        ears="leaf",
        horns="antlers",
        marks="spots",
    ),
    "harimau": Beast(
        (240, 148, 52),
        size=0.78,
        legs=0.3,
        deep=0.42,
        leg=0.17,
        neck=0.1,
        head=0.34,
        muzzle=0.56,
        tail="long",
        marks="stripes",
        foot=CREAM,
        nose=(206, 96, 92),
    ),
    "singa": Beast(
        (226, 172, 92),
        size=0.78,
        legs=0.32,
        deep=0.42,
        leg=0.17,
        neck=0.12,
        head=0.32,
        muzzle=0.56,
        tail="tuft",
        marks="mane",
        foot=(214, 160, 84),
    ),
    "gajah": Beast(
        (150, 158, 176),
        under=(172, 178, 194),
        size=0.96,
        legs=0.34,
        deep=0.6,
        leg=0.24,
        neck=0.1,
        head=0.36,
        muzzle=0.0,
        ears="fan",
        ear=(196, 168, 178),
        tail="tuft",
        marks="trunk",
        foot=(176, 182, 196),
    ),
    "badak": Beast(
        (138, 142, 150),
        under=(156, 160, 168),
        size=0.9,
        legs=0.26,
        deep=0.5,
        leg=0.2,
        neck=0.02,
        head=0.27,
        muzzle=0.62,
        ears="leaf",
        horns="nose",
        foot=(120, 124, 132),
        nose=(96, 98, 106),
    ),
    "kucing": Beast(
        (236, 170, 98),
        size=0.38,
        legs=0.32,
        deep=0.4,
        leg=0.13,
        neck=0.12,
        head=0.38,
        muzzle=0.36,
        ears="points",
        tail="long",
        marks="bands",
        foot=CREAM,
        nose=(224, 120, 116),
    ),
    "anjing": Beast(
        (206, 158, 104),
        size=0.46,
        legs=0.36,
        deep=0.4,
        leg=0.13,
        neck=0.16,
        head=0.34,
        muzzle=0.54,
        ears="flops",
        ear=(140, 92, 58),
        tail="up",
        marks="patch",
        foot=CREAM,
    ),
    "serigala": Beast(
        (128, 134, 148),
        under=(214, 216, 220),
        size=0.58,
        legs=0.42,
        deep=0.38,
        leg=0.12,
        neck=0.14,
        head=0.3,
        muzzle=0.58,
        ears="points",
        ear=(92, 96, 110),
        tail="bush",
    ),
    "rubah": Beast(
        (228, 116, 52),
        size=0.48,
        legs=0.34,
        deep=0.36,
        leg=0.11,
        neck=0.14,
        head=0.33,
        muzzle=0.5,
        ears="points",
        ear=DARK,
        tail="bush",
        foot=DARK,
    ),
    "kambing": Beast(
        (238, 232, 220),
        under=(250, 246, 238),
        size=0.5,
        legs=0.4,
        deep=0.44,
        leg=0.11,
        neck=0.22,
        head=0.28,
        muzzle=0.5,
        ears="flops",
        ear=(206, 190, 170),
        horns="back",
        tail="short",
        marks="beard",
    ),
    "sapi": Beast(
        (246, 240, 230),
        under=(246, 226, 214),
        size=0.8,
        legs=0.34,
        deep=0.5,
        leg=0.14,
        neck=0.12,
        head=0.28,
        muzzle=0.66,
        ears="side",
        horns="short",
        tail="tuft",
        marks="patches",
        nose=(150, 90, 92),
    ),
    "kerbau": Beast(
        (92, 90, 104),
        under=(122, 116, 126),
        size=0.84,
        legs=0.3,
        deep=0.52,
        leg=0.16,
        neck=0.08,
        head=0.29,
        muzzle=0.62,
        ears="side",
        ear=(150, 120, 124),
        horns="wide",
        tail="tuft",
    ),
    "kuda": Beast(
        (160, 96, 58),
        under=(176, 116, 78),
        size=0.84,
        legs=0.52,
        deep=0.44,
        leg=0.12,
        neck=0.4,
        head=0.25,
        muzzle=0.74,
        ears="points",
        tail="hair",
        marks="horse",
    ),
    "beruang": Beast(
        (134, 92, 64),
        under=(190, 150, 112),
        size=0.8,
        legs=0.26,
        deep=0.5,
        leg=0.2,
        neck=0.06,
        head=0.34,
        muzzle=0.52,
        ears="round",
        tail="short",
        foot=(108, 72, 52),
    ),
    "kelinci": Beast(
        (226, 214, 206),
        under=(252, 246, 242),
        size=0.32,
        legs=0.2,
        deep=0.54,
        leg=0.15,
        neck=0.14,
        head=0.42,
        muzzle=0.36,
        ears="long",
        tail="puff",
        foot=(246, 240, 236),
        nose=(230, 130, 136),
    ),
    "tikus": Beast(
        (158, 154, 166),
        under=(222, 214, 218),
        size=0.28,
        legs=0.18,
        deep=0.48,
        leg=0.1,
        neck=0.08,
        head=0.4,
        muzzle=0.42,
        ears="disc",
        tail="whip",
        foot=PINK,
        nose=(230, 130, 136),
    ),
}
