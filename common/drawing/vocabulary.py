"""The words, Indonesian and English, that tell how a person looks."""

from common.drawing.colours import Colour

PAPUAN: Colour = (122, 82, 60)
GREY: Colour = (206, 204, 208)


def vocabulary(words: str) -> frozenset[str]:
    """A set of words from a text of them."""
    return frozenset(words.split())


# Each role: the words that name it, and what it puts on. The first role named wins where two disagree.
ROLES: tuple[tuple[str, str, dict[str, object]], ...] = (
    (
        "nenek",
        "nenek grandmother grandma oma mbah eyang elderly-woman",
        {"age": "elder", "female": True, "hair": "bun", "outfit": "kebaya"},
    ),
    ("kakek", "kakek grandfather grandpa opa engkong", {"age": "elder", "female": False, "outfit": "batik"}),
    ("raja", "raja king sultan baginda", {"female": False, "outfit": "royal", "hat": "crown", "beard": "beard"}),
    ("ratu", "ratu queen permaisuri", {"female": True, "outfit": "gown", "hat": "crown", "hair": "long"}),
    ("putri", "princess bidadari peri fairy", {"female": True, "outfit": "gown", "hat": "tiara", "hair": "long"}),
    ("pangeran", "pangeran prince", {"female": False, "outfit": "royal", "hat": "tiara"}),
    ("hero", "superhero pahlawan hero jagoan", {"outfit": "hero"}),
    ("astronot", "astronot astronaut kosmonot", {"outfit": "space"}),
    ("guru", "guru teacher dosen", {"outfit": "batik", "glasses": True}),
    ("petani", "petani farmer", {"outfit": "farmer", "hat": "caping"}),
    ("nelayan", "nelayan fisherman pelaut sailor", {"outfit": "fisher", "hat": "band", "female": False}),
    ("dokter", "dokter doctor tabib perawat nurse", {"outfit": "coat"}),
    ("koki", "koki chef juru-masak", {"outfit": "apron", "hat": "toque"}),
    ("pedagang", "pedagang penjual vendor seller tukang warung", {"outfit": "apron"}),
    ("polisi", "polisi police satpam", {"outfit": "police", "hat": "peaked"}),
    ("ustaz", "ustaz ustad kiai kyai imam santri", {"outfit": "koko", "hat": "peci", "female": False}),
    ("ustazah", "ustazah", {"outfit": "robe", "hair": "hijab", "female": True}),
    ("prajurit", "prajurit warrior ksatria knight patih gatotkaca", {"outfit": "royal", "hat": "band", "female": False}),
    ("penari", "penari dancer", {"outfit": "batik"}),
    ("insinyur", "insinyur engineer teknisi pekerja builder", {"outfit": "shirt", "hat": "hardhat"}),
    ("ibu", "ibu mama bunda mother mom emak bu", {"female": True}),
    ("ayah", "ayah bapak papa father dad abah pak", {"female": False}),
    ("murid", "murid siswa siswi pelajar student schoolgirl schoolboy seragam uniform", {"age": "child", "outfit": "school"}),
    ("anak", "anak child kid bocah adik balita bayi toddler", {"age": "child"}),
    ("gadis", "gadis girl perempuan-kecil", {"female": True, "age": "child"}),
    ("bocah", "boy", {"female": False, "age": "child"}),
    ("kakak", "kakak kak abang remaja teenager pemuda", {}),
    ("wanita", "wanita perempuan woman lady female cewek", {"female": True}),
    ("pria", "pria laki-laki lelaki man male cowok", {"female": False}),
)

# Each detail: the words that name it, and what it changes; it overrules a role.
DETAILS: tuple[tuple[str, dict[str, object]], ...] = (
    ("hijab berhijab jilbab berjilbab kerudung berkerudung veil", {"hair": "hijab", "female": True}),
    ("kebaya", {"outfit": "kebaya", "female": True}),
    ("batik", {"outfit": "batik"}),
    ("gaun dress", {"outfit": "dress", "female": True}),
    ("gamis robe", {"outfit": "robe"}),
    ("koko", {"outfit": "koko"}),
    ("celemek apron", {"outfit": "apron"}),
    ("overall dungarees", {"outfit": "overall"}),
    ("sarung sarong", {"outfit": "fisher"}),
    ("jaket jacket hoodie", {"outfit": "jacket"}),
    ("cape", {"outfit": "hero"}),
    ("pigtails kuncir dikuncir berkuncir dikepang kepang braids braided", {"hair": "pigtails"}),
    ("ponytail", {"hair": "ponytail"}),
    ("bun sanggul konde", {"hair": "bun"}),
    ("curly keriting ikal kribo", {"hair": "curly"}),
    ("botak bald", {"hair": "bald"}),
    ("spiky jabrik", {"hair": "spiky"}),
    ("bob", {"hair": "bob"}),
    ("long-haired panjang", {"hair": "long"}),
    ("wavy bergelombang", {"hair": "long"}),
    ("kacamata berkacamata glasses spectacles", {"glasses": True}),
    ("kumis berkumis moustache mustache", {"beard": "moustache"}),
    ("janggut jenggot berjanggut berjenggot beard bearded", {"beard": "beard"}),
    ("caping conical", {"hat": "caping"}),
    ("peci songkok kopiah", {"hat": "peci"}),
    ("blangkon", {"hat": "blangkon"}),
    ("udeng", {"hat": "udeng"}),
    ("mahkota crown", {"hat": "crown"}),
    ("topi cap hat", {"hat": "cap"}),
    ("pita ribbon", {"hat": "ribbon"}),
    ("bunga flower kamboja", {"hat": "flower"}),
    ("bulu feather feathered", {"hat": "feather"}),
    ("hardhat helm", {"hat": "hardhat"}),
    ("tua elderly lansia old", {"age": "elder"}),
    ("gemuk stout plump chubby tambun", {"stout": 1.22}),
    ("kurus slim thin jangkung", {"stout": 0.88}),
    ("papua papuan", {"skin": PAPUAN, "hair": "curly"}),
)

# First names that are women's.
WOMEN = vocabulary(
    "siti ani dewi rina ayu sari putri rani lestari wati nina maya citra indah fitri aisyah fatimah nur dian intan melati "
    "mawar bunga kartini ratna yuni tari lina mira nadia zahra salma kirana laras wulan bulan sinta rara nia tika yanti "
)
# A colour beside one of these is the top's,
TOPS = vocabulary(
    "baju jubah kaus kaos kemeja gaun kebaya gamis hijab jilbab jaket kostum batik koko dress shirt blouse costume jacket "
    "robe coat outfit jubah-panjang "
)
# beside one of these the bottom's,
BOTTOMS = vocabulary("celana rok sarung sarong shorts trousers pants skirt kain jeans")
# and beside one of these neither's.
OTHERS = vocabulary(
    "celemek apron topi peci udeng jas kepala ikat caping hat cap cape mahkota crown kulit bulu leher bintang sepatu shoes "
    "mata eyes dua rambut hair haired janggut beard kacamata glasses pita ribbon scarf "
)
