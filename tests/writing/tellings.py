"""Ten tales, each told twice as two creators would: a title and what a comic says about itself, in words of their own."""

TELLINGS = {
    "kancil": (
        "Kancil dan Buaya\nKancil yang lapar ingin makan rambutan di seberang sungai. Ia menipu para buaya agar berbaris, lalu melompati "
        "punggung mereka satu per satu sambil berhitung.\nkancil, buaya, cerdik\nFabel, Komedi",
        "Jembatan dari Punggung Buaya\nSungai itu dalam dan penuh buaya ganas. Dengan akal bulusnya, si Kancil mengaku diutus raja untuk "
        "menghitung jumlah buaya, padahal ia hanya hendak menyeberangi sungai.\nhewan, akal\nFabel",
    ),
    "malin": (
        "Malin Kundang\nSeorang anak nelayan merantau dan menjadi saudagar kaya. Ketika kapalnya berlabuh di kampung halaman, ia malu "
        "mengakui ibunya yang miskin, dan sang ibu mengutuknya menjadi batu.\ndurhaka, batu, kapal\nLegenda, Drama",
        "Anak Durhaka dari Pantai Air Manis\nMalin pulang dengan kapal megah bersama istrinya. Perempuan tua yang memeluknya ia usir: "
        "itu bukan ibuku! Badai datang, kapal pecah, dan tubuh Malin membatu di tepi pantai.\nibu, kutukan\nLegenda",
    ),
    "timun": (
        "Timun Mas\nMbok Srini mendapat bayi dari dalam mentimun emas pemberian raksasa. Enam belas tahun kemudian raksasa datang menagih, "
        "dan Timun Mas lari sambil menebar biji, jarum, garam dan terasi.\nraksasa, mentimun\nLegenda, Petualangan",
        "Gadis dari Buah Mentimun\nSeorang janda menanam biji dari raksasa hijau dan menemukan anak perempuan di dalam buahnya. Agar tidak "
        "dimakan raksasa, gadis itu melempar garam yang menjadi lautan dan terasi yang menjadi lumpur.\njanda, ajaib\nFantasi",
    ),
    "bawang": (
        "Bawang Merah dan Bawang Putih\nBawang Putih disuruh ibu tirinya mencuci di sungai sampai selendang hanyut. Seorang nenek memberinya "
        "labu kecil yang berisi emas; labu besar pilihan Bawang Merah berisi ular.\nlabu, ibu tiri\nDongeng",
        "Labu Emas si Bawang Putih\nGadis sabar itu mencari cucian yang terbawa arus dan tinggal di gubuk seorang nenek. Sebagai hadiah ia "
        "memilih labu yang paling kecil. Saudara tirinya yang serakah menirunya dan celaka.\nbaik hati, serakah\nDrama, Keluarga",
    ),
    "sangkuriang": (
        "Sangkuriang\nSangkuriang jatuh cinta kepada Dayang Sumbi tanpa tahu bahwa perempuan itu ibunya. Ia harus membendung Citarum dan "
        "membuat perahu dalam semalam; perahu yang gagal itu ditendangnya menjadi gunung.\ngunung, perahu\nLegenda",
        "Asal Mula Tangkuban Perahu\nDayang Sumbi memukul ayam jantan agar berkokok sebelum fajar, supaya pekerjaan Sangkuriang tidak "
        "selesai. Karena murka, pemuda itu menendang perahunya hingga terbalik dan menjadi gunung.\nSunda, fajar\nLegenda, Sejarah",
    ),
    "toba": (
        "Danau Toba\nSeorang petani menangkap ikan mas yang menjelma menjadi perempuan cantik. Ia berjanji tidak menyebut asal istrinya, "
        "tetapi saat marah kepada anaknya ia berteriak: anak ikan! Air bah pun menenggelamkan lembah.\nikan, janji\nLegenda",
        "Janji Petani Toba\nPutri ikan mau diperistri asalkan rahasianya dijaga. Samosir, anak mereka, menghabiskan bekal makan siang "
        "ayahnya, dan janji itu terucap dilanggar. Mata air menyembur menjadi danau luas.\ndanau, Samosir\nDrama",
    ),
    "keong": (
        "Keong Mas\nCandra Kirana disihir menjadi keong emas oleh nenek penyihir karena iri saudaranya. Seorang nenek nelayan memeliharanya "
        "dalam tempayan, dan setiap hari makanan lezat tersaji di meja.\nkeong, sihir\nDongeng",
        "Putri di dalam Tempayan\nSiapa yang memasak di gubuk nelayan tua itu? Diam-diam ia mengintip: keong emas di tempayan berubah "
        "menjadi putri. Raden Inu Kertapati akhirnya menemukan Candra Kirana.\nputri, nelayan\nFantasi, Romantis",
    ),
    "lutung": (
        "Lutung Kasarung\nPurbasari diusir ke hutan oleh kakaknya Purbararang dengan kulit penuh bintik hitam. Seekor lutung menjadi "
        "temannya, membuatkan telaga yang menyembuhkan, dan ternyata seorang pangeran.\nlutung, hutan\nLegenda",
        "Purbasari dan Lutung yang Setia\nKerajaan Pasundan direbut Purbararang. Di hutan, adiknya bersahabat dengan lutung sakti. Dalam "
        "lomba kecantikan terakhir, lutung itu menjelma menjadi Guruminda yang tampan.\nkerajaan, saudara\nFantasi",
    ),
    "payung": (
        "Payung Merah\nRina kehujanan di halte ketika seorang nenek meminjamkan payung merahnya. Keesokan harinya Rina mencari nenek itu "
        "untuk mengembalikan payung, dan menemukan bahwa kebaikan berpindah dari tangan ke tangan.\nhujan, nenek\nSlice of Life",
        "Halte Nomor Tujuh\nHujan deras, bus terlambat, dan Rina lupa membawa payung. Payung merah dari orang asing membuatnya percaya "
        "lagi pada kebaikan; kini gilirannya meminjamkan payung itu di halte yang sama.\nkota, kebaikan\nDrama",
    ),
    "robot": (
        "Robot Penjaga Bintang\nDi stasiun antariksa yang sunyi, robot tua bernama Beta menjaga lampu mercusuar bintang. Ketika meteor "
        "datang, ia mengorbankan baterainya demi menyelamatkan kapal para penjelajah.\nrobot, luar angkasa\nFiksi Ilmiah",
        "Beta dan Mercusuar Antariksa\nBertahun-tahun Beta, robot berkarat, menyalakan suar bagi kapal antariksa. Hujan meteor memadamkan "
        "suar itu, dan robot itu memakai baterai terakhirnya agar kapal tidak menabrak.\npengorbanan, bintang\nPetualangan",
    ),
}
