"""To Google's consent page and back: what a browser does, and what somebody else's browser cannot."""

import base64
import hashlib
import http.client
import re
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from common import clock, settings
from tests.support import people

CALLBACK = "/v1/auth/google/callback"


def start(api, **query):
    """One browser on its way: where Google's page is, what was asked there, and the cookie."""
    answer = api.get("/v1/auth/google/redirect", expect=302, **query)
    url = answer.headers["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}
    return SimpleNamespace(url=url, asked=asked, cookie=answer.headers["Set-Cookie"].partition(";")[0], header=answer.headers["Set-Cookie"])


def s256(text):
    """The hash of a text, as PKCE writes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def fetch(url):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    reply = connection.getresponse()
    body = reply.read().decode()
    connection.close()
    return SimpleNamespace(status=reply.status, location=reply.headers["Location"], body=body)


def chosen(browser, account):
    """Choose an account on the consent page: the code and state that Google sends back."""
    page = fetch(browser.url)
    assert page.status == 200, page.body
    choice = next(unescape(link) for link in re.findall(r'href="([^"]+)"', page.body) if quote("siti.rahma@gmail.com") in link)
    parts = urlsplit(browser.url)
    back = fetch(f"{parts.scheme}://{parts.netloc}{choice.replace(quote('siti.rahma@gmail.com'), quote(account))}")
    assert back.status == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(back.location).query).items()}


def finish(api, query, cookie, expect=200):
    return api.get(CALLBACK, expect=expect, headers={"Cookie": cookie} if cookie else {}, **query)


def test_a_browser_goes_to_google_and_comes_back_signed_in(api):
    email = people.address()
    browser = start(api)
    answer = finish(api, chosen(browser, email), browser.cookie)
    assert (answer.data["user"]["email"], answer.data["is_new_user"]) == (email, True)
    api.signed(answer.data["tokens"]["access_token"]).get("/v1/auth/sessions")


def test_the_way_to_google_has_pkce_a_nonce_and_encoded_parameters(api):
    browser = start(api)
    assert browser.asked["code_challenge_method"] == "S256"
    assert re.fullmatch(r"[\w-]{43}", browser.asked["code_challenge"]) and len(browser.asked["nonce"]) == 43
    assert browser.asked["redirect_uri"] == f"{settings.PUBLIC_URL()}{CALLBACK}"
    assert "redirect_uri=http%3A%2F%2F" in browser.url and "scope=openid+email+profile" in browser.url
    assert start(api).asked["state"] != browser.asked["state"]


def test_the_cookie_is_for_this_browser_alone(api, monkeypatch):
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"} <= set(start(api).header.split("; "))
    monkeypatch.setenv("PUBLIC_URL", "https://api.mamastoria.com")
    assert start(api).header.endswith("; Secure")


def test_the_cookie_does_not_give_the_verifier_or_the_nonce_away(api):
    browser = start(api)
    word = browser.cookie.partition("=")[2]
    known = {word, s256(word), hashlib.sha256(word.encode()).hexdigest()}
    # Whoever reads the cookie shall not be able to say which verifier or nonce was asked with, only our key can.
    assert not {browser.asked["nonce"], browser.asked["code_challenge"]} & {*known, *map(s256, known)}
    assert word not in browser.url


def test_tokens_are_kept_by_no_cache_and_the_cookie_goes(api):
    browser = start(api)
    answer = finish(api, chosen(browser, people.address()), browser.cookie)
    assert answer.headers["Cache-Control"] == "private, no-store" and "ETag" not in answer.headers
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert api.get("/v1/auth/google/redirect", expect=302).headers["Cache-Control"] == "private, no-store"


def test_a_state_works_once(api):
    browser = start(api)
    query = chosen(browser, people.address())
    finish(api, query, browser.cookie)
    assert finish(api, query, browser.cookie, expect=400).error == "InvalidState"
    again = {**chosen(start(api), people.address()), "state": query["state"]}
    assert finish(api, again, browser.cookie, expect=400).error == "InvalidState"


def test_a_state_is_of_no_use_in_another_browser_or_without_a_cookie(api):
    mine, other = start(api), start(api)
    query = chosen(mine, people.address())
    assert finish(api, query, other.cookie, expect=400).error == "InvalidState"
    assert finish(api, query, None, expect=400).error == "InvalidState"
    finish(api, query, mine.cookie)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda state: "nonsense", id="nonsense"),
        pytest.param(lambda state: state.partition(".")[0], id="without a signature"),
        pytest.param(lambda state: state[:-2] + ("AA" if state[-2:] != "AA" else "BB"), id="with another signature"),
        pytest.param(lambda state: "x" + state, id="with another content"),
        pytest.param(lambda state: state.replace(".", "é."), id="with strange letters"),
    ],
)
def test_a_forged_state_is_refused(forge, api):
    browser = start(api)
    query = chosen(browser, people.address())
    assert finish(api, {**query, "state": forge(query["state"])}, browser.cookie, expect=400).error == "InvalidState"


def test_a_state_is_over_after_ten_minutes(api, monkeypatch):
    browser = start(api)
    query = chosen(browser, people.address())
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=601))
    assert finish(api, query, browser.cookie, expect=400).error == "InvalidState"


def test_a_stolen_code_does_not_fit_another_sign_in(api):
    victim, thief = start(api), start(api)
    stolen = chosen(victim, people.address())["code"]
    refused = finish(api, {"code": stolen, "state": thief.asked["state"]}, thief.cookie, expect=401)
    assert refused.error == "InvalidGoogleToken"


def test_a_code_of_another_verifier_is_refused(api, services):
    browser, other = start(api), start(api)
    consent = {"redirect_uri": browser.asked["redirect_uri"], "nonce": browser.asked["nonce"]}
    wrong = services.google.code(people.address(), challenge=other.asked["code_challenge"], **consent)
    assert finish(api, {"code": wrong, "state": browser.asked["state"]}, browser.cookie, expect=401).error == "InvalidGoogleToken"


def test_a_token_with_another_nonce_is_refused(api, services):
    browser = start(api)
    asked = browser.asked
    code = services.google.code(people.address(), redirect_uri=asked["redirect_uri"], challenge=asked["code_challenge"], nonce="another")
    assert finish(api, {"code": code, "state": asked["state"]}, browser.cookie, expect=401).error == "InvalidGoogleToken"


def test_a_code_without_a_nonce_is_refused(api, services):
    browser = start(api)
    asked = browser.asked
    code = services.google.code(people.address(), redirect_uri=asked["redirect_uri"], challenge=asked["code_challenge"])
    assert finish(api, {"code": code, "state": asked["state"]}, browser.cookie, expect=401).error == "InvalidGoogleToken"


def test_somebody_whose_address_google_did_not_verify_is_refused(api):
    browser = start(api)
    assert finish(api, chosen(browser, "rini@contoh.id"), browser.cookie, expect=401).error == "InvalidGoogleToken"


def test_somebody_who_changes_their_mind_gets_a_sentence(api):
    browser = start(api)
    refused = finish(api, {"error": "access_denied", "state": browser.asked["state"]}, browser.cookie, expect=400)
    assert refused.error == "Canceled"


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/v1/auth/google/callback",
        "http://gateway.test/v1/auth/google/callback/",
        "http://gateway.test@evil.example/v1/auth/google/callback",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_not_configured_is_refused_and_never_redirected_to(uri, api):
    refused = api.get("/v1/auth/google/redirect", expect=400, redirect_uri=uri)
    assert refused.error == "UnknownRedirect" and "Location" not in refused.headers


def test_the_configured_addresses_can_be_chosen(api, monkeypatch):
    web = "https://mamastoria.com/v1/auth/google/callback"
    monkeypatch.setenv("GOOGLE_REDIRECT_URIS", f"https://api.mamastoria.com{CALLBACK}, {web}")
    assert start(api).asked["redirect_uri"] == f"https://api.mamastoria.com{CALLBACK}"
    assert start(api, redirect_uri=web).asked["redirect_uri"] == web
    assert api.get("/v1/auth/google/redirect", expect=400, redirect_uri=f"{settings.PUBLIC_URL()}{CALLBACK}").error == "UnknownRedirect"


def test_google_itself_refuses_what_is_not_asked_properly(api):
    browser = start(api)
    for name in ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"):
        page = fetch(re.sub(rf"\b{name}=[^&]*", f"{name}=x", browser.url))
        assert (page.status, page.location) == ((200, None) if name == "state" else (400, None)), name
