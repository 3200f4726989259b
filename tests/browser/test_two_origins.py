"""A page of another origin: it can neither send the portal's forms, read its answers, sign anybody in nor frame it.

The other origin is another port of the same machine, which is the same site: cookies are sent, so the portal's own
checks must refuse. Another name for the machine is another site.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from campaigns.models import AuditEntry, User
from tests.factories import make_user

# What a browser sends is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

#: Forms a stranger would like somebody signed in to send.
WANTED = (
    "/accounts/password/change/",
    "/accounts/logout/",
    "/ngon-ngu/",
    "/tin-bao/da-doc/",
    "/admin/campaigns/unit/add/",
)
SEND_FORM = """([address, fields]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: address});
    for (const [name, value] of Object.entries(fields))
        form.append(Object.assign(document.createElement("input"), {name, value}));
    document.body.append(form);
    form.submit();
}"""
FETCH = """async ([address, mode, headers]) => {
    try {
        const answer = await fetch(address, {method: "POST", mode, headers, credentials: "include", body: "a=1"});
        return [answer.type, answer.status, await answer.text()];
    } catch (error) { return ["refused", 0, ""]; }
}"""


class Empty(http.server.BaseHTTPRequestHandler):
    """Answers everything with an empty page without a policy."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>Trang khac</title><body></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def strange_port() -> Iterator[int]:
    """Where the stranger's page is served, under every name of this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def victim(db) -> User:
    return make_user("nan-nhan", password="bốn con voi đi bộ", is_staff=True, is_superuser=True)


@pytest.fixture(params=["127.0.0.1", "localhost"], ids=["same site", "another site"])
def stranger(request, browser: Browser, live_server, strange_port, client, victim, settings) -> Iterator[Page]:
    """The stranger's page in the browser of somebody who is signed in at the portal."""
    context = browser.new_context()
    client.force_login(victim, backend="django.contrib.auth.backends.ModelBackend")
    context.add_cookies([{
        "name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": live_server.url, "httpOnly": True, "sameSite": "Lax",
    }])  # fmt: skip
    tab = context.new_page()
    tab.goto(f"http://{request.param}:{strange_port}/")
    yield tab
    context.close()


def kept(victim: User) -> tuple[object, ...]:
    """What a stranger would want changed."""
    victim.refresh_from_db()
    return victim.password, AuditEntry.objects.count(), User.objects.count()


def test_a_form_sent_from_elsewhere_is_refused_and_changes_nothing(stranger: Page, live_server, victim):
    before, home = kept(victim), stranger.url
    fields = {
        "oldpassword": "bốn con voi đi bộ",
        "password1": "x" * 20,
        "password2": "x" * 20,
        "csrfmiddlewaretoken": "a" * 32,
    }
    for address in WANTED:
        with stranger.expect_navigation() as sent:
            stranger.evaluate(SEND_FORM, [live_server.url + address, fields])
        assert (address, sent.value.status) == (address, 403)
        stranger.goto(home)
    assert kept(victim) == before
    # And the person is signed in as before.
    assert stranger.goto(live_server.url + "/").status == 200


def test_a_script_from_elsewhere_reads_and_changes_nothing(stranger: Page, live_server, victim, caplog):
    before = kept(victim)
    for address in WANTED:
        opaque = stranger.evaluate(FETCH, [live_server.url + address, "no-cors", {}])
        assert opaque[1:] == [0, ""]  # sent, but its answer is not to be read
        asked_first = stranger.evaluate(FETCH, [live_server.url + address, "cors", {"HX-Request": "true"}])
        assert asked_first == ["refused", 0, ""]
    refused = [record for record in caplog.records if record.name == "django.security.csrf"]
    assert [record.status_code for record in refused] == [403] * len(WANTED)
    assert kept(victim) == before


def test_nobody_is_signed_in_from_elsewhere(stranger: Page, live_server, victim):
    make_user("ke-gian", password="năm con voi đi bộ")
    stranger.context.clear_cookies()
    with stranger.expect_navigation() as sent:
        stranger.evaluate(
            SEND_FORM, [live_server.url + "/accounts/login/", {"login": "ke-gian", "password": "năm con voi đi bộ"}]
        )
    assert sent.value.status == 403
    stranger.goto(live_server.url + "/")
    assert urlsplit(stranger.url).path == "/accounts/login/"


def test_the_portal_is_shown_in_no_frame(stranger: Page, live_server):
    for address in ("/", "/accounts/login/", "/admin/", "/khong-co/"):
        stranger.evaluate(
            "src => { document.body.replaceChildren(Object.assign(document.createElement('iframe'), {src})) }",
            live_server.url + address,
        )
        inside = stranger.frames[-1]
        for _wait in range(100):
            if inside.url:
                break
            stranger.wait_for_timeout(50)
        assert (address, inside.url) == (address, "chrome-error://chromewebdata/")
