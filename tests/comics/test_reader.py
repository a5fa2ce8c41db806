"""A shared link: the page of a comic on the web, in a browser of a phone's size, and what previews read of it."""

import json
import re
from html import unescape

import pytest

from common import db
from tests.social import scene
from tests.support import browser, serving, stories

needs_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def comic(gateway, services):
    """Somebody's published comic: (creator, id)."""
    from tests.support import people
    from tests.support.client import Client

    siti = people.signed_in(Client(gateway, services), name="Siti Rahma")
    return siti, stories.published(siti, page_count=2)


def tags(page):
    return dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page))


def test_previews_find_title_words_and_picture(api, comic):
    _, id = comic
    shown = api.get(f"/v1/comics/{id}").data
    answer = api.get(f"/c/{id}")
    page = answer.body.decode()
    found = tags(page)
    assert (found["og:title"], found["og:url"]) == (shown["title"], f"http://gateway.test/c/{id}")
    assert found["og:image"] == shown["cover"]["url"] and found["og:image"].endswith(".jpg")
    assert shown["synopsis"].startswith(unescape(found["og:description"]).rstrip("…"))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8" and answer.headers["ETag"]


def test_the_page_speaks_the_readers_language(api, comic):
    _, id = comic
    assert "Tamat" in api.get(f"/c/{id}", headers={"Accept-Language": "id"}).body.decode()
    assert "The end" in api.get(f"/c/{id}", headers={"Accept-Language": "en"}).body.decode()


def test_thousands_are_written_as_the_readers_language_writes_them(api, comic):
    _, id = comic
    with db.transaction() as writing:
        before = writing.value("select total_views from comics where id = :id", id=id)
        writing.run("update comics set total_views = 12345 where id = :id", id=id)
    try:
        # Its own spelling: the answers to the others are kept for a moment.
        pages = {each: api.get(f"/c/{id}", headers={"Accept-Language": f"{each};q=0.8"}).body.decode() for each in ("id", "en")}
    finally:
        with db.transaction() as writing:
            writing.run("update comics set total_views = :before where id = :id", id=id, before=before)
    assert "12.345 kali dibaca" in pages["id"] and "12,345 reads" in pages["en"]


def test_what_an_author_writes_is_text_and_nothing_else(api, comic):
    _, id = comic
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)> ${title} $script {views} 😀 \u202eمرحبا'
    with db.transaction() as writing:
        before = writing.one("select title, synopsis from comics where id = :id", id=id)
        writing.run("update comics set title = :text, synopsis = :text where id = :id", id=id, text=hostile)
    try:
        page = api.get(f"/c/{id}", headers={"Accept-Language": "id;q=0.7"}).body.decode()
    finally:
        with db.transaction() as writing:
            writing.run(
                "update comics set title = :title, synopsis = :synopsis where id = :id", id=id, title=before.title, synopsis=before.synopsis
            )
    assert "<script>alert" not in page and "<img src=x" not in page
    assert unescape(tags(page)["og:title"]) == hostile


def test_a_draft_and_a_comic_taken_back_are_not_here(api, signed_in):
    siti = signed_in()
    comic = stories.drawn(siti)
    for caller in (api, siti):
        answer = caller.get(f"/c/{comic}", expect=404)
        assert answer.headers["Content-Type"].startswith("text/html") and b"Kancil" not in answer.body
    assert api.get("/c/999999999", expect=404).headers["Cache-Control"] == "no-store"


OLD = "https://storage.googleapis.com/komik-lama/comics"


def old(person, genre, panel_url=OLD):
    """A published comic of the backend of before, of which rows know nothing but the pictures' addresses."""
    id = scene.comic(person, f"Komik lama {genre}")
    with db.transaction() as adopting:
        adopting.run(
            "update comics set genre = jsonb_build_array(cast(:genre as text)), cover_url = :url where id = :id",
            id=id,
            genre=genre,
            url=f"{OLD}/{id}/a&b.png",
        )
        adopting.run(
            "insert into comic_panels (comic_id, page_number, panel_number, image_url, narration, page_narration)"
            " select :id, 1, n, cast(:url as text) || '/' || n || '.png', case when n < 3 then 'Narasi ' || n end, 'Narasi halaman'"
            " from generate_series(1, 3) n",
            id=id,
            url=panel_url,
        )
    return id


def test_a_comic_of_the_old_backend_is_shown_with_its_pictures_and_what_they_tell_and_previewed_with_its_cover(api, signed_in):
    siti = signed_in()
    genre = f"Kuno {siti.user['id_users']}"
    id, other = old(siti, genre), old(siti, genre)
    answer = api.get(f"/c/{id}")
    page, found = answer.body.decode(), tags(answer.body.decode())
    assert (found["og:image"], found["og:image:alt"]) == (f"{OLD}/{id}/a&amp;b.png", f"Komik lama {genre}")
    assert "og:image:width" not in found
    assert re.findall(r'<img src="([^"]+)" loading="(\w+)" alt="[^"]*Narasi', page) == [
        (f"{OLD}/{n}.png", "lazy" if n == 3 else "eager") for n in (1, 2, 3)
    ]
    assert f'<a href="/c/{other}"><img src="{OLD}/{other}/a&amp;b.png"' in page
    assert " https://storage.googleapis.com data:;" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "place", ["/api/preview", "http://contoh.id", "https://contoh.id;script-src *", "https://a b", "//contoh.id", "data:"]
)
def test_only_an_address_of_the_secure_web_is_a_picture_of_an_old_comic(place, api, signed_in):
    siti = signed_in()
    answer = api.get(f"/c/{old(siti, str(siti.user['id_users']), place)}")
    policy = answer.headers["Content-Security-Policy"]
    assert 'alt="' not in answer.body.decode() and "contoh" not in policy and policy.count("script-src") == 1


