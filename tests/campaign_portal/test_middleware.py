"""What holds for every response: headers, no storing, clean input, session limits, language."""

import time

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_user

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; report-uri /csp/"
)
PAGE = "/accounts/password/change/"


@pytest.fixture
def person(db):
    return make_user("lan", password="bốn con voi đi bộ")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/accounts/login/", 200),
        (PAGE, 302),
        ("/không-có/", 404),
        ("/accounts/login/?a=%00", 400),
        ("/static/admin/css/base.css", 200),
        ("/static/none.css", 404),
    ],
)
def test_every_response_carries_the_security_headers(db, client, address, status):
    response = client.get(address)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert sorted(response.headers["Content-Security-Policy"].split("; ")) == sorted(POLICY.split("; "))


def test_an_error_of_ours_and_a_refused_host_carry_them_too(db, client, monkeypatch):
    monkeypatch.setattr("allauth.account.views.LoginView.get_context_data", None)
    client.raise_request_exception = False
    broken = client.get("/accounts/login/")
    refused = client.get("/accounts/login/", HTTP_HOST="evil.example")
    assert (broken.status_code, refused.status_code) == (500, 400)
    for response in (broken, refused):
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert b"Traceback" not in response.content
        assert b"evil.example" not in response.content


def test_pages_are_not_stored_and_static_files_are(client, person):
    client.force_login(person)
    assert client.get(PAGE).headers["Cache-Control"] == "no-store, private"
    assert client.get("/accounts/login/?a=%00").headers["Cache-Control"] == "no-store, private"
    assert "max-age" in client.get("/static/admin/css/base.css").headers["Cache-Control"]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda client: client.get("/accounts/login/?q=a%00b"),
        lambda client: client.get("/accounts/login/?q%00=1"),
        lambda client: client.get("/accounts/login/?q=%1b%5b31m"),
        lambda client: client.get("/accounts/login/?q=%C2%85"),
        lambda client: client.get("/a%00b/"),
        lambda client: client.get("/a%0ab/"),
        lambda client: client.post("/accounts/login/", {"login": "a\0", "password": "b"}),
        lambda client: client.post("/accounts/login/", {"log\x07in": "a"}),
        lambda client: client.get("/accounts/login/", HTTP_COOKIE='sid="\\000abc"'),
    ],
)
def test_characters_no_keyboard_sends_are_refused(db, client, request_of):
    response = request_of(client)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/")


def test_ordinary_text_passes(db, client):
    query = {"q": "Phường Hoà An\tdòng 1\r\ndòng 2 – “trích” 🙂 Hòa"}
    assert client.get("/accounts/login/", query).status_code == 200


def test_a_body_that_is_too_large_is_refused(db, client):
    body = SimpleUploadedFile("big.pdf", b"0" * (settings.UPLOAD_MAX_BODY_BYTES + 1))
    assert client.post("/accounts/login/", {"f": body}).status_code == 400


def test_the_language_is_the_persons_and_vietnamese_for_everybody_else(client, person):
    english = {"HTTP_ACCEPT_LANGUAGE": "en"}
    assert client.get("/accounts/login/", **english).headers["Content-Language"] == "vi"
    client.force_login(person)
    assert client.get(PAGE, **english).headers["Content-Language"] == "vi"
    person.language = "en"
    person.save()
    assert client.get(PAGE).headers["Content-Language"] == "en"
    client.logout()
    assert client.get("/accounts/login/").headers["Content-Language"] == "vi"


def test_a_session_ends_after_half_an_hour_of_idleness(client, person):
    with time_machine.travel("2026-03-02T08:00:00+07:00", tick=False) as clock:
        client.force_login(person)
        for _ in range(4):
            clock.shift(29 * 60)
            assert client.get(PAGE).status_code == 200
        clock.shift(30 * 60 + 1)
        assert client.get(PAGE).status_code == 302


def test_a_session_ends_twelve_hours_after_signing_in_however_busy(client, person):
    with time_machine.travel("2026-03-02T08:00:00+07:00", tick=False) as clock:
        client.force_login(person)
        client.get(PAGE)
        for _ in range(35):
            clock.shift(20 * 60)
            assert client.get(PAGE).status_code == 200
        clock.shift(20 * 60)
        assert client.get(PAGE).status_code == 302
        assert Session.objects.filter(expire_date__gt="2026-03-02T20:00+07:00").count() <= 1  # the new, anonymous one


def test_reading_pages_rarely_writes_the_session(client, person, django_assert_num_queries):
    client.force_login(person)
    client.get(PAGE)
    with django_assert_num_queries(5):  # session, person, roles, organiser, unread notices: nothing is written
        client.get(PAGE)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(client, person):
    client.force_login(person)
    stolen = client.cookies["sid"].value
    client.post("/accounts/logout/")
    client.cookies["sid"] = stolen
    assert client.get(PAGE).status_code == 302


def test_a_form_without_its_token_is_refused(db):
    from django.test import Client  # the fixture's client skips the check

    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"login": "lan", "password": "x"})
    assert response.status_code == 403
    assert response.headers["X-Frame-Options"] == "DENY"


def test_the_clock_of_sessions_is_the_systems(client, person):
    client.force_login(person)
    client.get(PAGE)
    assert abs(client.session["signed_in_at"] - time.time()) < 5


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400])
def test_a_number_no_database_takes_is_found_at_no_address(client, number):
    for address in ("/khen-thuong/de-nghi/%s/", "/tham-dinh/%s/dinh-chinh/", "/bao-cao/%s/ky/1/"):
        assert client.get(address % number).status_code == 404
