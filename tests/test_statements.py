"""What readers wait for costs at most two statements beside the caller's own, whatever is on the page."""

import pytest

from common import auth, db, prepared
from tests.support import people, stories
from tests.support.client import Client

PATHS = """/v1/comics /v1/comics?q=kancil&genre=Fabel&style=1 /v1/comics?sort_by=trending /v1/comics/{comic} /v1/comics/{comic}/similar
/v1/comics/{comic}/comments /v1/comics/{comic}/likes /v1/comics/my-published /v1/comics/last-read /v1/comics/drafts /v1/drafts/{comic}/panels
/v1/public/comics/new /v1/public/comics/trending /v1/public/comics/{comic} /c/{comic} /v1/feed /v1/history /v1/bookmarks /v1/blocks
/v1/users/{user}/followers /v1/users/{user}/following /v1/users/{user}/follow-counts /v1/notifications /v1/notifications?unread_only=true
/v1/notifications/unread-count /v1/notifications/preferences /v1/banners /v1/banners/{banner} /v1/analytics/daily /v1/analytics/monthly
/v1/analytics/yearly /v1/analytics/history /v1/styles /v1/music /v1/me/age""".split()


@pytest.fixture(scope="module")
def reader(gateway, services):
    """Somebody with a published comic that is on a banner, and what it takes to ask about them."""
    siti = people.signed_in(Client(gateway, services))
    comic = stories.published(siti)
    with db.transaction() as making:
        banner = making.value(
            "insert into banners (title, slug, image_url, is_active) values ('Pekan', :slug, 'https://contoh.id/b.png', true) returning id",
            slug=f"pekan-{comic}",
        )
        making.run("insert into banner_comic (banner_id, comic_id) values (:banner, :comic)", banner=banner, comic=comic)
    return siti, {"comic": comic, "user": siti.user["id_users"], "banner": banner}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_takes_at_most_two_statements_beside_the_callers(reader, path, monkeypatch):
    siti, ids = reader
    siti.get(path.format(**ids))  # What an instance asks once is asked now.
    seen = []
    run = prepared.run
    monkeypatch.setattr(prepared, "run", lambda connection, sql, *more, **named: seen.append(sql) or run(connection, sql, *more, **named))
    siti.get(path.format(**ids), headers={"Accept-Language": "id;q=0.321"})
    own = [sql for sql in seen if sql != auth.CALLER]
    assert len(own) <= 2, own
