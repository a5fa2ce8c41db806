"""Which scene a background is, and setting it up."""

from collections.abc import Callable
from itertools import pairwise

from common.drawing import outdoors, places, rooms, worlds
from common.drawing.colours import digest
from common.drawing.stage import Stage
from common.drawing.wardrobe import words_of

Scene = Callable[[Stage], None]

SCENES: dict[str, Scene] = {
    "riverbank": outdoors.riverbank,
    "forest": outdoors.forest,
    "paddies": outdoors.paddies,
    "village": places.village,
    "market": places.market,
    "beach": outdoors.beach,
    "volcano": outdoors.volcano,
    "city": places.city,
    "classroom": rooms.classroom,
    "kitchen": rooms.kitchen,
    "temple": places.temple,
    "palace": rooms.palace,
    "underwater": worlds.underwater,
    "space": worlds.space,
    "home": rooms.living_room,
    "mosque": places.mosque_yard,
    "foodstall": places.food_stall,
    "park": outdoors.park,
}

INDOORS = frozenset({"classroom", "kitchen", "palace", "home"})

# Neither the sun nor its light reaches these.
TIMELESS = frozenset({"underwater", "space"})

# The more particular words come first: "pasar di tepi pantai" is a market.
_WORDS: tuple[tuple[str, str], ...] = (
    ("underwater", "bawah-laut underwater dasar-laut terumbu karang coral reef samudra"),
    ("space", "luar-angkasa angkasa space planet galaksi galaxy roket rocket antariksa bulan-purnama"),
    ("foodstall", "warung warteg kedai angkringan food-stall foodstall restoran restaurant kafe cafe"),
    ("market", "pasar market toko shop bazar"),
    ("classroom", "kelas sekolah classroom school madrasah perpustakaan library"),
    ("kitchen", "dapur kitchen"),
    ("palace", "istana keraton kerajaan palace castle throne singgasana balairung"),
    ("temple", "candi temple borobudur prambanan pura"),
    ("mosque", "masjid mosque musala mushola surau langgar"),
    ("volcano", "gunung volcano mountain merapi bromo kawah lereng"),
    ("beach", "pantai beach laut pesisir pulau island sea ocean dermaga"),
    ("riverbank", "sungai river danau lake kali tepian rawa air-terjun"),
    ("paddies", "sawah paddy paddies rice-field ladang kebun farm terasering padi"),
    ("park", "taman park bermain playground lapangan halaman garden"),
    ("home", "ruang-keluarga ruang-tamu living-room kamar bedroom rumah house home"),
    ("city", "kota jakarta city jalan-raya gedung surabaya bandung metropolitan street"),
    ("village", "desa kampung village dusun"),
    ("forest", "hutan forest jungle rimba woods belantara pohon"),
)


def scene_in(text: str) -> str | None:
    """The scene a text names, as a key of `SCENES`; two words that belong together count as one."""
    words = words_of(text[:2000])
    known = set(words) | {f"{one}-{two}" for one, two in pairwise(words)}
    return next((scene for scene, names in _WORDS if known & set(names.split())), None)


def scene_of(name: str, prompt: str, told: str) -> str:
    """The scene of a chosen background; else the one the text tells of; else one picked by the letters, always the same."""
    found = scene_in(name) or scene_in(prompt)
    if not found and not name:
        found = scene_in(told)
    return found or sorted(SCENES)[digest(name or told) % len(SCENES)]
