"""The main job, as one story: from an idea to a published comic that somebody else reads."""

import io
from urllib.request import urlopen

from PIL import Image

from tests.support import people, stories


def test_from_a_story_idea_to_a_published_comic_that_another_person_reads(api, mailbox):
    email = people.address()
    api.post("/register", {"full_name": "Siti Rahma", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    tokens = api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200).data["tokens"]
    siti = api.signed(tokens["access_token"])

    styles, genres = siti.get("/v1/styles").data, siti.get("/v1/genres").data
    characters, backgrounds = siti.get("/v1/characters").data, siti.get("/v1/backgrounds").data
    assert len(styles) == 16 and len(genres) == 12 and len(characters) >= 12 and len(backgrounds) >= 12
    fable = next(genre for genre in genres if genre["name"] == "Fabel")
    idea = {"story_idea": stories.KANCIL, "page_count": 3, "genre_ids": [fable["id"]], "style_id": styles[1]["id"]}
    created = siti.post("/v1/comics/story-idea", idea, expect=201)
    comic = created.data["id"]
    assert created.data["title"] and created.json["generation_status"] == "PENDING"

    siti.work("script")
    assert stories.status(siti, comic)["status"] == "SCRIPT_READY"
    siti.put(f"/v1/{comic}/summary", {"summary": stories.KANCIL + " Tamat, dan semua buaya pun tertawa bersama Kancil."})
    kancil = next(each for each in characters if "kancil" in each["name"].lower())
    siti.put(f"/v1/comics/{comic}/characters", {"character_key": kancil["key"]})
    siti.put(f"/v1/comics/{comic}/backgrounds", {"background_ids": [backgrounds[0]["id"], backgrounds[1]["id"]]})

    assert siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["stage"] == "script"
    assert stories.status(siti, comic)["progress"] == 0
    siti.work("script")
    draft = stories.status(siti, comic)
    assert (draft["status"], draft["progress"], draft["is_ready_to_generate"]) == ("SCRIPT_READY", 30, True)
    assert {panel["page_number"] for panel in draft["panels"]} == {1, 2, 3}
    panel = draft["panels"][0]
    changed = {
        "narration": "Di tepi hutan yang rindang, Kancil menatap kebun di seberang.",
        "dialogues": [{"Kancil": "Wah, buahnya ranum sekali!"}],
    }
    siti.put(f"/v1/comics/{comic}/panels/{panel['panel_id']}", changed)

    assert siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["stage"] == "panels"
    siti.work("panels")
    draft = stories.status(siti, comic)
    assert (draft["status"], draft["progress"]) == ("COMPLETED", 100)
    assert draft["panels"][0]["dialogue"] == [{"speaker": "Kancil", "text": "Wah, buahnya ranum sekali!"}]
    pictures = [urlopen(panel["image"]["url"]).read() for panel in draft["panels"]]
    assert len(set(pictures)) == len(draft["panels"]) >= 3
    for panel, picture in zip(draft["panels"], pictures, strict=True):
        assert Image.open(io.BytesIO(picture)).size == (panel["image"]["width"], panel["image"]["height"]) == (1024, 1536)

    siti.post(f"/v1/comics/{comic}/publish", {"title": "Kancil dan Para Buaya"}, expect=200)
    account = siti.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200).data["user"]
    assert (account["kredit"], account["publish_quota"]) == (0, 2)

    budi = people.signed_in(api, name="Budi Santoso")
    assert comic in [each["id"] for each in budi.get("/v1/comics", sort_by="newest").data]
    assert comic in [each["id"] for each in budi.get("/v1/comics", q="kancil", sort_by="newest").data]
    for _ in range(3):
        budi.post(f"/v1/comics/{comic}/track-read", expect=200)
    read = budi.get(f"/v1/comics/show/{comic}").data
    assert (read["title"], read["total_views"], read["user"]["full_name"]) == ("Kancil dan Para Buaya", 1, "Siti Rahma")
    assert "email" not in read["user"] and "phone_number" not in read["user"]
    for panel in read["panels"]:
        assert Image.open(io.BytesIO(urlopen(panel["image"]["web"]["url"]).read())).size[1] <= 1024
    assert [each["id"] for each in budi.get("/v1/comics/last-read").data] == [comic]

    siti.post("/logout", expect=200)
    siti.get(f"/v1/comics/{comic}/draft/status", expect=401)
