"""No reply tells anybody the e-mail address or phone number of somebody else, whatever the route and whoever asks.

Siti has an address and a number that occur nowhere else, and leaves traces wherever a person can. Then
everybody else reads every route there is, and no reply may hold either, in any spelling.
"""

import json
import re
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from common import db
from common.wallet import commissions
from infra.routes import ROUTES
from tests.social import scene
from tests.support import people
from tests.support.client import Client
from tests.wallet import money

WORD, NUMBER = "kenari7q3xv", "81190427563"
EMAIL, PHONE = f"{WORD}@rahasia-siti.example", f"+62{NUMBER}"

READING = [route for route in ROUTES if route.method == "GET"]

# What shows a person nothing but that person's own, or nothing of people at all, and needs more than a plain question for it.
ASKED_OTHERWISE = {
    "/v1/auth/google/callback",
    "/v1/comics/{comic}/download/pdf",
    "/v1/comics/{comic}/download/video",
    "/v1/comics/{comic}/preview-video",
    "/v1/comics/{comic}/exported-media",
    "/.well-known/assetlinks.json",
    "/.well-known/apple-app-site-association",
}


@pytest.fixture(scope="module")
def world(gateway, services):
    """Siti, who leaves traces everywhere, and the others, who meet them."""
    api = Client(gateway, services)
    others = {name: people.signed_in(api, name=f"Orang {name}") for name in ("budi", "moderator", "finance", "admin")}
    with db.transaction() as changing:
        for name in ("moderator", "finance", "admin"):
            changing.run("update users set role = :role where id_users = :user", role=name, user=others[name].user["id_users"])
    budi = others["budi"]
    code = budi.get("/profile/referral-code").data["referral_code"]
    siti = people.signed_in(api, name="Siti Rahma", email=EMAIL, referral_code=code)
    scene.change("update users set phone_number = :phone where id_users = :user", phone=PHONE, user=siti.user["id_users"])
    others["moderator"].post(f"/v1/users/{siti.user['id_users']}/block", expect=200)
    return SimpleNamespace(api=api, siti=siti, others={"anonymous": api, **others}, **_traces(siti, budi))


def _traces(siti, budi):
    """What Siti does, and what others do with it; the ids of it all by the names that paths have for them."""
    me = siti.user["id_users"]
    hers, his = scene.comic(siti, "Komik Siti"), scene.comic(budi, "Komik Budi")
    drawing = (
        "insert into comic_panels (comic_id, page_number, panel_number, narration) values (:comic, 1, 1, 'Pada suatu hari') returning id"
    )
    panels = {comic: scene.run(lambda writing, comic=comic: writing.value(drawing, comic=comic)) for comic in (hers, his)}
    for person, comic in ((siti, his), (budi, hers), (siti, hers)):
        person.post(f"/v1/comics/{comic}/comments", {"content": "Bagus sekali!", "rating": 5}, expect=201)
        person.post(f"/v1/comics/{comic}/likes", expect=200)
        person.post(f"/v1/comics/{comic}/track-read", expect=200)
        person.post(f"/v1/comics/{comic}/share", expect=200)
    budi.post("/v1/bookmarks", {"comic_ids": [hers]}, expect=None)
    siti.post(f"/v1/users/{budi.user['id_users']}/follow", expect=200)
    budi.post(f"/v1/users/{me}/follow", expect=200)
    siti.post("/v1/reports", {"subject_type": "comic", "subject_id": his, "reason": "spam"}, expect=201)
    budi.post("/v1/reports", {"subject_type": "comic", "subject_id": hers, "reason": "spam"}, expect=201)
    cases = [row.id for row in scene.rows("select id from moderation_cases order by id")]
    invoices = [_paid(person) for person in (siti, budi)]
    scene.run(lambda writing: commissions.earn(writing, invoices[0]))
    scene.run(lambda writing: money.ledger.credit(writing, me, 200_000, f"test:{me}", "Royalti"))
    money.withdraw(siti, 100_000)
    said = "insert into transcriptions (user_id, status, text) values (:user, 'done', 'Halo') returning id"
    heard = {person: scene.run(lambda writing, person=person: writing.value(said, user=person.user["id_users"])) for person in (siti, budi)}
    banner = scene.run(
        lambda writing: writing.value("insert into banners (title, slug, image_url) values ('B', 'kenari', 'x') returning id")
    )
    scene.change("insert into banner_comic (banner_id, comic_id) values (:banner, :comic)", banner=banner, comic=hers)
    named = {
        "user_id": [me, budi.user["id_users"]],
        "comic": [hers, his],
        "panel_id": [panels[hers], panels[his]],
        "banner": [banner],
        "report_id": cases,
        "transcription_id": [heard[siti], heard[budi]],
        "invoice_number": [invoice.invoice_number for invoice in invoices],
    }
    named["comic_id"] = named["id"] = named["comic"]
    return {"named": named}


