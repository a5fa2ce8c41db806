"""What a new installation offers: styles, genres, characters, backgrounds, packages and music.

Ids are part of the data: the app knows styles 1 to 16 and buys package 2. A row's texts may be
changed here at any time; its id may not, and a row is never taken out, because comics refer to it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """A way to draw; `prompt_modifier` tells an image model how."""

    id: int
    name: str
    description: str
    prompt_modifier: str


@dataclass(frozen=True)
class Genre:
    """A kind of story."""

    id: int
    name: str
    description: str


@dataclass(frozen=True)
class Template:
    """A character or a background; `description_prompt` tells an artist how it looks."""

    id: int
    name: str
    description_prompt: str


@dataclass(frozen=True)
class Package:
    """A subscription: `price` in whole rupiah, `bonus_credits` in whole kredit."""

    id: int
    name: str
    description: str
    price: int
    duration_days: int
    publish_quota: int
    bonus_credits: int


@dataclass(frozen=True)
class Music:
    """A loop for a comic's video, `duration` seconds long."""

    id: int
    name: str
    genre: str
    duration: int


STYLES: tuple[Style, ...] = (
    Style(
        1,
        "Realistic",
        "Gambar seperti foto dengan cahaya dan proporsi yang nyata.",
        "realistic digital illustration, natural proportions and skin, cinematic soft light, shallow depth of field, fine texture",
    ),
    Style(
        2,
        "Cartoon",
        "Garis tebal, warna cerah, dan ekspresi yang jenaka.",
        "clean 2D cartoon, bold dark outlines, flat bright colours, expressive faces, simple cel shading",
    ),
    Style(
        3,
        "Anime",
        "Mata besar dan warna jernih khas animasi Jepang.",
        "modern anime film still, thin line art, large expressive eyes, two-tone cel shading, luminous sky, soft bloom",
    ),
    Style(
        4,
        "Manga B&W",
        "Hitam putih dengan raster titik seperti manga cetak.",
        "black and white manga page, crisp ink lines, screentone dots, strong blacks, no colour at all",
    ),
    Style(
        5,
        "Webtoon",
        "Warna lembut dan garis halus untuk dibaca di ponsel.",
        "Korean webtoon style, thin coloured lines, soft gradients, pale luminous colours, elegant characters",
    ),
    Style(
        6,
        "Ghibli",
        "Alam yang hijau dan hangat seperti lukisan guas.",
        "hand-painted gouache animation background, lush greenery, billowing clouds, gentle warm light, simple rounded characters, thin brown lines",
    ),
    Style(
        7,
        "Watercolor",
        "Sapuan cat air di atas kertas bertekstur.",
        "watercolour on rough paper, loose pencil lines, wet edges, pigment blooms, white paper showing at the borders",
    ),
    Style(
        8,
        "Pixel Art",
        "Kotak-kotak piksel seperti permainan lawas.",
        "16-bit pixel art, visible square pixels, limited palette, no anti-aliasing, retro video game scene",
    ),
    Style(
        9,
        "Comic Book",
        "Tinta tebal dan bayangan kuat ala komik aksi.",
        "American action comic book, heavy black inking, dramatic shadows, saturated colours, dynamic composition, small print dots",
    ),
    Style(
        10,
        "Chibi",
        "Kepala besar, badan mungil, dan serba menggemaskan.",
        "chibi style, very large heads on small bodies, huge shiny eyes, candy colours, thick soft outlines, sparkles",
    ),
    Style(
        11,
        "Pastel Soft",
        "Warna pastel tenang, cocok untuk cerita pengantar tidur.",
        "soft pastel children's book illustration, chalk texture, muted pale colours, no hard outlines, calm and tender mood",
    ),
    Style(
        12,
        "Pop Art",
        "Warna menyala dan titik raster besar.",
        "1960s pop art, flat primary colours, very thick black outlines, large halftone dots, high contrast",
    ),
    Style(
        13,
        "Fantasy Painting",
        "Lukisan minyak dengan cahaya yang megah.",
        "epic fantasy oil painting, rich brushwork, golden rim light, deep shadows, glowing dust, atmospheric perspective",
    ),
    Style(
        14,
        "Modern Minimalist",
        "Bentuk sederhana, sedikit warna, banyak ruang.",
        "modern minimalist flat vector illustration, few simple shapes, muted limited palette, no outlines, generous empty space",
    ),
    Style(
        15,
        "Retro American",
        "Komik koran lama dengan kertas menguning.",
        "vintage 1950s American newspaper comic, yellowed paper, coarse Ben-Day dots, slightly misregistered inks, muted primary colours",
    ),
    Style(
        16,
        "Cartoon 3D",
        "Tokoh bulat berkilau seperti film animasi 3D.",
        "3D animated family film render, rounded shapes, smooth soft shading, glossy highlights, warm studio light, shallow depth of field",
    ),
)

