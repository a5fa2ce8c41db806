"""What stories are made of: the beings, places, themes and moods that the local writer knows by name."""

import re
from dataclasses import dataclass

from common.i18n import Text


def _alternatives(words: str) -> str:
    """The lines of `words` as a regular expression, longest first so that “kura-kura” wins over “kura”."""
    listed = (item.strip() for line in words.strip().splitlines() for item in line.split(","))
    return "|".join(sorted(map(re.escape, filter(None, listed)), key=len, reverse=True))


_BEINGS = """
kancil, buaya, harimau, macan, singa, gajah, monyet, kera, lutung, orang utan, kura-kura, penyu, kelinci, rusa, kijang, banteng
kerbau, sapi, kambing, domba, kuda, keledai, babi hutan, beruang, serigala, rubah, musang, kucing, anjing, tikus, tupai, landak
bebek, angsa, itik, ayam, burung gagak, burung, gagak, merpati, elang, pipit, merak, burung hantu, rajawali, kelelawar, ular
naga, kadal, komodo, cicak, katak, kodok, ikan, hiu, paus, lumba-lumba, gurita, kepiting, udang, siput, semut, lebah, kupu-kupu
belalang, jangkrik, laba-laba, ulat, capung, kunang-kunang, cacing, nyamuk, robot, alien, hantu, raksasa, peri, jin, penyihir
bidadari, putri duyung, dewa, dewi, monster, dinosaurus, raja, ratu, putri, pangeran, permaisuri, panglima, prajurit, patih
hulubalang, ksatria, saudagar, petani, nelayan, pemburu, penggembala, penebang kayu, pedagang, tukang kayu, tukang, guru
murid, dokter, polisi, perampok, pencuri, bajak laut, kapten, pelaut, dukun, pertapa, kiai, ustaz, sopir, astronaut, ilmuwan
ibu, ayah, bapak, mama, papa, kakek, nenek, kakak, adik, paman, bibi, anak, bayi, suami, istri, janda, gadis, pemuda, pemudi
bocah, sahabat, teman, tetangga, kepala desa, pak lurah, warga, penduduk, pengemis, perempuan, wanita, lelaki, laki-laki
"""
_ENGLISH_BEINGS = """
mouse deer, deer, crocodile, tiger, lion, elephant, monkey, ape, tortoise, turtle, rabbit, hare, bull, cow, goat, sheep, horse
donkey, pig, bear, wolf, fox, cat, kitten, dog, puppy, mouse, rat, squirrel, duck, goose, hen, rooster, bird, crow, dove, eagle
sparrow, peacock, owl, bat, snake, dragon, lizard, frog, toad, fish, shark, whale, dolphin, octopus, crab, snail, ant, bee
butterfly, grasshopper, cricket, spider, caterpillar, firefly, robot, alien, ghost, giant, fairy, witch, wizard, mermaid
monster, dinosaur, king, queen, princess, prince, soldier, knight, merchant, farmer, fisherman, hunter, shepherd, teacher
student, doctor, policeman, thief, robber, pirate, captain, sailor, astronaut, scientist, mother, father, mom, dad
grandmother, grandfather, grandma, grandpa, sister, brother, uncle, aunt, baby, boy, girl, child, man, woman, friend, neighbor
neighbour, villagers, husband, wife, son, daughter
"""
BEINGS = {"id": _alternatives(_BEINGS), "en": _alternatives(_ENGLISH_BEINGS)}

_PLACES = """
tepi sungai, tepi hutan, tepi pantai, tepi danau, tepi jalan, tepi air, seberang sungai, pinggir sungai, pinggir hutan, pinggir desa
pinggir jalan, tengah hutan, tengah laut, tengah sawah, puncak gunung, kaki gunung, lereng gunung, dalam hutan, dalam gua
depan rumah, belakang rumah, halaman rumah, halaman sekolah, hutan, sungai, pantai, laut, lautan, danau, kolam, rawa, gunung
bukit, lembah, gua, padang rumput, padang pasir, gurun, sawah, ladang, kebun, taman, desa nelayan, desa, kampung, kota, istana
kerajaan, rumah, gubuk, pondok, kamar, dapur, sekolah, kelas, perpustakaan, pasar, warung, toko, kantor, halte, stasiun
terminal, bandara, pelabuhan, kapal, perahu, geladak, jembatan, jalan, masjid, rumah sakit, lapangan, pulau
luar angkasa, jendela kamar, ruang tamu, beranda, teras, halaman, sumur, air terjun, pohon, sarang, kandang, danau lumpur, hutan bambu
"""
_ENGLISH_PLACES = """
riverbank, river bank, river, forest, jungle, woods, beach, shore, sea, ocean, lake, pond, swamp, mountain, hill, valley, cave
meadow, field, desert, rice field, farm, garden, park, village, town, city, palace, castle, kingdom, house, hut, cottage, room
bedroom, kitchen, school, classroom, library, market, shop, stall, office, bus stop, station, airport, harbor, harbour, port
ship, boat, deck, bridge, street, road, mosque, church, hospital, island, space, yard, well, waterfall, tree, nest
other side, far bank
"""
_ID_PLACE = (
    r"\b(?:di|ke|dari|menuju|menyusuri|memasuki|dekat|pada|melintasi|mendekati|tumbuhlah|menjadi|malam itu|sore itu|pagi itu|siang itu)\s+"
    r"((?:(?:atas|bawah|dalam|luar|depan|belakang|samping|dekat|ujung|tengah|balik|seberang|tepi|pinggir|sekitar|dasar|puncak|kaki)\s+){0,2}"
    r"(?:(?:sebuah|suatu|seluruh)\s+)?(?:" + _alternatives(_PLACES) + r")(?:nya)?\b"
    r"(?:\s+(?!itu\b|ini\b|yang\b|dan\b|atau\b|untuk\b|tanpa\b|agar\b|sambil\b|lalu\b|dengan\b)(?:(?-i:[A-Z])[\w'’-]+|rambutan|bambu|kecil|besar|tua|lebat|luas|sunyi|nelayan))*)"
)
_EN_PLACE = (
    r"\b(?:in|into|on|onto|at|to|by|beside|near|through|across|from|inside|under|behind|toward|towards|reached|crossed)\s+"
    r"((?:the|a|an|his|her|their|its)\s+(?:\w+\s+){0,2}?(?:" + _alternatives(_ENGLISH_PLACES) + r"))\b"
)
PLACE = {"id": re.compile(_ID_PLACE, re.IGNORECASE), "en": re.compile(_EN_PLACE, re.IGNORECASE)}


