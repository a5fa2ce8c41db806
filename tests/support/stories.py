"""Stories that people tell, and their way to a comic."""

from typing import Any

KANCIL = """Pada suatu hari yang panas, Kancil berjalan di tepi hutan dan melihat kebun buah yang ranum di seberang sungai. Perutnya lapar
sekali, tetapi sungai itu dalam dan airnya deras. Di dalam air, seekor buaya besar bernama Buaya Tua sedang berjemur bersama
teman-temannya. "Hai, Buaya Tua!" seru Kancil dengan lantang. "Raja Hutan menyuruhku menghitung semua buaya di sungai ini. Beliau akan
membagikan daging segar kepada kalian!" Mata Buaya Tua langsung berbinar. "Benarkah itu, Kancil?" tanya Buaya Tua dengan curiga. "Tentu
saja benar," jawab Kancil sambil tersenyum. "Berbarislah kalian dari tepi ini sampai ke tepi seberang supaya mudah kuhitung." Para buaya
segera berbaris rapi dari satu tepi ke tepi yang lain. Kancil melompat ke punggung buaya yang pertama. "Satu, dua, tiga, empat!" hitung
Kancil sambil terus melompat. Akhirnya Kancil tiba di seberang sungai dengan selamat. Ia tertawa terbahak-bahak dan berkata, "Terima kasih,
Buaya! Kalian sudah menjadi jembatanku!" Para buaya marah besar karena telah ditipu. Kancil pun berlari masuk ke kebun, lalu makan buah
sepuasnya. Namun pada malam hari ia merenung dan merasa bersalah. Keesokan paginya Kancil kembali membawa sekeranjang buah untuk para buaya
dan meminta maaf. Sejak hari itu mereka menjadi sahabat."""


def start(creator: Any, **changes: Any) -> int:
    """Post the tale of Kancil; the comic's id."""
    body = {"story_idea": KANCIL, "page_count": 1, "genre_ids": [7], "style_id": 2, **changes}
    comic: int = creator.post("/v1/comics/story-idea", body, expect=201).data["id"]
    return comic


def scripted(creator: Any, **changes: Any) -> int:
    """A draft whose script is ready."""
    comic = start(creator, **changes)
    creator.work("script")
    assert status(creator, comic)["status"] == "SCRIPT_READY"
    return comic


def drawn(creator: Any, **changes: Any) -> int:
    """A draft whose panels are drawn."""
    comic = scripted(creator, **changes)
    creator.post(f"/v1/comics/{comic}/drafts", expect=202)
    creator.work("panels")
    assert status(creator, comic)["status"] == "COMPLETED"
    return comic


def published(creator: Any, **changes: Any) -> int:
    """A comic that readers see."""
    comic = drawn(creator, **changes)
    creator.post(f"/v1/comics/{comic}/publish", {}, expect=200)
    return comic


def status(creator: Any, comic: int) -> dict[str, Any]:
    """Where a draft stands."""
    shown: dict[str, Any] = creator.get(f"/v1/comics/{comic}/draft/status").data
    return shown
