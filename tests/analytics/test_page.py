"""The administrators' page in a real browser: signing in, charts, both languages, and nothing that it did not bring runs."""

import base64
import gzip
import os
import re
from pathlib import Path

import pytest

from common import clock
from tests.analytics import scenery
from tests.social import scene
from tests.support import browser, people, serving

in_a_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="there is no Chromium here; Debian's package is `chromium`")

WATCH = """
window.faults = [];
addEventListener("error", (event) => faults.push(event.message));
addEventListener("unhandledrejection", (event) => faults.push(String(event.reason)));
document.addEventListener("securitypolicyviolation", (event) => faults.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture(scope="module")
def site(gateway):
    with serving.listening(gateway) as url:
        yield url


@pytest.fixture(scope="module")
def program():
    opened = browser.Browser(width=1280, height=900)
    opened.page("Page.enable")
    opened.page("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
    yield opened
    opened.close()


@pytest.fixture
def chromium(program, site):
    """The page as somebody sees it who comes for the first time."""
    program.site = site
    program.page("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
    program.page("Emulation.setEmulatedMedia", features=[])
    program.open(f"{site}/admin")
    program.run("sessionStorage.clear(), localStorage.clear()")
    program.open(f"{site}/admin")
    yield program
    assert program.run("window.faults") == []


@pytest.fixture
def account(api):
    """An administrator who signs in with a password."""
    caller = people.signed_in(api, name="Ibu Admin")
    scene.change("update users set role = 'admin' where id_users = :user", user=caller.user["id_users"])
    return caller


def keep(chromium, name):
    """Pictures for people to judge, where PICTURES names a folder."""
    if os.environ.get("PICTURES"):
        (Path(os.environ["PICTURES"]) / f"{name}.png").write_bytes(chromium.picture())


def sign_in(chromium, email, password=people.PASSWORD):
    chromium.run(f"document.getElementById('email').value = '{email}'; document.getElementById('password').value = '{password}'")
    chromium.click("#sign-in .main")


def board(chromium, account):
    sign_in(chromium, account.user["email"])
    chromium.wait("!document.getElementById('board').hidden && document.querySelectorAll('canvas').length === 9")


def test_the_page_is_compressed_kept_and_runs_only_what_it_brought(api):
    answer = api.get("/admin")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy
    assert answer.headers["Content-Encoding"] == "gzip" and len(answer.body) < 60_000
    assert api.call("GET", "/admin", headers={"If-None-Match": answer.headers["ETag"]}).status == 304
    html = gzip.decompress(answer.body).decode()
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html), "nothing is loaded from elsewhere"


@in_a_browser
def test_an_administrator_signs_in_and_sees_the_figures_as_charts(chromium, account):
    scenery.paint()
    assert "Masuk dengan akun administrator" in chromium.text()
    keep(chromium, "sign-in")
    board(chromium, account)
    figures = account.get("/v1/admin/analytics/dashboard").data
    text = chromium.text()
    for figure in (
        figures["today"]["users"],
        figures["today"]["dau"],
        figures["last_30_days"]["mau"],
        figures["last_30_days"]["new_users"],
    ):
        assert f"{figure:,}".replace(",", ".") in text
    assert "Rp\u00a0" + f"{figures['last_30_days']['net_revenue']:,}".replace(",", ".") in text
    for words in ("Pengguna aktif", "Retensi", "Pendapatan", "Kreator terpopuler", "Waktu menggambar", "Diperbarui", "WIB"):
        assert words in text
    painted = (
        "[...document.querySelectorAll('canvas')].every(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v))"
    )
    assert chromium.run(painted), "every chart is drawn"
    chromium.page("Input.dispatchMouseEvent", type="mouseMoved", x=chart(chromium)[0], y=chart(chromium)[1])
    chromium.wait("[...document.querySelectorAll('.tip')].some(tip => !tip.hidden)")
    if os.environ.get("PICTURES"):
        shot = chromium.page("Page.captureScreenshot", format="png")["data"]
        (Path(os.environ["PICTURES"]) / "tip.png").write_bytes(base64.b64decode(shot))
    keep(chromium, "board")


def chart(chromium):
    return chromium.run(
        "(() => { const e = document.querySelector('.u-over'); e.scrollIntoView({block: 'center'});"
        " const r = e.getBoundingClientRect(); return [r.x + r.width * .7, r.y + r.height / 2]; })()"
    )


@in_a_browser
def test_names_that_people_chose_are_text_and_nothing_else(chromium, account):
    scenery.paint()
    board(chromium, account)
    assert "<img src=x onerror=alert(1)>" in chromium.text()
    assert chromium.run("document.querySelectorAll('#creators img').length") == 0


@in_a_browser
def test_the_range_and_the_language_are_chosen_on_the_page(chromium, account):
    scenery.paint()
    board(chromium, account)
    chromium.click(".span button[data-days='90']")
    chromium.wait("shown.days.length === 90 && document.querySelectorAll('canvas').length === 9")
    assert chromium.run("document.querySelector('.span [aria-pressed=true]').textContent") == "90 hari"
    chromium.click(".span button[data-days='365']")
    chromium.wait("shown.days.length === 120 && drawn.length === 9 && drawn.every(each => each.chart)")
    drawn = chromium.run(
        "[drawn[1].chart.data[0].length, drawn[1].chart.data[1][16], shown.days.slice(-7).reduce((s, d) => s + d.new_users, 0)]"
    )
    assert drawn == [17, drawn[2], drawn[2]], "many days are drawn by whole weeks, the last ending today"
    assert "Per minggu" in chromium.text()
    keep(chromium, "weeks")
    chromium.click("#board .language")
    chromium.wait("document.body.innerText.includes('Top creators')")
    assert chromium.run("document.documentElement.lang") == "en"
    chromium.open(f"{chromium.site}/admin")
    chromium.wait("!document.getElementById('board').hidden")
    assert "Paying users" in chromium.text(), "the tab stays signed in, and the browser knows the language"


@in_a_browser
def test_a_wrong_password_and_an_account_that_is_no_administrator_get_no_further(chromium, account, api):
    sign_in(chromium, account.user["email"], "salah-sekali")
    chromium.wait("!document.getElementById('wrong').hidden")
    assert chromium.run("document.getElementById('wrong').textContent").strip()
    keep(chromium, "wrong")
    someone = people.signed_in(api)
    sign_in(chromium, someone.user["email"])
    chromium.wait("document.getElementById('wrong').textContent.includes('bukan administrator')")
    assert chromium.run("sessionStorage.getItem('mamastoria.session')") is None
    assert chromium.run("document.getElementById('board').hidden")


@in_a_browser
def test_tokens_are_renewed_and_signing_out_ends_the_session(chromium, account, api):
    scenery.paint()
    board(chromium, account)
    chromium.run(
        "session.access_token = session.access_token.slice(0, -8) + 'AAAAAAAA'; sessionStorage.setItem('mamastoria.session', JSON.stringify(session))"
    )
    chromium.open(f"{chromium.site}/admin")
    chromium.wait("!document.getElementById('board').hidden")
    token = chromium.run("session.access_token")
    assert api.signed(token).get("/v1/auth/sessions").status == 200
    chromium.click("#leave")
    chromium.wait("!document.getElementById('entry').hidden")
    chromium.wait("performance.getEntriesByType('resource').some(each => each.name.endsWith('/logout'))")
    assert api.signed(token).get("/v1/auth/sessions", expect=401).error == "Unauthenticated"
    assert chromium.run("sessionStorage.getItem('mamastoria.session')") is None


@in_a_browser
def test_a_session_that_ended_elsewhere_asks_to_sign_in_again(chromium, account):
    scenery.paint()
    board(chromium, account)
    scene.change("update sessions set revoked_at = now() where user_id = :user", user=account.user["id_users"])
    chromium.click(".span button[data-days='7']")
    chromium.wait("document.getElementById('wrong').textContent.includes('Sesi Anda berakhir')")


@in_a_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(chromium, account, scheme):
    scenery.paint()
    chromium.page("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
    chromium.page("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    keep(chromium, f"phone-sign-in-{scheme}")
    board(chromium, account)
    assert chromium.run("document.documentElement.scrollWidth") == 390, "nothing is wider than the phone"
    keep(chromium, f"phone-{scheme}")


@in_a_browser
def test_the_first_day_and_no_day_at_all_are_shown_too(chromium, account):
    scenery.paint(1)
    board(chromium, account)
    keep(chromium, "first-day")
    scene.change("delete from platform_daily_stats")
    chromium.click(".span button[data-days='7']")
    chromium.wait("document.body.innerText.includes('Belum ada data')")
    assert "Belum ada angka yang dihitung" in chromium.text()
    keep(chromium, "no-day")


@in_a_browser
def test_the_days_are_saved_as_a_file(chromium, account, tmp_path):
    scenery.paint()
    chromium.page("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    board(chromium, account)
    chromium.click("#csv")
    file = tmp_path / "mamastoria-30.csv"
    end = clock.now() + clock.seconds(20)
    while not file.exists():
        assert clock.now() < end
    assert file.read_bytes() == account.get("/v1/admin/analytics/daily", days=30, format="csv").body