def _paid(person):
    sql = """insert into payment_transactions (user_id, invoice_number, amount, status, paid_at, sold)
             values (:user, 'TEST-' || gen_random_uuid(), 16500, 'success', now(), '{"name": "Basic", "price": 16500}') returning *"""
    return scene.run(lambda writing: writing.one(sql, user=person.user["id_users"]))


def paths(route, named):
    """The route's path about Siti, and about somebody else where it has a name for one."""
    first = re.sub(r"{(\w+)}", lambda found: str(named.get(found[1], [1])[0]), route.path)
    other = re.sub(r"{(\w+)}", lambda found: str(named.get(found[1], [1])[-1]), route.path)
    return dict.fromkeys([first, other])


def queries(route, named):
    """The plain question, and the ones that ask for Siti."""
    fields = route.arguments["query"].model_fields if "query" in route.arguments else {}
    me = named["user_id"][0]
    asked = {"user_id": me, "id_user": me, "q": WORD, "comic_id": named["comic"][0], "format": "csv", "status": "pending", "code": WORD}
    return [{}, *({name: value} for name, value in asked.items() if name in fields)]


def told(answer):
    """All that a reply says: body and headers, as it is, without escapes, and as digits without what people put between them."""
    text = answer.body.decode("utf-8", "replace") + "\n" + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.json is not None:
        text += json.dumps(answer.json, ensure_ascii=False)
    text = (text + unquote(text)).lower()
    return text + re.sub(r"[\s().-]", "", text)


@pytest.mark.parametrize("route", READING, ids=lambda route: route.path)
def test_nobody_reads_sitis_address_or_number(route, world):
    reached = False
    # What is open to all is the same for all.
    for name, caller in list(world.others.items())[: 1 if route.public else None]:
        for path in paths(route, world.named):
            for query in queries(route, world.named):
                answer = caller.get(path, expect=None, **query)
                assert answer.status < 500, f"{name}: {path} {query} {answer}"
                reached = reached or answer.status < 400
                said = told(answer)
                assert WORD not in said.replace(f"q={WORD}", "").replace(f"code={WORD}", ""), (
                    f"{name} reads Siti's address in {path} {query}"
                )
                assert NUMBER not in said, f"{name} reads Siti's number in {path} {query}"
    assert reached or route.path in ASKED_OTHERWISE, f"nobody got an answer from {route.path}: nothing was looked at"


def test_siti_herself_reads_both_so_that_the_search_is_known_to_find_them(world):
    said = told(world.siti.get("/profile"))
    assert WORD in said and NUMBER in said
    exported = told(world.siti.get("/v1/me/export"))
    assert WORD in exported and NUMBER in exported


def test_a_number_is_found_however_it_is_written(world):
    answer = world.siti.get("/profile")
    for spelling in (f"0{NUMBER}", "+62 811-9042-7563", "(0811) 9042 7563", "%2B6281190427563"):
        answer.body, answer.json = json.dumps({"phone": spelling}).encode(), None
        assert NUMBER in told(answer)


def test_her_traces_are_where_others_look(world):
    """The search would mean nothing if Siti did not occur in what is read."""
    budi, comic = world.others["budi"], world.named["comic"][0]
    seen = [f"/v1/comics/{comic}/comments", f"/v1/comics/{comic}/likes", "/v1/referrals", f"/v1/comics/show/{comic}", "/v1/feed"]
    seen += [f"/v1/users/{budi.user['id_users']}/followers", "/v1/notifications", "/v1/commissions"]
    assert [path for path in seen if not budi.get(path).json["data"]] == []
    assert world.others["admin"].get("/v1/admin/withdrawals").data and world.others["finance"].get("/v1/admin/payments").data
