"""A person's body in its clothes. The ground under the feet is y = 0 and the crown of the head is at y = -1."""

import math
from dataclasses import dataclass, replace

from common.drawing import heads, outfits
from common.drawing.acting import POSES, Pose
from common.drawing.colours import Colour, darker, mix
from common.drawing.faces import Mood
from common.drawing.geometry import Point, limb, oval, smooth
from common.drawing.pen import Pen
from common.drawing.wardrobe import Person


@dataclass(frozen=True)
class Build:
    """The measures of a body, in body heights."""

    head: float
    chin: float
    shoulder: float
    shoulders: float
    hip: float
    hips: float
    arm: float
    sleeve: float
    leg: float


def height_of(who: Person) -> float:
    """How tall a person is against a grown man."""
    return {"child": 0.7, "elder": 0.92}.get(who.age, 0.96 if who.female else 1.0)


def build_of(pen: Pen, who: Person) -> Build:
    """The measures of `who` in the pen's style."""
    heads_high = pen.style.heads * (0.78 if who.age == "child" else 0.96 if who.age == "elder" else 1.0)
    head = 1 / max(heads_high, 2.1)
    body = 1 - head
    shoulders = (body * 0.145 + head * 0.07) * who.stout * (0.88 if who.female else 1.0)
    hip = -body * 0.46
    return Build(
        head / 2,
        -body,
        -body * 0.955,
        shoulders,
        hip,
        shoulders * (0.94 if who.female else 0.82),
        body * 0.215,
        body * 0.062 * who.stout + head * 0.05,
        body * 0.1 * who.stout,
    )


def person(pen: Pen, who: Person, pose: str, mood: Mood, turn: float = 0.4, talking: bool = False, air: str = "") -> Point:
    """Draw `who`, facing right as far as `turn` (0..1), and return where the mouth is on the page.

    `air` is "space" where a helmet is needed and "water" where the body floats.
    """
    acted = POSES[pose]
    if pen.style.finish == "screentone":
        # On a page without colour, skin is the paper's white.
        who = replace(who, skin=(252, 250, 248))
    build = build_of(pen, who)
    if acted.kind == "lie":
        pen = pen.at(-0.5, -build.shoulders * 0.95, 1.0, turn=math.radians(84))
        acted, mood = POSES["stand"], "asleep"
    drop = -build.hip * 0.74 if acted.kind == "sit" else -acted.lift
    pen = pen.at(0, drop, 1.0, turn=math.radians(acted.lean * 0.5))
    top = pen.at(0, 0, 1.0, turn=math.radians(acted.lean * 0.4))
    skull = top.at(turn * build.head * 0.16, build.chin - build.head * 0.94, build.head, turn=math.radians(_tilt(mood)))
    heads.behind(skull, who, turn)
    if who.outfit == "hero":
        outfits.cape(top, build.shoulder, build.shoulders, who)
    _arm(top, who, build, acted.far_arm, -1)
    _legs(pen, who, build, acted)
    _torso(top, who, build)
    outfits.over(top, who, build.shoulder, build.hip, build.shoulders, build.hips, acted.kind == "sit")
    heads.head(skull, who, mood, turn, talking)
    if air == "space":
        heads.helmet(skull)
    _arm(top, who, build, acted.near_arm, 1)
    (mouth,) = skull.map([(turn * 0.25, 0.55)])
    return mouth


def _tilt(mood: Mood) -> float:
    return {"sad": 6.0, "cry": 7.0, "thinking": -5.0, "laugh": -4.0, "scared": 3.0}.get(mood, 0.0)


def _bone(start: Point, length: float, angle: float) -> Point:
    return start[0] + length * math.sin(math.radians(angle)), start[1] + length * math.cos(math.radians(angle))


def _arm(pen: Pen, who: Person, build: Build, angles: tuple[float, float], side: int) -> None:
    shoulder = (side * build.shoulders * 0.86, build.shoulder + build.sleeve * 0.55)
    elbow = _bone(shoulder, build.arm, angles[0])
    wrist = _bone(elbow, build.arm * 0.92, angles[1])
    hand = _bone(wrist, build.sleeve * 0.3, angles[1])
    sleeve, long = outfits.sleeve(who)
    size = build.sleeve
    palm = min(max(size * 0.6, build.head * 0.2), build.head * 0.34)
    if long:
        pen.shape(oval(hand[0], hand[1], palm, palm, 16), outfits.glove(who), line=0.8, shade=0.5)
        pen.shape(limb([shoulder, elbow, wrist], (size * 1.12, size, size * 0.95), 6), sleeve, shade=0.8)
        return
    pen.shape(limb([shoulder, elbow, wrist], (size, size * 0.84, size * 0.66), 6), who.skin, line=0.9, shade=0.7)
    pen.shape(oval(hand[0], hand[1], palm, palm, 16), who.skin, line=0.8, shade=0.4)
    pen.flat(oval(wrist[0], wrist[1], size * 0.3, size * 0.3, 12), who.skin)
    middle = ((shoulder[0] + elbow[0] * 1.6) / 2.6, (shoulder[1] + elbow[1] * 1.6) / 2.6)
    pen.shape(limb([shoulder, middle], (size * 1.16, size * 1.28), 4), sleeve, shade=0.8)
    if abs(angles[1] - angles[0]) > 120:
        # An arm folded back on itself passes in front of its own sleeve.
        pen.shape(limb([elbow, wrist], (size * 0.84, size * 0.66), 6), who.skin, line=0.9, shade=0.7)
        pen.shape(oval(hand[0], hand[1], palm, palm, 16), who.skin, line=0.8, shade=0.4)


