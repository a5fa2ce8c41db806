"""A phone on a slow network gets long texts as gzip, when it says that it takes it."""

import gzip

import pytest

from common import db
from common.replies import Reply, compressed
from tests.support import people

LIST = "/v1/comics?per_page=100"


@pytest.fixture(scope="module", autouse=True)
def a_list_of_comics(gateway, services):
    from tests.support.client import Client

    siti = people.signed_in(Client(gateway, services))
    with db.transaction() as making:
        making.run(
            "insert into comics (user_id, title, synopsis, published_at) select :user, 'Bagian ' || n, repeat('Kancil dan buaya. ', 20), now()"
            " from generate_series(1, 20) n",
            user=siti.user["id_users"],
        )


def test_a_list_of_comics_is_compressed_for_who_takes_it_and_whole_for_who_does_not(api):
    plain = api.call("GET", LIST)
    small = api.call("GET", LIST, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert (small.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert gzip.decompress(small.body) == plain.body
    assert int(small.headers["Content-Length"]) == len(small.body) < len(plain.body) / 2
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_its_tag_still_spares_the_next_download(api):
    tag = api.call("GET", LIST, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    again = api.call("GET", LIST, headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert (tag[:2], again.status, again.body, again.headers["ETag"]) == ("W/", 304, b"", tag)
    assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("accepted", [None, "", "identity", "br", "gzip;q=0", "br, gzip; q=0.00", "gzipped"])
def test_who_does_not_take_gzip_never_gets_it(accepted):
    reply = Reply(200, b"a" * 5000)
    assert compressed(reply, accepted) is reply


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"a" * 500),
        Reply(200, b"a" * 5000, "application/pdf"),
        Reply(200, b"a" * 5000, "text/html", {"Content-Encoding": "gzip"}),
        Reply(304, b"", ""),
    ],
    ids=["a short one", "a book", "what is compressed already", "nothing"],
)
def test_what_would_not_become_smaller_is_left_as_it_is(reply):
    assert compressed(reply, "gzip") is reply