GENRES: tuple[Genre, ...] = (
    Genre(1, "Fiksi Keluarga", "Kisah hangat tentang orang tua, anak, dan saudara."),
    Genre(2, "Slice of Life", "Potongan hidup sehari-hari yang dekat dengan pembaca."),
    Genre(3, "Komedi", "Kejadian lucu yang mengundang tawa."),
    Genre(4, "Petualangan", "Perjalanan penuh tantangan ke tempat baru."),
    Genre(5, "Fantasi", "Dunia ajaib dengan makhluk dan kekuatan yang tak biasa."),
    Genre(6, "Edukasi", "Cerita yang mengajarkan ilmu, keterampilan, atau kebiasaan baik."),
    Genre(7, "Fabel", "Hewan yang berbicara dan membawa pesan moral."),
    Genre(8, "Religius", "Kisah tentang iman, ibadah, dan akhlak."),
    Genre(9, "Motivasi", "Perjuangan dan semangat untuk meraih cita-cita."),
    Genre(10, "Super Hero", "Pahlawan berkekuatan istimewa yang membela kebenaran."),
    Genre(11, "Supranatural", "Misteri dan hal gaib yang membuat penasaran."),
    Genre(12, "Kuliner & Lifestyle", "Makanan, tempat, dan gaya hidup yang menggugah selera."),
)

CHARACTERS: tuple[Template, ...] = (
    Template(1, "Siti", "gadis kecil 7 tahun dari Jakarta, rambut hitam dikuncir dua, gaun kuning, ceria dan penuh rasa ingin tahu"),
    Template(2, "Budi", "anak laki-laki 9 tahun, rambut jabrik, kaus merah dan celana biru, pemberani dan suka menolong"),
    Template(3, "Ibu Rina", "ibu muda dari Bandung, berhijab hijau toska dan gamis, lembut dan sabar"),
    Template(4, "Pak Joko", "petani dari Jawa Tengah, pria paruh baya berkumis, caping, baju biru, rajin dan bersahaja"),
    Template(5, "Nenek Wati", "nenek dari Yogyakarta, rambut beruban disanggul, kebaya ungu dan kain batik, bijaksana"),
    Template(6, "Kakek Hasan", "kakek dari Minangkabau, peci hitam, janggut beruban, kemeja koko, pandai bercerita"),
    Template(7, "Bu Guru Dewi", "guru sekolah dasar, wanita berkacamata dengan rambut bob, baju batik merah marun, tegas dan ramah"),
    Template(8, "Made", "remaja laki-laki dari Bali, udeng putih di kepala, kemeja oranye, penari dan pemain gamelan"),
    Template(9, "Yohana", "gadis 10 tahun dari Papua, rambut keriting, kaus hijau, pelari tercepat di desanya"),
    Template(10, "Daeng Rahman", "nelayan dari Makassar, pria dengan ikat kepala merah, kaus kuning dan sarung, tangguh menghadapi laut"),
    Template(11, "Chef Tono", "koki warung dari Surabaya, pria gemuk dengan topi koki dan celemek putih, baju merah, periang"),
    Template(12, "Dokter Maya", "dokter muda dari Medan, wanita berambut panjang dengan jas putih, baju biru, teliti dan peduli"),
    Template(13, "Raja Aditya", "raja bijaksana dari kerajaan kuno Nusantara, mahkota emas, janggut hitam, jubah ungu"),
    Template(14, "Garuda Muda", "superhero remaja laki-laki, kostum biru berbintang emas, jubah merah, melindungi kotanya"),
    Template(15, "Kancil", "kancil kecil yang cerdik, bulu cokelat, leher putih, mata besar berbinar"),
    Template(16, "Buaya", "buaya sungai yang besar, kulit hijau bersisik, gigi runcing, garang tetapi mudah tertipu"),
    Template(17, "Harimau", "harimau sumatra dengan bulu oranye bergaris hitam, gagah dan disegani"),
    Template(18, "Gajah", "gajah sumatra abu-abu bertelinga lebar, belalai panjang, lembut hati dan kuat"),
    Template(19, "Monyet", "monyet ekor panjang berbulu cokelat, lincah dan jahil"),
    Template(20, "Kura-kura", "kura-kura tua bertempurung cokelat, berjalan pelan, tenang dan bijak"),
)

