"""Signing in: who gets in, what guessing meets, what is closed."""

import datetime as dt
import unicodedata

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessFailureLog
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campaign_portal.accounts.guessing import device_of, wait_for
from campaign_portal.passwords import NormalisingArgon2
from tests.factories import make_user

LOGIN = "/accounts/login/"
PASSWORD = "bốn con voi đi bộ"


@pytest.fixture
def person(db):
    return make_user("lan", password=PASSWORD)


def sign_in(client, password: str, name: str = "lan", **extra: str):
    """Send the sign-in form."""
    return client.post(LOGIN, {"login": name, "password": password}, **extra)


def test_the_right_password_lets_in_and_turns_the_session_over(client, person):
    client.get(LOGIN)
    before = client.session.session_key
    response = sign_in(client, PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.session.session_key != before


def test_wrong_name_and_wrong_password_get_the_same_answer(client, person):
    def answer(name: str) -> str:
        page = sign_in(client, "sai", name)
        assert page.status_code == 200
        return page.context["form"].errors.as_text()

    assert answer("lan") == answer("nobody") != ""


def test_a_deactivated_person_stays_out(client, person):
    person.is_active = False
    person.save()
    assert sign_in(client, PASSWORD).status_code == 200
    assert "_auth_user_id" not in client.session


def later(seconds: int) -> None:
    """Let time pass: every wrong guess was that much longer ago."""
    for row in AccessFailureLog.objects.all():
        AccessFailureLog.objects.filter(pk=row.pk).update(attempt_time=row.attempt_time - dt.timedelta(seconds=seconds))


def words(response) -> str:
    return response.context["form"].errors.as_text()


def test_guessing_gets_slower_for_every_address_together_and_never_looks_at_a_password_meanwhile(client, person):
    """Four guesses are free; then 10, 20, 40 … seconds, whatever the address: ten in a quarter of an hour."""
    for n in range(4):
        assert "giây" not in words(sign_in(client, "sai", REMOTE_ADDR=f"203.0.113.{n}"))
    for wait in (10, 20, 40, 80, 160, 320):
        refused = words(sign_in(client, PASSWORD, REMOTE_ADDR=f"198.51.100.{wait % 250}"))
        assert f"{wait} giây" in refused or f"{wait - 1} giây" in refused
        later(wait + 1)
        assert "giây" not in words(sign_in(client, "sai", REMOTE_ADDR=f"192.0.2.{wait % 250}"))
    assert AccessFailureLog.objects.count() == 10
    later(901)
    assert sign_in(client, PASSWORD).status_code == 302  # never a hard lock


def test_a_name_without_an_account_waits_alike(client, person):
    def answers(name: str) -> list[str]:
        return [words(sign_in(client, "sai", name)) for _ in range(5)]

    assert answers("lan") == answers("nobody")


def test_many_guesses_at_once_share_one_count(client, person):
    assert wait_for("lan", now=timezone.now()) == 0
    for _ in range(200):
        sign_in(client, "sai", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert AccessFailureLog.objects.filter(username="lan").count() == 4


def test_a_device_the_person_has_used_never_waits_and_is_counted_by_itself(client, person):
    assert sign_in(client, PASSWORD).status_code == 302
    client.post("/accounts/logout/")
    outsider = Client()
    for n in range(30):
        sign_in(outsider, "sai", REMOTE_ADDR=f"203.0.113.{n}")
        sign_in(outsider, "sai")  # the office's own address too
    assert "giây" in words(sign_in(outsider, PASSWORD))
    assert sign_in(client, PASSWORD).status_code == 302  # the first try
    client.post("/accounts/logout/")
    for _ in range(9):
        assert sign_in(client, "sai").status_code == 200
    assert sign_in(client, "sai").status_code == 429
    assert sign_in(client, PASSWORD).status_code == 429  # a stolen device guesses ten times, no more


def test_one_persons_device_is_nobody_elses(client, person):
    """Who has an account of their own guesses at another's as an outsider does."""
    make_user("binh", password=PASSWORD)
    assert sign_in(client, PASSWORD, "binh").status_code == 302
    client.post("/accounts/logout/")
    for _ in range(4):
        sign_in(client, "sai")
    assert "giây" in words(sign_in(client, PASSWORD))
    client.cookies["known_device"] = client.cookies["known_device"].value + "x"
    assert device_of(client.get(LOGIN).wsgi_request, "binh") == ""


def test_an_invented_forwarding_header_does_not_reset_the_count(client, person):
    for n in range(11):
        sign_in(client, "sai", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert set(AccessFailureLog.objects.values_list("ip_address", flat=True)) == {"127.0.0.1"}


def test_the_cost_of_a_password_is_paid_for_a_name_without_an_account(client, db, monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["campaign_portal.passwords.NormalisingArgon2"]
    make_user("lan", password=PASSWORD)
    paid = []
    encode = NormalisingArgon2.encode
    monkeypatch.setattr(NormalisingArgon2, "encode", lambda self, *said: paid.append(1) or encode(self, *said))
    verify = NormalisingArgon2.verify
    monkeypatch.setattr(NormalisingArgon2, "verify", lambda self, *said: paid.append(1) or verify(self, *said))
    for name in ("lan", "nobody"):
        paid.clear()
        sign_in(client, "sai", name)
        assert paid == [1]


def test_a_person_sees_where_they_are_signed_in_and_ends_the_other_sessions(client, person):
    elsewhere = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537.36"})
    sign_in(elsewhere, PASSWORD)
    sign_in(client, PASSWORD, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130 Edg/130")
    page = client.get("/accounts/sessions/").content.decode()
    assert "Chrome · Android" in page
    assert "Edge · Windows" in page
    assert "thiết bị này" in page
    assert client.post("/accounts/sessions/").status_code == 302
    assert elsewhere.get("/").headers["Location"].startswith(LOGIN)
    assert client.get("/").status_code == 200


def test_a_first_second_factor_is_set_up_right_after_signing_in_without_the_password_once_more(client, person):
    sign_in(client, PASSWORD)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=6)):
        assert client.get("/accounts/2fa/totp/activate/").status_code == 302


def test_a_person_with_a_second_factor_is_not_in_by_the_password(client, person):
    totp.TOTP.activate(person, totp.generate_totp_secret())
    response = sign_in(client, PASSWORD)
    assert response.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_second_step_needs_the_first(client, db):
    assert client.get("/accounts/2fa/authenticate/").headers["Location"] == LOGIN


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "account_set_password"])
def test_what_the_portal_does_not_offer_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_next_leads_nowhere_outside(client, person):
    for outside in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        client.logout()
        response = client.post(LOGIN, {"login": "lan", "password": PASSWORD, "next": outside})
        assert (outside, response.headers.get("Location")) == (outside, "/")


def test_changing_the_password_ends_the_other_sessions(client, person):
    from django.test import Client  # a second browser

    other = Client()
    for browser in (client, other):
        browser.force_login(person)
    new = "mười hai con giáp"
    client.get("/accounts/password/change/")
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.status_code == 302, response.context["form"].errors
    assert other.get("/accounts/password/change/").status_code == 302
    client.logout()
    assert sign_in(client, unicodedata.normalize("NFC", new)).status_code == 302
