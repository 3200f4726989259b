"""Every form with a button that sends carries its key, so that it acts once; or it says why it need not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from .addresses import address_of, client_of, routes
from .world import World

# Forms are the page's affair: one database is asked.
pytestmark = pytest.mark.sqlite

_ALLAUTH = "signing in and out, second factors and one's own password: nothing is created twice"
_ONE_VERDICT = "a value has one verdict; a second sending is refused by name"
_STEP = "a step leaves its state, from which alone it is legal; a second sending is refused by name"
#: Views that take a form without a key, and what makes a second sending of it harmless.
WITHOUT = {
    "account_change_password": _ALLAUTH,
    "account_logout": _ALLAUTH,
    "account_reauthenticate": _ALLAUTH,
    "admin:logout": _ALLAUTH,
    "admin:password_change": _ALLAUTH,
    "change_language": "writes the same language again",
    "components": "shows what a form looks like; takes none",
    "admin:campaigns_holiday_delete": "the row is gone: not found",
    "admin:campaigns_reminderrule_delete": "the row is gone: not found",
    "admin:campaigns_verification_verdict": _ONE_VERDICT,
    "admin:campaigns_verification_view": "the same name again replaces what it stood for",
    "campaigns:verify_view": "the same name again replaces what it stood for",
    "campaigns:verify_verdict": _ONE_VERDICT,
    "campaigns:grid": "the draft; each box carries its version",
    "campaigns:sheet": "the draft; each row carries the version it was made from",
    "campaigns:paste": "looks first, then writes the draft; each box carries its version",
    "campaigns:evidence": "the same content is attached to a value once",
    "awards:evidence_add": "the same content is attached to a proposal once",
    "awards:proposal_step": _STEP,
    "awards:certificates": "one job a decision at a time; a second sending is told of the first",
    "awards:golden_numbers": "numbers are given once; a second sending finds none to give",
    "awards:document_write": "the same source, template and data are the same document",
    "campaigns:notices_read": "what is read stays read",
    "campaigns:notice_open": "what is read stays read",
    "campaigns:notice_preferences": "writes the same choices again",
    "campaigns:activity_withdraw": "what is withdrawn is withdrawn once; a second sending is refused by name",
    "campaigns:incident_withdraw": "what is withdrawn is withdrawn once; a second sending is refused by name",
    "awards:alike": "a pair of names is looked at once; a second sending is refused by name",
    "awards:session_step": "the session carries its version; attendance and agenda become what they are said to be",
    "awards:council_act": "a vote is opened, given, counted and closed once; a second sending is refused by name",
    "awards:story_step": "the story carries its version: a second sending is refused as moved on",
    "awards:delegation_end": "a delegation is taken back once; a second sending is refused as ended",
}

LOOKERS = ("leader_a", "staff", "secretary", "chairman", "superuser")  # between them they are offered every form


@dataclass
class Found:
    """One form of a page."""

    method: str
    action: str
    names: set[str] = field(default_factory=set)
    submits: bool = False


class Forms(HTMLParser):
    """The forms of a page with the names of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Found] = []
        self.current: Found | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.current = Found((said.get("method") or "get").lower(), said.get("action") or "")
            self.forms.append(self.current)
        elif self.current is not None:
            self.current.names.add(said.get("name") or "")
            is_button = tag == "button" and (said.get("type") or "submit") == "submit"
            self.current.submits |= is_button or (tag == "input" and said.get("type") in ("submit", "image"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None


def forms_of(html: str) -> list[Found]:
    parser = Forms()
    parser.feed(html)
    return parser.forms


def shown(world: World) -> Iterator[tuple[str, str, Found]]:
    """Every form that anybody is shown: (the role, the address it is sent to, the form)."""
    for role in LOOKERS:
        client = client_of(world, role)
        for route, _pattern in routes():
            if "logout" in route:
                continue
            for variant in ("proposal", "draft", "issued") if route.startswith("khen-thuong/") else ("proposal",):
                address = address_of(route, world, world.a, variant)
                response = client.get(address)
                if response.status_code != 200 or "text/html" not in response.get("Content-Type", ""):
                    continue
                for form in forms_of(response.content.decode()):
                    yield role, urlsplit(form.action).path or address, form


def route_of(address: str) -> str:
    """The name of the view that takes the form, with its namespace."""
    try:
        return resolve(address).view_name
    except Resolver404:
        return address


def test_every_form_that_sends_carries_its_key_or_says_why_not(world: World) -> None:
    lacking: dict[str, str] = {}
    keyed: set[str] = set()
    for role, address, form in shown(world):
        if form.method != "post" or not form.submits:
            continue
        if "form_key" in form.names:
            keyed.add(route_of(address))
        else:
            lacking.setdefault(route_of(address), f"{address} as {role}")
    unexplained = [f"{name}: {where}" for name, where in sorted(lacking.items()) if name not in WITHOUT]
    assert unexplained == [], "\n".join(unexplained)
    assert len(keyed) > 50
    assert keyed & (WITHOUT.keys() - {"components"}) == set()


def test_a_form_without_its_key_is_found() -> None:
    html = '<form method="post"><input name="a"><button>Gửi</button></form><form><button>Tìm</button></form>'
    found = forms_of(html)
    assert [(form.method, form.submits, form.names - {""}) for form in found] == [
        ("post", True, {"a"}),
        ("get", True, set()),
    ]
