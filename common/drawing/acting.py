"""What figures feel and do, read from the words of a panel; what the words leave open the seed decides."""

from dataclasses import dataclass
from random import Random

from common.drawing.faces import Mood
from common.drawing.wardrobe import words_of


@dataclass(frozen=True)
class Pose:
    """A body as angles in degrees, 0 straight down and 90 towards the side it faces: (upper, lower) of each limb.

    `near` limbs are those on the side the figure faces. `lift` raises it, in body heights; `kind` is
    "stand", "sit" or "lie".
    """

    near_arm: tuple[float, float] = (16, 8)
    far_arm: tuple[float, float] = (-16, -8)
    near_leg: tuple[float, float] = (5, 3)
    far_leg: tuple[float, float] = (-5, -3)
    lean: float = 0.0
    lift: float = 0.0
    kind: str = "stand"


POSES: dict[str, Pose] = {
    "stand": Pose(),
    "relaxed": Pose(near_arm=(20, 32), far_arm=(-12, -4), near_leg=(9, 4)),
    "hips": Pose(near_arm=(48, -42), far_arm=(-48, 42), near_leg=(9, 6), far_leg=(-9, -6)),
    "wave": Pose(near_arm=(112, 168), far_arm=(-18, -6), lean=-2),
    "cheer": Pose(near_arm=(142, 166), far_arm=(-142, -166), near_leg=(10, 4), far_leg=(-10, -4), lift=0.03),
    "point": Pose(near_arm=(84, 92), far_arm=(-34, 30), near_leg=(8, 4), lean=3),
    "think": Pose(near_arm=(32, 214), far_arm=(-14, 64), lean=2),
    "talk": Pose(near_arm=(34, 112), far_arm=(-16, -4), lean=2),
    "explain": Pose(near_arm=(36, 104), far_arm=(-36, -104)),
    "walk": Pose(near_arm=(-20, 6), far_arm=(22, 44), near_leg=(24, 14), far_leg=(-18, -34), lean=4),
    "run": Pose(near_arm=(-44, 34), far_arm=(52, 120), near_leg=(54, 8), far_leg=(-30, -82), lean=13, lift=0.03),
    "jump": Pose(near_arm=(126, 158), far_arm=(-126, -158), near_leg=(34, -26), far_leg=(-30, -64), lift=0.13),
    "sit": Pose(near_arm=(26, -6), far_arm=(-26, 6), kind="sit"),
    "cower": Pose(near_arm=(38, 176), far_arm=(-38, -176), near_leg=(14, -8), far_leg=(-14, 8)),
    "weep": Pose(near_arm=(30, 206), far_arm=(-30, -206), lean=3),
    "carry": Pose(near_arm=(30, 96), far_arm=(-6, 84)),
    "sleep": Pose(kind="lie"),
}

_DOING: tuple[tuple[str, str], ...] = (
    ("tidur tertidur terlelap sleep sleeping asleep berbaring lelap", "sleep"),
    ("lari berlari kabur mengejar dikejar bergegas run runs running chase chases rushes lomba", "run"),
    ("lompat melompat meloncat loncat jump jumps leaps jumping terbang fly", "jump"),
    ("duduk sit sits sitting bersila makan eat berkumpul", "sit"),
    ("menangis tangis nangis cry cries weeps terisak tersedu", "weep"),
    ("takut ketakutan gemetar sembunyi bersembunyi afraid scared hides ngeri", "cower"),
    ("menunjuk tunjuk menunjukkan point points pointing itu-dia", "point"),
    ("melambai lambai menyapa wave waves selamat halo hai hello", "wave"),
    ("bersorak sorak menang berhasil merayakan cheer cheers hore yay", "cheer"),
    ("berpikir pikir memikirkan bingung heran ide think thinks merenung", "think"),
    ("berjalan jalan melangkah pergi pulang walk walks menuju berangkat kembali", "walk"),
    ("membawa bawa memegang menggendong memberi memberikan carry carries holds membagi memasak", "carry"),
    ("marah kesal geram angry menggeram", "hips"),
)
_FEELING: tuple[tuple[str, Mood], ...] = (
    ("tidur tertidur terlelap sleep sleeping asleep lelap", "asleep"),
    ("menangis tangis nangis cry cries weeps terisak tersedu", "cry"),
    ("tertawa tawa terbahak laugh laughs bersorak hore gembira riang yay haha hahaha menang berhasil", "laugh"),
    ("sedih murung kecewa menyesal sad lonely kehilangan maaf rindu", "sad"),
    ("marah kesal geram murka angry menggeram jahat", "angry"),
    ("takut ketakutan gemetar cemas khawatir afraid scared panik tolong ngeri", "scared"),
    ("kaget terkejut terbelalak terpana surprised shocked tiba-tiba wah astaga wow ternyata", "surprised"),
    ("cerdik licik pintar akal rencana siasat sly clever cunning menipu", "sly"),
    ("berpikir pikir memikirkan bingung heran think merenung", "thinking"),
    ("senang bahagia tersenyum senyum ceria syukur terima-kasih happy smile smiles bangga terima", "happy"),
)

_POSE_BY_WORD = {word: pose for words, pose in _DOING for word in words.split()}
_MOOD_BY_WORD = {word: mood for words, mood in _FEELING for word in words.split()}


def mood_in(text: str) -> Mood | None:
    """The first feeling a text names."""
    return next((_MOOD_BY_WORD[word] for word in words_of(text[:1500]) if word in _MOOD_BY_WORD), None)


def pose_in(text: str) -> str | None:
    """The first thing to do that a text names."""
    return next((_POSE_BY_WORD[word] for word in words_of(text[:1500]) if word in _POSE_BY_WORD), None)


def mood_of(said: str, told: str, rng: Random) -> Mood:
    """How a figure looks that says `said` in a panel described as `told`."""
    found = mood_in(said)
    if found and found != "asleep":
        return found
    if said.rstrip().endswith(("!!", "?!", "!?")):
        return "surprised"
    felt = mood_in(told)
    if felt and not (felt == "asleep" and said):
        return felt
    return rng.choice(("happy", "calm", "happy", "surprised" if said.endswith("!") else "calm"))


def pose_of(said: str, told: str, mood: Mood, rng: Random) -> str:
    """What a figure does, as a key of `POSES`."""
    found = pose_in(told)
    if found and (not said or found not in ("sleep", "wave") or rng.random() < 0.5):
        return found
    if mood == "laugh":
        return rng.choice(("cheer", "explain", "jump"))
    if mood in ("scared", "cry", "angry", "thinking"):
        return {"scared": "cower", "cry": "weep", "angry": "hips", "thinking": "think"}[mood]
    if said:
        return rng.choice(("talk", "explain", "point", "talk", "wave", "hips"))
    return rng.choice(("relaxed", "stand", "hips", "walk", "relaxed"))


def about(names: frozenset[str], others: frozenset[str], told: str) -> str:
    """The part of `told` that is about one figure: from its name up to the next figure's, ten words at most."""
    words = words_of(told[:2000])
    found: list[str] = []
    for index, word in enumerate(words):
        if word in names:
            rest = words[index + 1 : index + 11]
            end = next((place for place, other in enumerate(rest) if other in others or other in names), len(rest))
            found += rest[:end]
    return " ".join(found)