BACKGROUNDS: tuple[Template, ...] = (
    Template(1, "Tepi Sungai", "tepi sungai yang tenang di pinggir hutan, rumput hijau, batu kali, gunung di kejauhan"),
    Template(2, "Hutan Tropis", "hutan tropis yang lebat, batang besar berlumut, sulur, cahaya menembus dedaunan"),
    Template(3, "Sawah", "sawah terasering yang hijau dengan gubuk, pohon kelapa, dan gunung biru di belakang"),
    Template(4, "Desa", "jalan desa dengan rumah beratap genteng, pagar bambu, pohon pisang, dan bukit"),
    Template(5, "Pasar Tradisional", "pasar tradisional yang ramai dengan kios beratap kain, buah dan sayur, umbul-umbul"),
    Template(6, "Pantai", "pantai berpasir dengan pohon kelapa, perahu bercadik, dan laut biru kehijauan"),
    Template(7, "Gunung Berapi", "kaki gunung berapi yang mengepulkan asap, batu vulkanik, langit senja"),
    Template(8, "Kota Jakarta Malam", "Jakarta pada malam hari, gedung tinggi berlampu, Monas, jalan raya dengan mobil"),
    Template(9, "Ruang Kelas", "ruang kelas sekolah dasar dengan papan tulis hijau, bendera merah putih, meja dan kursi kayu"),
    Template(10, "Dapur", "dapur rumah dengan kompor, wajan mengepul, rak bumbu, dan jendela bertirai"),
    Template(11, "Candi", "kompleks candi batu dengan stupa dan menara, halaman rumput, langit pagi"),
    Template(12, "Istana", "balairung istana dengan singgasana emas, tiang berukir, dan karpet merah"),
    Template(13, "Bawah Laut", "dasar laut dengan terumbu karang berwarna, rumput laut, ikan kecil, dan berkas cahaya"),
    Template(14, "Luar Angkasa", "permukaan bulan dengan kawah, roket, planet bercincin, dan langit penuh bintang"),
    Template(15, "Ruang Keluarga", "ruang keluarga yang nyaman dengan sofa, lampu, foto di dinding, dan karpet bundar"),
    Template(16, "Halaman Masjid", "halaman masjid putih berkubah hijau dengan menara dan pohon kurma"),
    Template(17, "Warung Makan", "warung makan tepi jalan dengan gerobak, tenda merah, bangku kayu, dan panci mengepul, suasana sore"),
    Template(18, "Taman Bermain", "taman bermain dengan ayunan, perosotan, jalan setapak, dan semak berbunga"),
)

PACKAGES: tuple[Package, ...] = (
    Package(1, "Starter", "Untuk mencoba: 7 hari, 3 kali terbit, dan 5 kredit bonus.", 6_500, 7, 3, 5),
    Package(2, "Basic", "Untuk pembuat komik rutin: 30 hari, 10 kali terbit, dan 20 kredit bonus.", 16_500, 30, 10, 20),
    Package(3, "Pro", "Untuk kreator serius: 30 hari, 40 kali terbit, dan 100 kredit bonus.", 59_000, 30, 40, 100),
)

MUSIC: tuple[Music, ...] = (
    Music(1, "Pagi di Desa", "Ceria", 14),
    Music(2, "Lagu Pengantar Tidur", "Lembut", 16),
    Music(3, "Petualangan Kancil", "Petualangan", 12),
    Music(4, "Misteri Hutan", "Misteri", 16),
    Music(5, "Gamelan Senja", "Tradisional", 16),
)