def test_links_open_in_the_app_where_it_is_installed(api, comic, monkeypatch):
    assert api.get("/.well-known/assetlinks.json").json == []
    monkeypatch.setenv("ANDROID_PACKAGE", "com.mamastoria.app")
    monkeypatch.setenv("ANDROID_FINGERPRINTS", "AA:BB, CC:DD")
    monkeypatch.setenv("IOS_APP", "TEAM123456.com.mamastoria.app")
    monkeypatch.setenv("IOS_STORE_ID", "6450000000")
    [android] = api.get("/.well-known/assetlinks.json").json
    assert android["target"] == {
        "namespace": "android_app",
        "package_name": "com.mamastoria.app",
        "sha256_cert_fingerprints": ["AA:BB", "CC:DD"],
    }
    [ios] = api.get("/.well-known/apple-app-site-association").json["applinks"]["details"]
    assert (ios["appIDs"], ios["components"]) == (["TEAM123456.com.mamastoria.app"], [{"/": "/c/*"}])
    page = api.get(f"/c/{comic[1]}", headers={"Accept-Language": "id;q=0.456"}).body.decode()
    assert f"intent://comics/{comic[1]}#Intent;scheme=mamastoria;package=com.mamastoria.app;" in page
    assert f"app-id=6450000000, app-argument=http://gateway.test/c/{comic[1]}" in page


@needs_browser
def test_on_a_phone_every_panel_is_shown_and_the_read_is_counted_once(gateway, api, comic):
    _, id = comic
    with db.reading() as reading:
        before = reading.value("select total_views from comics where id = :id", id=id)
    with serving.listening(gateway) as url:
        page = browser.Browser(390, 844)
        try:
            for _ in range(2):
                page.open(f"{url}/c/{id}")
                page.wait("document.querySelectorAll('.panels img').length === 2")
                page.run("document.querySelectorAll('.panels img').forEach(each => each.loading = 'eager')")
                page.wait("[...document.querySelectorAll('.panels img')].every(each => each.complete && each.naturalWidth > 300)")
            # Leaving for elsewhere hides the page, which says how far its reader came.
            page.run("document.querySelectorAll('.panels img')[1].scrollIntoView({block: 'center'})")
            page.wait("seen === 2")
            page.open("about:blank?")
            page.open(f"{url}/c/{id}")
            assert page.run("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone"
            with db.reading() as reading:
                page.wait(f"performance.getEntriesByName(location.origin + '/v1/comics/{id}/track-read').length > 0")
                assert reading.value("select total_views from comics where id = :id", id=id) == before + 1
                assert reading.value("select max(last_panel) from comic_views where comic_id = :id", id=id) == 2
        finally:
            page.close()


SITE = """<!doctype html><meta charset="utf-8"><body><script>
const api = new URLSearchParams(location.search).get("api");
const ask = path => fetch(`${api}/api/v1/${path}`, { headers: { "Content-Type": "application/json" } }).then(answer => answer.json());
Promise.all(["genres", "public/comics?per_page=100&sort_by=popularity", "public/comics/new?limit=12", "public/comics/trending?limit=12"].map(ask))
  .then(async ([genres, popular, fresh, trending]) => {
    const each = fresh.data.find(c => c.id === Number(new URLSearchParams(location.search).get("comic")));
    const detail = await ask(`public/comics/${each.id}`);
    const card = c => ({ id: c.id, title: c.title, cover: c.cover_url, author: c.user.full_name || c.user.username, views: c.total_views,
      likes: c.total_likes, genre: c.genre[0], at: c.created_at, about: c.synopsis || c.summary });
    document.body.textContent = JSON.stringify({ ok: [genres, popular, fresh, trending, detail].every(a => a.ok), genres: genres.data.length,
      card: card(each), detail: card(detail.data), fresh: fresh.data.map(c => c.id), trending: trending.data.map(c => c.id) });
  }).catch(error => { document.body.textContent = "failed: " + error; });
</script></body>"""


@needs_browser
def test_the_web_site_of_today_works_unchanged_from_its_own_origin(gateway, comic, monkeypatch):
    def site(_, start):
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [SITE.encode()]

    with serving.listening(gateway) as url, serving.listening(site) as origin, serving.listening(site) as elsewhere:
        page = browser.Browser()
        try:
            monkeypatch.setenv("CORS_ORIGINS", f"https://mamastoria.com, {origin}")
            page.open(f"{origin}/?api={url}&comic={comic[1]}")
            page.wait("document.body.textContent.startsWith('{') || document.body.textContent.startsWith('failed')")
            read = json.loads(page.text())
            assert read["ok"] and read["genres"] >= 5
            assert all(value is not None for value in read["card"].values()) and read["card"] == read["detail"]
            assert comic[1] in read["fresh"] and read["trending"]
            page.open(f"{elsewhere}/?api={url}")
            page.wait("document.body.textContent.startsWith('failed')")
        finally:
            page.close()
