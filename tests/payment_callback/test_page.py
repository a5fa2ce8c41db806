"""The local payment page in a real browser: pay, fail, let expire; and the app sees what happened."""

import os
import time
from pathlib import Path

import pytest

from tests.support import browser, shop

pytestmark = pytest.mark.skipif(browser.PROGRAM is None, reason="there is no Chromium here; Debian's package is `chromium`")


@pytest.fixture(scope="module")
def chromium():
    opened = browser.Browser()
    yield opened
    opened.close()


def keep(chromium, name):
    """Pictures for people to judge, where PICTURES names a folder."""
    if os.environ.get("PICTURES"):
        (Path(os.environ["PICTURES"]) / f"{name}.png").write_bytes(chromium.picture())


def wait_for(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_person_pays_on_the_page_and_has_the_package(chromium, signed_in, doku):
    siti = signed_in(name="Siti Rahma")
    bought = shop.buy(siti)
    chromium.open(bought["payment_url"])
    shown = chromium.text()
    for words in ("Rp 16.500", "Basic", bought["invoice_number"], "Siti Rahma", "WIB", "QRIS", "BCA Virtual Account"):
        assert words in shown
    keep(chromium, "page")
    chromium.click("input[value=VIRTUAL_ACCOUNT_BCA]")
    chromium.click("button[value=pay]")
    chromium.wait("document.body.innerText.includes('Pembayaran berhasil')")
    assert "dengan BCA Virtual Account" in chromium.text()
    keep(chromium, "paid")
    wait_for(lambda: doku.orders[bought["invoice_number"]].events[-1]["answers"] == [200])
    chromium.open(bought["payment_url"])
    assert "dijawab HTTP 200" in chromium.text()
    listed = doku.listed()[0]
    assert (listed["invoice_number"], listed["status"], listed["page"]) == (bought["invoice_number"], "SUCCESS", bought["payment_url"])
    assert siti.get(f"/v1/subscriptions/payment-status/{bought['invoice_number']}").data["status"] == "success"
    assert shop.has(siti) == (21, 13)
    assert chromium.run("document.querySelector('button[value=pay]')") is None, "what is paid cannot be paid again"


def test_a_person_fails_and_then_pays_on_the_same_page(chromium, signed_in, doku):
    siti = signed_in()
    bought = shop.buy(siti, payment_method="qris")
    chromium.open(bought["payment_url"])
    assert "BCA" not in chromium.text(), "only the chosen way is offered"
    chromium.click("button[value=fail]")
    chromium.wait("document.body.innerText.includes('Pembayaran gagal')")
    keep(chromium, "failed")
    chromium.click("button[value=pay]")
    chromium.wait("document.body.innerText.includes('Pembayaran berhasil')")
    assert [event["status"] for event in doku.orders[bought["invoice_number"]].events] == ["FAILED", "SUCCESS"]


def test_a_person_lets_it_expire(chromium, signed_in):
    siti = signed_in()
    bought = shop.buy(siti)
    chromium.open(bought["payment_url"])
    chromium.click("button[value=expire]")
    chromium.wait("document.body.innerText.includes('Waktu pembayaran habis')")
    keep(chromium, "expired")
    assert siti.get("/v1/me/subscription").data["has_active_subscription"] is False


def test_the_page_fits_a_phone_and_loads_nothing_from_elsewhere(chromium, signed_in):
    chromium.open(shop.buy(signed_in())["payment_url"])
    assert chromium.run("document.documentElement.scrollWidth <= innerWidth")
    assert chromium.run("performance.getEntriesByType('resource').filter(e => !e.name.endsWith('/favicon.ico')).length") == 0


def test_a_link_that_leads_nowhere_says_so(chromium, doku):
    chromium.open(f"{doku.url}/checkout-link-v2/none")
    assert "Tautan tidak dikenal" in chromium.text()
    keep(chromium, "missing")
