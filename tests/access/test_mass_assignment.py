"""A form changes what it shows and nothing else, whatever is sent with it (safety.md, row 3).

Every form that anybody finds is filled in and sent, then sent again with the name of every column of every table that
it wrote and of some that it must never write: the rows are the same both times. `make test` sends the forms of the
pages named here, `make prove` every form of every page, in several states of the rows (``occasions.py``); a form that
writes nothing even then proves nothing, and has its reason in ``unwritten.py``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client

from campaigns.models import User
from campaigns.views import activities

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .occasions import OCCASIONS, Occasion
from .posting import Data, Effect, Form, Sender, filled, forms_on, post
from .saying import said_in
from .unwritten import UNWRITTEN
from .world import World

# What a form changes does not depend on where: one database is asked.
pytestmark = pytest.mark.sqlite

ROLES = ("superuser", "staff", "leader_a", "reporter_a", "verifier", "secretary", "chairman", "council", "publisher")
#: Pages whose forms are sent by `make test`: where a person or a unit writes, and where most could be gained.
PAGES = (
    ("superuser", "admin/campaigns/user/<path:object_id>/change/"),
    ("superuser", "admin/campaigns/user/<int:pk>/vai-tro/"),
    ("staff", "admin/campaigns/campaign/<path:object_id>/change/"),
    ("staff", "admin/campaigns/pointentry/nhap/"),
    ("leader_a", "bao-cao/<int:participant>/dang-ky/"),
    ("leader_a", "khen-thuong/de-nghi/<int:pk>/sua/"),
    ("leader_a", "hoat-dong/<int:participant>/moi/"),
    ("leader_a", "kien-nghi/<int:pk>/"),
    ("verifier", "tham-dinh/"),
    ("secretary", "khen-thuong/hoi-dong/"),
    ("chairman", "khen-thuong/cho-quyet-dinh/"),
    ("publisher", "dien-hinh/<int:pk>/sua/"),
)
#: Sent with every form, besides the columns of the tables it writes.
ALWAYS = (
    "id", "pk", "unit", "unit_id", "participant", "campaign", "state", "status", "score", "total_bp", "version",
    "verified_by", "verified_value", "verdict", "verdict_by", "confirmed_by", "confirmed_at", "decided_by",
    "drafted_by", "submitted_by", "appraised_by", "is_superuser", "is_staff", "is_active", "role", "user", "person",
    "created_by", "created_at", "updated_by", "locked", "imported_in",
)  # fmt: skip
#: What a view takes from a form that it shows for other rows.
READ_ELSEWHERE: dict[str, set[str]] = {
    "campaigns:verify_verdict": {"verified_completed_on"},  # of milestones
    "admin:campaigns_verification_verdict": {"verified_completed_on"},
    "campaigns:verify_correct": {"completed_on"},
    "admin:campaigns_verification_correct": {"completed_on"},
}
#: Accounts: their own tests, and what they write is not the portal's (sessions, factors, attempts).
LEFT = ("account_logout", "account_login", "admin:logout", "usersessions_list")


class Extras:
    """Names and values that no form asks for."""

    def __init__(self) -> None:
        self.tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
        self.keys: dict[type[models.Model], Any] = {}

    def of(self, form: Form, effect: Effect, known: set[str]) -> Data:
        """Every column of what the form wrote, and the usual ones, but for the names the view's forms have."""
        wanted: dict[str, Any] = dict.fromkeys(ALWAYS, "1")
        for table in effect.tables:
            model = self.tables.get(table)
            for field in model._meta.concrete_fields if model else ():
                wanted[field.name] = wanted[field.attname] = self._value(field)
        prefixes = {found[1] for name in form.names if (found := re.match(r"(\w+-\d+-|o\d+-)\w", name))}
        for prefix in sorted(prefixes)[:1]:
            wanted |= {f"{prefix}{name}": value for name, value in list(wanted.items())}
        return {name: [value] for name, value in wanted.items() if name not in known}

    def _value(self, field: Any) -> str:
        """Something that the column could hold and hardly does."""
        if field.is_relation:
            model = field.related_model
            if model not in self.keys:
                self.keys[model] = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 1
            return str(self.keys[model])
        if field.choices:
            return str(field.choices[-1][0])
        if isinstance(field, models.BooleanField):
            return "on"
        if isinstance(field, (models.IntegerField, models.DecimalField)):
            return "7"
        if isinstance(field, models.DateTimeField):
            return "2026-04-02 10:00"
        return dt.date(2026, 4, 2).strftime("%d/%m/%Y") if isinstance(field, models.DateField) else "ZZX-EXTRA"


