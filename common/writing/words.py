"""Words of the two languages: which language a text is in, its words, and the ones that carry no meaning."""

import re
from collections import Counter

from common.i18n import Language, Text

# Who speaks where nobody is named.
VOICE = Text("Voice", "Suara")

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(words.split())


INDONESIAN = listed(
    """
    ada adalah agak agar akan akhirnya aku amat anda antara apa apabila apakah atas atau awalnya bagai bagaikan bagaimana
    bagi bahkan bahwa baik banyak baru bawah beberapa begitu belum berada berapa berikut bersama besok betapa biar biasa
    bila bisa boleh bukan bukankah cara cuma cukup dahulu dalam dan dapat dari daripada demi demikian dengan depan di dia
    dirinya diri dong dua dulu empat enggak entah esok gak hampir hanya harus hari hendak hingga ia ialah ingin ini itu iya
    jadi jangan jarang jauh jika juga justru kalau kali kalian kalo kami kamu kapan karena ke keesokan kemarin kemudian
    kenapa kepada ketika ketiga kini kita kok kurang lagi lah lain lainnya lalu lama lebih lewat lima luar mana maka malah
    mari masa masih masing mau maupun melainkan mengapa menjadi menuju mereka meski meskipun mungkin nah namun nanti nya oh
    oleh pada padahal paling para pasti perlahan pernah pertama pukul pula pun punya rupanya saat saja saling sama sambil
    sampai samping sana sang sangat satu saya se seakan sebab sebagai sebelum sebenarnya seberang sebuah secara sedang
    sedangkan sedikit segala segera sehingga sejak sekali sekarang sekitar selain selalu selama seluruh semakin sembari
    sementara semua sendiri sendirian seorang seolah sepanjang seperti sering seraya serta sesudah setelah setiap si siapa
    sini situ suatu sudah supaya tadi tahun tak tanpa tapi telah tengah tentang tentu tepat terakhir terhadap terlalu
    ternyata tersebut tetap tetapi tiap tiba tiba-tiba tidak tiga toh turut ujung ujar umur untuk usai walau walaupun waktu
    wah ya yaitu yakni yang konon alkisah kata hai hei halo ayo ah aduh nak wahai begini bulan minggu jam pagi siang sore
    senja malam detik hidup hiduplah bernama nama berumur belas puluh ratus ribu seketika memang seekor kedua masing-masing
    perlu penuh betul benar bertahun-tahun berlalu lalu-lalang keburu setengah sebelah sesampainya gratis sepasang senin
    selasa rabu kamis jumat sabtu ahad hilang datang pergi pulang lari makan minum tidur duduk naik turun masuk keluar mandi
    jatuh kembali bangun besar kecil panjang pendek tinggi rendah tua muda cantik tampan kaya miskin lapar haus kenyang
    basah kering jelek indah bagus buruk senang sedih marah takut gembira bahagia malu heran lelah bodoh pintar pandai
    cerdik licik ganas rapi lebat dahsyat kaku deras hangat dingin panas gelap terang curiga asing pelan erat-erat ramai
    kosong segar dekat kuyup luas hancur gila tepi sejenak pinggir balik buatan enam tujuh delapan sembilan sepuluh sebelas
    seratus seribu tumbuh narator narasi terus sama kisah cerita dongeng komik
    """
)
ENGLISH = listed(
    """
    a about above after again against all almost alone along already also although always am an and another any are around
    as asked at away back be became because been before began behind being below beside best better between big both bright
    but by came can come could day deep did didn't do does done don't down each early either else even ever every everyone
    far few first for found from full gave get give go going gone good got great had has have he her here herself high him
    himself his home hot how however i i'm if in inside instead into is it it's its itself just knew know large last late
    later left let life like little long look looked lost lot loud loudly low made make many may me might mine more morning
    most much must my near nearly never new next night no nobody nor not nothing now of off often oh old on once one only
    onto open or other our out outside over own part people perhaps place put quickly quite ran rather really replied right
    said same sat saw say see seemed set she should side since small so some someone something soon still stood such
    suddenly take than that that's the their them then there these they thing things think this those though thought three
    through time to today together told tomorrow too took toward towards turned two under until up upon us very want wanted
    was way we well went were what when where whether which while who whole whom whose why will with without would yes yet
    you young your afternoon evening hungry clever afraid happy sad angry poor rich beautiful loved lived live loves looks
    goes runs finds wants hopped reached laughed shouted called lifted counting back-to-back line thank wide ripe
    """
)
# Words that tell the languages apart even in a text of one line; both lists avoid words of the other.
_ONLY_INDONESIAN = listed(
    """
    yang dan di ke dari itu ini untuk dengan pada adalah ia dia mereka tidak sang si seorang seekor sebuah akan lalu ketika
    karena kepada namun tetapi tapi juga saya aku kamu para telah sudah oleh bisa ada anak hilang cari kucing ibu ayah
    """
)
_ONLY_ENGLISH = listed(
    """
    the and of to a an is was were he she it they in on at with for his her their that this who had has but then from as i
    you my not lost cat dog boy girl little about
    """
)
# Verbs announce themselves by these prefixes; the nouns that happen to begin the same way are few.
_VERB = re.compile(r"(?:me[mnrlwy]|ber|ter|di(?!n?n?ing|ri$)|pel)\w{3,}|ke\w{3,}an$")
_NOUNS_LIKE_VERBS = listed(
    """
    mentimun merpati menara medali meriam berlian terompet terowongan dinding beruang merak melati mentari mentega berita
    beras berkah termos teratai merah meja berkas dinosaurus dinar menteri mercusuar kerajaan kehidupan keluarga kesatria
    kendaraan keranjang kereta kelinci kepiting kecoak kentang kerbau keris kertas sekolah masalah makalah kemeja kelapa teropong
    """
)
# “Malin Kundang dan Ibunya” reads better than “dan Ibu”: these are always somebody's.
KIN = listed("ibu ayah bapak mama papa kakek nenek kakak adik paman bibi anak suami istri sahabat teman")
_POSSESSIVE = re.compile(r"nya$")  # The other endings are part of too many words: sekolah, langkah, ketemu.


