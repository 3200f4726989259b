"""Signing in: who gets in, what guessing meets, what is closed."""

import unicodedata

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import NoReverseMatch, reverse

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


def test_the_eleventh_guess_is_refused_even_if_right_and_elsewhere_the_person_still_gets_in(client, person):
    for _ in range(9):
        assert sign_in(client, "sai").status_code == 200
    assert sign_in(client, "sai").status_code == 429
    assert sign_in(client, PASSWORD).status_code == 429
    # The same name from its own desk: an outsider cannot lock the chairman out.
    assert sign_in(client, PASSWORD, REMOTE_ADDR="10.0.0.7").status_code == 302


def test_an_invented_forwarding_header_does_not_reset_the_count(client, person):
    answers = [sign_in(client, "sai", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").status_code for n in range(11)]
    assert answers[-1] == 429


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