@dataclass(frozen=True)
class Cue:
    """A theme or mood and the beginnings of the words that speak for it, in both languages."""

    name: Text
    signs: re.Pattern[str]


def _cue(en: str, indonesian: str, signs: str) -> Cue:
    return Cue(Text(en, indonesian), re.compile(r"\b(?:" + "|".join(signs.split()) + r")", re.IGNORECASE))


THEMES = (
    _cue(
        "Wit beats strength",
        "Kecerdikan mengalahkan kekuatan",
        "cerdik akal tipu menipu licik siasat jebak clever trick cunning fool bodoh outwit",
    ),
    _cue("Honour your parents", "Berbakti kepada orang tua", "durhaka ibumu ibuku ibunya kutuk hukumlah restu izinkan curse disobey"),
    _cue("Greed comes to grief", "Keserakahan membawa celaka", "serakah rakus tamak kikir pelit harta emas greed selfish hartaku treasure"),
    _cue(
        "Kindness comes back",
        "Kebaikan akan kembali",
        "baik sebaik menolong tolong membantu bantu berbagi memberi meminjam kembalikan kind help share",
    ),
    _cue("Friendship", "Persahabatan", "sahabat teman berteman bermain bersama friend together"),
    _cue(
        "Courage",
        "Keberanian menghadapi bahaya",
        "berani melawan menghadapi raksasa kejar mengejar bahaya lari brave courage fight dragon giant naga",
    ),
    _cue("Honesty", "Kejujuran", "jujur bohong berbohong dusta mengaku maaf truth lie lied honest"),
    _cue("Working together", "Gotong royong", "gotong kerja bekerja warga membangun diperbaiki mengangkat villagers build work"),
    _cue("Family", "Kasih sayang keluarga", "keluarga orangtua peluk memeluk family mother father hug"),
    _cue("Loss and search", "Kehilangan dan pencarian", "hilang mencari kehilangan tersesat menemukan lost search missing find found"),
    _cue("Pride comes before a fall", "Kesombongan", "sombong angkuh pamer menyombongkan proud boast arrogan"),
    _cue("Never giving up", "Pantang menyerah", "berusaha berlatih gagal mimpi cita-cita juara practice dream fail try tried"),
)
MOODS = (
    _cue(
        "cheerful",
        "ceria",
        "tertawa gembira senang ceria bahagia tersenyum bermain nyanyi bernyanyi pesta gratis laugh happy smile play feast sing",
    ),
    _cue(
        "tense",
        "menegangkan",
        "takut lari kejar mengejar teriak berteriak bahaya ganas serang badai marah putus melawan afraid run chase danger storm snap",
    ),
    _cue(
        "sad",
        "sedih",
        "menangis sedih tangis hancur hilang kehilangan meninggal mati sendirian rindu duka batu cry cried sad lost alone die tears",
    ),
    _cue("warm", "hangat", "peluk memeluk hangat ibu nenek sayang kasih berterima hug warm mother home together kind"),
    _cue("funny", "jenaka", "lucu bodoh konyol geli kocak kenyang ledek funny silly joke fool"),
    _cue("mysterious", "misterius", "misteri gelap rahasia hantu ajaib sihir gaib malam bayangan mystery dark secret ghost magic"),
    _cue(
        "adventurous",
        "penuh petualangan",
        "petualang berlayar merantau menjelajah perjalanan hutan gunung pulau sail travel journey adventure explore",
    ),
)
# What a genre of the catalogue says about the mood when the words of the story say nothing.
GENRE_MOODS = (
    ("komedi comedy humor", Text("funny", "jenaka")),
    ("horor horror misteri mystery thriller", Text("mysterious", "misterius")),
    ("petualangan adventure aksi action fantasi fantasy", Text("adventurous", "penuh petualangan")),
    ("drama romantis romance keluarga family", Text("warm", "hangat")),
)