def words(text: str) -> list[str]:
    """The words of `text` in lower case, hyphens and apostrophes inside kept."""
    return [word.lower() for word in WORD.findall(text)]


def language(text: str) -> Language:
    """The language a script of `text` is written in: English when English words prevail, else Indonesian."""
    found = words(text[:20_000])
    english = sum(word in _ONLY_ENGLISH for word in found)
    indonesian = sum(word in _ONLY_INDONESIAN or word.endswith("nya") for word in found)
    return "en" if english > indonesian else "id"


def root(word: str) -> str:
    """A lower-case `word` without reduplication and possessive: buaya-buaya, ibunya → buaya, ibu."""
    first, hyphen, second = word.partition("-")
    if hyphen and (second.startswith(first) or _POSSESSIVE.sub("", second) == first):
        word = first
    bare = _POSSESSIVE.sub("", word)
    if word.endswith(("ku", "mu")) and word[:-2] in KIN:
        return word[:-2]
    return bare if len(bare) >= 3 else word


def is_verb(word: str) -> bool:
    """Whether a lower-case Indonesian `word` has the form of a verb (or of a noun made of one)."""
    return (_VERB.match(word) is not None or (len(word) > 6 and word.endswith(("kan", "lah")))) and root(word) not in _NOUNS_LIKE_VERBS


def motifs(text: str, language: Language) -> Counter[str]:
    """How often each meaningful word (its root, lower case) occurs in `text`, verbs and empty words left out."""
    if language == "en":
        found = (word.removesuffix("'s").removesuffix("’s") for word in words(text))
        return Counter(word for word in found if word not in ENGLISH and len(word) > 2 and not word.endswith(("ed", "ing", "ly")))
    found = (root(word) for word in words(text) if word not in INDONESIAN and not is_verb(word))
    return Counter(word for word in found if word not in INDONESIAN and len(word) > 2)