class Forger:
    """Sends every form twice and keeps what differed."""

    def __init__(self, world: World) -> None:
        self.world, self.extras, self.before = world, Extras(), {}
        self.known: dict[str, set[str]] = defaultdict(set)  # view → names of all its forms
        self.done: dict[tuple[Any, ...], str] = {}  # shape of a form → how it was sent, empty where no row changed
        self.met: dict[tuple[Any, ...], Form] = {}
        self.wrong: list[str] = []
        self.sent = 0

    def forms(self, client: Client, addresses: Iterable[str]) -> Iterator[Form]:
        for address in addresses:
            page = ask(client, "GET", address)
            if page.status_code == 200 and "html" in page.get("Content-Type", ""):
                for form in forms_on(page.content.decode(), address):
                    self.known[form.view] |= form.names
                    if form.view not in LEFT:
                        yield form

    def in_vain(self, *, offered: bool = True) -> list[str]:
        """The forms that wrote nothing, or else the pages that offer nothing to fill in or to press."""
        return [form.name for shape, form in self.met.items() if form.is_offered == offered and not self.done[shape]]

    def ask(self, role: str, pages: Iterable[str]) -> None:
        self._send_all(Sender(client_of(self.world, role), self.before), role, self.world, pages)

    def take(self, occasion: Occasion) -> None:
        with occasion.on(self.world) as world:
            self._send_all(Sender(client_of(world, occasion.role)), occasion.role, world, occasion.routes)

    def _send_all(self, sender: Sender, role: str, world: World, pages: Iterable[str]) -> None:
        variants = ("", "draft", "issued") if EVERYTHING else ("", "draft")
        addresses = dict.fromkeys(
            address_of(route, world, world.a, variant)
            for route in pages
            for variant in (variants if "<int:pk>" in route else ("",))
        )
        for form in list(self.forms(sender.client, addresses)):
            self._send(sender, form, role, world)

    def _send(self, sender: Sender, form: Form, role: str, world: World) -> None:
        """Send a form, unless one of its shape has written a row before."""
        if self.done.get(form.shape):
            return
        said = said_in(form, world)
        self.met[form.shape], self.done[form.shape] = form, ""
        self.done[form.shape] = self._twice(sender, form, role, said)
        if not self.done[form.shape]:
            self._after_a_look(sender.client, form, role, world, said)

    def _after_a_look(self, client: Client, form: Form, role: str, world: World, said: Data) -> None:
        """Where a form only shows what it would do, the forms of its answer are sent while that is remembered."""
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = post(client, form.action, filled(form, "all", said))
            if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                for found in forms_on(answer.content.decode(), form.action):
                    if found.shape not in self.done and found.view not in LEFT:
                        self.known[found.view] |= found.names
                        self._send(Sender(client), found, role, world)
            transaction.set_rollback(True)
        client.cookies = cookies

    def _twice(self, sender: Sender, form: Form, role: str, said: Data) -> str:
        known = self.known[form.view] | READ_ELSEWHERE.get(form.view, set())
        for how in ("needed", "changed", "chosen", "all"):
            data = filled(form, how, said)
            plain = sender.send(form.action, data)
            more = self.extras.of(form, plain, known)
            if plain.response.status_code >= 500:
                self.wrong.append(f"{form} as {role}: {plain.response.status_code} {plain.response.exc_info!r:.200}")
            if _of_the_domain(plain):
                self.sent += 1
                if not _same(plain, sender.send(form.action, {**more, **data})):
                    guilty = self._guilty(sender, form, data, more, plain)
                    self.wrong.append(f"{form} as {role}: changed by {guilty}")
                return how
        if written := _of_the_domain(sender.send(form.action, {**more, **data})):
            self.wrong.append(f"{form} as {role}: wrote {sorted(written)} only with names that it does not ask for")
        return ""

    def _guilty(self, sender: Sender, form: Form, data: Data, more: Data, plain: Effect) -> list[str]:
        """The names that alone make a difference; all of them where it takes several."""
        one_by_one = [name for name in more if not _same(plain, sender.send(form.action, {name: more[name], **data}))]
        return one_by_one or sorted(more)


def _of_the_domain(effect: Effect) -> set[str]:
    return {table for table in effect.tables if "audit" not in table}


def _same(one: Effect, other: Effect) -> bool:
    return (one.response.status_code, one.rows) == (other.response.status_code, other.rows)


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A request's number and a key's last letters stand in the trail: the same for both sendings."""
    monkeypatch.setattr("campaign_portal.origin.secrets.token_hex", lambda length: "0" * 2 * length)
    monkeypatch.setattr("campaigns.actions.api_tokens.secrets", SimpleNamespace(token_urlsafe=lambda length: "k" * 43))
    monkeypatch.setattr("django.contrib.auth.hashers.get_random_string", lambda length, allowed_chars="": "s" * length)
    # A file that was looked at is there for the second sending too; it is no row that would be undone.
    for door in ("campaigns.admin.workbooks", "awards.admin.register"):
        monkeypatch.setattr(f"{door}.forget", lambda digest: None)
    settings.RUN_DIR = tmp_path


def test_no_form_takes_more_than_it_shows(world: World, record_property: Any) -> None:
    forger = Forger(world)
    for role in ROLES:
        of_role = [route for one, route in PAGES if one == role]
        # Names of the views' other forms are learnt first where only some pages are asked.
        forger.ask(role, [route for route, _pattern in routes() if "log" not in route] if EVERYTHING else of_role)
    for occasion in OCCASIONS if EVERYTHING else ():
        forger.take(occasion)
    record_property("forms", forger.sent)
    record_property("in vain", len(forger.in_vain()))
    record_property("nothing to send", len(forger.in_vain(offered=False)))
    assert forger.wrong == [], "\n".join(forger.wrong)
    assert not EVERYTHING or set(forger.in_vain()) == set(UNWRITTEN)
    assert {route for _role, route in PAGES} <= {route for route, _pattern in routes()}
    assert forger.sent >= (220 if EVERYTHING else 15)


def test_a_form_left_open_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file_activity, signed_in, posted = activities.file_activity, activities.signed_in, {}

    def remembering(request: Any) -> Any:
        posted.clear()
        posted.update(request.POST.items())
        return signed_in(request)

    def taking_everything(*args: Any, **said: Any) -> Any:
        User.objects.filter(pk=world.people["leader_a"].pk).update(is_staff="is_staff" in posted)
        return file_activity(*args, **said)

    monkeypatch.setattr(activities, "signed_in", remembering)
    monkeypatch.setattr(activities, "file_activity", taking_everything)
    forger = Forger(world)
    forger.ask("leader_a", ["hoat-dong/<int:participant>/moi/"])
    assert ["['is_staff']" in fault for fault in forger.wrong] == [True], forger.wrong
