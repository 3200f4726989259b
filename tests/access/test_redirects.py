"""No address of the portal leads out of it, whatever a link or form names; only its own hosts are answered.

The portal's pages in a foreign frame: tests/browser/test_framing.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .world import World

# Where an answer leads is the web's affair: one database is asked.
pytestmark = pytest.mark.sqlite

HOME = "testserver"
#: Ways to write an address elsewhere that browsers follow or that fooled somebody's check.
OUTSIDE = (
    "https://evil.example/", "http://evil.example", "//evil.example", "///evil.example", "////evil.example/",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "//\\evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\\\evil.example", "HTTPS://EVIL.EXAMPLE",
    " https://evil.example", "\thttps://evil.example", "/\t/evil.example", "/\n/evil.example", "ht\ntps://evil.example",
    "https://testserver@evil.example", "https://testserver:80@evil.example/", "https://testserver.evil.example",
    "https://evil.example#testserver", "https://evil.example?testserver", "https://evil.example\\testserver",
    "//testserver@evil.example", "//evil.example%2f@testserver.evil.example", "https://evil.example%00testserver",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "file:///etc/passwd", "ftp://evil.example/",
    "https://evil。example", "https://\u0435vil.example", "//evil%E3%80%82example", "/%0d%0aLocation:%20//evil.example",
    "/%5cevil.example/..;//evil.example", "https://[::2]/", "http://0x7f000001/", "http://2130706433/",
)  # fmt: skip
#: Words by which programs are told where to go next.
NAMES = ("next", "back", "url", "redirect", "redirect_to", "return", "return_to", "continue", "to", "_redirect", "r")
_LINK = re.compile(r'\b(?:href|src|action|formaction|data-hx-\w+|hx-\w+)="([^"]*)"')
#: Routes whose business is to lead on; the others are asked with a few payloads.
ONWARD = re.compile(r"login|logout|reauthenticate|authenticate|ngon-ngu|sign-on|invitation|2fa|tin-bao")


def leads_outside(location: str) -> bool:
    """Whether a browser would leave the portal: it reads ``\\`` as ``/`` and passes over control characters."""
    shown = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    if re.match(r"[a-z][a-z0-9+.-]*:", shown, re.IGNORECASE):
        return not re.match(rf"https?://{HOME}(?:[/?#]|$)", shown, re.IGNORECASE)
    return shown.startswith("//")


def ways_on(response: HttpResponse) -> Iterator[str]:
    """Every address that an answer sends its reader to, at once or by a link."""
    for name in ("Location", "HX-Redirect", "HX-Location", "Content-Location", "Refresh"):
        if name in response:
            yield response[name]
    if "html" in response.get("Content-Type", ""):
        yield from (link for link in _LINK.findall(response.content.decode()) if "evil" in link or "script:" in link)


def outside(client: Client, method: str, address: str, word: str, **headers: str) -> list[str]:
    """Ask with ``word`` under every name and as the page one came from; return where it would lead outside."""
    query = "&".join(f"{name}={quote(word, errors='surrogatepass')}" for name in NAMES)
    asked = f"{address}{'&' if '?' in address else '?'}{query}"
    referer = word if word.isprintable() and word.isascii() else "https://evil.example/"
    response = ask(client, method, asked, Referer=referer, **headers)
    return [f"{method} {address} with {word!r}: {way}" for way in ways_on(response) if leads_outside(way)]


@pytest.mark.parametrize("role", ["anonymous", "superuser", "staff", "leader_a"] if EVERYTHING else ["staff"])
def test_no_address_leads_outside_whatever_it_is_asked(world: World, role: str, record_property) -> None:
    client, found, asked = client_of(world, role), [], 0
    for number, (route, _pattern) in enumerate(routes()):
        is_onward = ONWARD.search(route) is not None
        if not (EVERYTHING or is_onward or number % 25 == 0):
            continue
        words = OUTSIDE if EVERYTHING and is_onward else OUTSIDE[:: len(OUTSIDE) // (8 if EVERYTHING else 2)]
        for word in words[:: 1 if EVERYTHING else 2]:
            for method in ("GET", "POST"):
                found += outside(client, method, address_of(route, world), word)
                asked += 1
    record_property("asked", asked)
    assert found == []
    assert asked > 50


def test_signing_in_and_out_the_language_and_a_notice_lead_home_instead(world: World, record_property) -> None:
    leader = world.people["leader_a"]
    leader.set_password("mười hai con giáp")
    leader.save()
    notice = world.a.rows["notice"]
    found, sent = [], 0
    for word in OUTSIDE:
        cache.clear()  # signing in so often is slowed down, which is not asked here
        type(notice).objects.filter(pk=notice.pk).update(url=re.sub(r"[\x00-\x1f]", "", word)[:200])
        for role, address, data in (
            ("anonymous", "/accounts/login/", {"login": leader.username, "password": "mười hai con giáp"}),
            ("leader_a", "/accounts/logout/", {}),
            ("leader_a", "/accounts/reauthenticate/", {"password": "mười hai con giáp"}),
            ("leader_a", "/ngon-ngu/", {"language": "en"}),
            ("leader_a", f"/tin-bao/{notice.pk}/", {}),
        ):
            response = client_of(world, role).post(address, {**data, "next": word})
            sent += 1
            # A control character is refused before anybody looks where it would lead.
            assert response.status_code in (302, 400), (address, word, response.status_code)
            found += [f"{address} with {word!r}: {way}" for way in ways_on(response) if leads_outside(way)]
    record_property("sent", sent)
    assert found == []
    # And the way back inside is taken.
    inside = {"login": leader.username, "password": "mười hai con giáp", "next": "/tim/?q=a"}
    assert client_of(world, "anonymous").post("/accounts/login/", inside)["Location"] == "/tim/?q=a"


def test_a_way_out_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_portal.views.language.url_has_allowed_host_and_scheme", lambda *_, **__: True)
    led = client_of(world, "leader_a").post("/ngon-ngu/", {"language": "vi", "next": "//evil.example"})
    assert leads_outside(led["Location"])
    for word in OUTSIDE:  # each one does lead out, or is a place of our own written strangely
        if not word.startswith(("/%", "//evil%", "https://evil.example%00")):
            assert leads_outside(word), word
    for word in ("/", "/tim/?q=https://evil.example", "?dot=K01", "#chi-tieu-1", f"http://{HOME}/a", "a/b:c"):
        assert not leads_outside(word), word


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver.evil.example", "evil.example:testserver", "testserver@evil.example", "[::2]", "",
     "testserver:80:80", "testserver/evil.example", "127.0.0.1.evil.example", "evil.example#testserver"],
)  # fmt: skip
def test_a_host_that_is_not_ours_is_refused_and_a_forwarded_one_is_not_believed(client: Client, host: str) -> None:
    for address in ("/accounts/login/", "/", "/api/v1/"):
        response = client.get(address, HTTP_HOST=host)
        assert (response.status_code, b"evil" in response.content) == (400, False)


def test_a_forwarded_host_is_not_believed(client: Client, db: None) -> None:
    for name in ("HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST", "HTTP_X_ORIGINAL_URL"):
        response = client.get("/", **{name: "host=evil.example" if name == "HTTP_FORWARDED" else "evil.example"})
        assert response["Location"].startswith("/accounts/login/")
        assert b"evil" not in client.get("/accounts/login/", **{name: "evil.example"}).content
