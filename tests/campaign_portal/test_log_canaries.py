"""What people type, carry and upload does not reach the log, and nothing they send makes two lines of one event.

Canaries go through the real pages: signing in, one-time codes, invitations, uploads, forms that are refused, and an
error of ours. The log is read as a collector reads it: JSON, line by line.
"""

from __future__ import annotations

import io
import json
import logging

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from campaign_portal.logs import JsonLine
from campaigns.actions.invitations import tokens
from campaigns.enums import Role
from tests.factories import at, give_role, make_area, make_indicator, make_target, make_user

from ..campaigns.files import corpus

PASSWORD = "canary-mat-khau-cua-lan"
LOGIN = "/accounts/login/"
CCCD = "031204005678"


@pytest.fixture
def log():
    """What the portal writes to its log in an installation, from everything that writes there."""
    handler, root = logging.StreamHandler(io.StringIO()), logging.getLogger()
    handler.setFormatter(JsonLine())
    before, root.level = root.level, logging.INFO
    root.addHandler(handler)
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(before)


def lines(log) -> list[dict[str, str]]:
    """Every line, read as JSON; fails where one is not."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.fixture
def browser(client) -> Client:
    client.raise_request_exception = False
    return client


class Canaries:
    """What must not be found, by what it is."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {"password": PASSWORD, "citizen's number": CCCD}

    def plant(self, what: str, value: str) -> str:
        self.planted[what] = value
        return value

    def found(self, text: str) -> list[str]:
        return [what for what, value in self.planted.items() if value in text]


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def one_time_code(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def signs_in(browser: Client, canaries: Canaries) -> None:
    """Wrong passwords until it is locked, a password typed as the name, then in by password and one-time code."""
    person = make_user("lan", password=PASSWORD)
    secret = canaries.plant("one-time secret", totp.generate_totp_secret())
    totp.TOTP.activate(person, secret)
    for _ in range(11):
        browser.post(LOGIN, {"login": PASSWORD, "password": canaries.plant("guess", "canary-doan-sai")})
    browser.post(LOGIN, {"login": "lan", "password": PASSWORD})
    before = browser.session.session_key
    browser.post("/accounts/2fa/authenticate/", {"code": canaries.plant("wrong code", "918273")})
    code = canaries.plant("code", one_time_code(secret))
    browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert browser.session["_auth_user_id"] == str(person.pk)
    assert browser.session.session_key != before
    canaries.plant("session", browser.session.session_key)
    canaries.plant("cookie", browser.cookies["sid"].value)
    new = canaries.plant("new password", "canary-mat-khau-moi")
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new + "x"})


def opens_an_invitation(browser: Client, canaries: Canaries) -> None:
    """The link works once: it may not stand in a log either, also where the form is refused."""
    person = make_user("moi", password=PASSWORD)
    token = canaries.plant("invitation", tokens.make_token(person))
    address = reverse("account_invitation", args=[urlsafe_base64_encode(force_bytes(person.pk)), token])
    browser.get(address)
    browser.put(address)
    Client(enforce_csrf_checks=True).post(address, {"new_password1": PASSWORD})


def uploads(browser: Client, canaries: Canaries, participant) -> None:
    """A file is taken and one refused, both with words in name and content, and a form with a citizen's number."""
    leader = make_user("truong")
    give_role(leader, Role.UNIT_LEADER, unit=participant.unit)
    target = make_target(make_indicator(make_area(participant.campaign, 1)), participant)
    period = participant.campaign.periods.order_by("ends_on").first()
    browser.force_login(leader)
    address = reverse("campaigns:evidence", args=[participant.pk, period.pk, target.pk])
    name, inside = canaries.plant("file name", "canary-ho-ngheo"), canaries.plant("file content", "CANARY-INSIDE")
    for suffix, status in ((".pdf", 302), (".exe", 422)):
        sent = SimpleUploadedFile(name + suffix, corpus.pdf(b"% " + inside.encode() + b"\n"))
        assert browser.post(address, {"file": sent}).status_code == status
    browser.get("/tim/", {"q": CCCD})
    browser.get("/khong-co/", {"q": CCCD})
    browser.post("/ngon-ngu/", {"language": f"{CCCD}\x00"})
    browser.post(f"/bao-cao/{participant.pk}/ky/{period.pk}/gui/", {"note": CCCD})
    Client(enforce_csrf_checks=True).post(LOGIN, {"login": CCCD, "password": PASSWORD}, HTTP_COOKIE=f"sid={CCCD}")
    browser.cookies["sid"] = f"{CCCD}\x01"
    browser.get("/")


def breaks(browser: Client, canaries: Canaries, monkeypatch) -> None:
    """An error of ours while somebody sends a form: its traceback names places, no values."""

    def broken(*args, **kwargs):
        raise RuntimeError("something of ours")

    monkeypatch.setattr("campaign_portal.views.language.redirect", broken)
    browser.cookies.clear()
    browser.force_login(make_user("loi"))
    answer = browser.post("/ngon-ngu/", {"language": "vi", "note": canaries.plant("form", "CANARY-FORM")})
    assert answer.status_code == 500


def test_no_secret_and_nothing_personal_stands_in_the_log(
    browser, canaries, log, participant_a, evidence_root, monkeypatch
):
    signs_in(browser, canaries)
    opens_an_invitation(browser, canaries)
    with time_machine.travel(at(3), tick=False):
        uploads(browser, canaries, participant_a)
    breaks(browser, canaries, monkeypatch)
    written = lines(log)
    # There was something to find: refusals of every kind and a traceback.
    assert len(written) > 8
    assert any("something of ours" in line.get("traceback", "") for line in written)
    assert {what: [line for line in written if value in str(line)] for what, value in canaries.planted.items()} == {
        what: [] for what in canaries.planted
    }
    assert len(canaries.planted) == 13


def test_a_canary_in_the_log_is_found(canaries, log):
    logging.getLogger("portal").warning("signed in with %s", PASSWORD)
    assert canaries.found(log.getvalue()) == ["password"]


EVIL = '\r\n{"level": "INFO", "message": "forged"}\x1b[31m\u2028\u202e'


@pytest.mark.parametrize("place", ["path", "agent", "user name", "file name", "host", "cookie"])
def test_no_input_makes_two_lines_of_one_event(place, browser, log, participant_a, evidence_root):
    browser.force_login(make_user("lan"))
    if place == "path":
        browser.get("/khong-co" + "".join(f"%{byte:02x}" for byte in EVIL.encode()))
    elif place == "agent":
        browser.get("/khong-co/", HTTP_USER_AGENT=EVIL, HTTP_REFERER=EVIL)
    elif place == "user name":
        for _ in range(11):
            Client().post(LOGIN, {"login": EVIL, "password": "x"})
        Client(enforce_csrf_checks=True).post(LOGIN, {"login": EVIL})
    elif place == "file name":
        browser.post("/ngon-ngu/", {"file": SimpleUploadedFile(f"a{EVIL}.pdf", b"x")})
    elif place == "host":
        browser.get("/", HTTP_HOST=EVIL)
    else:
        browser.get("/", HTTP_COOKIE=f"sid={EVIL}")
        browser.get("/khong-co/", HTTP_COOKIE=f"sid={EVIL}")
    written = lines(log)
    assert written != []
    assert [line for line in written if line["message"] == "forged"] == []
    assert not {"\x1b", "\u2028", "\u202e", "\r"} & set(log.getvalue())