def _legs(pen: Pen, who: Person, build: Build, pose: Pose) -> None:
    thick = build.leg
    if pose.kind == "sit":
        _crossed(pen, who, build)
        return
    gap = build.hips * (0.3 if who.outfit in ("kebaya", "robe", "gown") else 0.52)
    length = -build.hip * 0.5
    kind, colour, shoe = outfits.legs(who)
    # A narrow skirt allows small steps only.
    stride = 0.4 if who.outfit in ("kebaya", "robe", "gown") else 1.0
    for side, (upper, lower) in ((-1, pose.far_leg), (1, pose.near_leg)):
        angles = (upper * stride, lower * stride)
        hip = (side * gap, build.hip - thick * 0.2)
        knee = _bone(hip, length, angles[0])
        ankle = _bone(knee, length * 0.98, angles[1])
        if kind == "bare":
            pen.shape(limb([hip, knee, ankle], (thick, thick * 0.8, thick * 0.62), 6), who.skin, shade=0.7)
        else:
            pen.shape(limb([hip, knee, ankle], (thick * 1.15, thick, thick * 0.9), 6), colour if kind == "long" else who.skin, shade=0.8)
        if kind == "short":
            end = _bone(hip, length * 0.86, angles[0])
            pen.shape(limb([hip, end], (thick * 1.3, thick * 1.36), 4), colour, shade=0.8)
        _foot(pen, ankle, angles[1], thick, shoe)


def _foot(pen: Pen, ankle: Point, angle: float, thick: float, colour: Colour) -> None:
    local = pen.at(ankle[0], ankle[1] - thick * 0.05, thick, turn=math.radians(-angle * 0.6))
    local.shape(
        smooth([(-0.46, -0.1), (-0.1, -0.3), (0.35, -0.2), (0.92, 0.08), (0.9, 0.4), (0.1, 0.44), (-0.46, 0.4)], 4),
        colour,
        line=0.9,
        shade=0.5,
    )


def _crossed(pen: Pen, who: Person, build: Build) -> None:
    kind, colour, shoe = outfits.legs(who)
    cloth = who.skin if kind == "bare" else colour
    thick = build.leg * 1.15
    y = build.hip + thick * 0.55
    for side in (-1, 1):
        _foot(pen.at(-side * build.hips * 0.5, y + thick * 0.95, 1.0, flip=side > 0), (0, 0), 0, thick * 0.62, shoe)
        thigh = [(0.0, -0.5), (0.9, -0.45), (2.1, 0.1), (2.3, 0.7), (1.7, 1.1), (0.4, 1.05), (-0.5, 1.0), (-0.35, 0.4)]
        pen.shape(smooth([(side * px * build.hips, y + py * thick) for px, py in thigh], 4), cloth, shade=0.7)


def _torso(pen: Pen, who: Person, build: Build) -> None:
    neck = build.head * 0.36
    pen.shape(
        limb([(0, build.chin - build.head * 0.5), (0, build.shoulder + build.sleeve * 0.5)], (neck * 1.7, neck * 1.9), 3),
        darker(mix(who.skin, (200, 90, 70), 0.1), 0.12),
        shade=0,
    )
    s, h = build.shoulders, build.hips
    top, low = build.shoulder, build.hip + build.leg * 0.25
    middle = top + (low - top) * 0.58
    waist = h * (0.8 if who.female else 0.94) * (1.12 if who.stout > 1.1 else 1.0)
    right: list[Point] = [
        (neck * 0.9, top - build.sleeve * 0.14),
        (s * 0.62, top),
        (s * 0.95, top + build.sleeve * 0.5),
        (s * 0.94, top + build.sleeve * 1.3),
        (waist, middle),
        (h * 0.98, low),
    ]
    left = [(-x, y) for x, y in reversed(right)]
    pen.shape(smooth([*right, (0, low + build.leg * 0.12), *left], 4), outfits.body(who))
