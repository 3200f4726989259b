"""A list of the administration answers its own filters and nothing else: no question is asked of other columns.

What may be asked is written here a second time, list by list; a list that is not named may be asked nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import ForeignKey, OneToOneField
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from campaigns.models import User

from .addresses import EVERYTHING, ask, client_of
from .world import World

#: What each list filters by: these with an exact value, or by being empty.
FILTERS = {
    "campaigns.campaign": {"status"},
    "campaigns.pointentry": {"participant__campaign"},
    "campaigns.reportwaiver": {"participant__campaign"},
    "campaigns.milestonewaiver": {"target__campaign"},
    "campaigns.gate": {"campaign", "form"},
    "campaigns.evidencefault": {"kind"},
    "campaigns.user": {"is_active"},
    "campaigns.lateexception": {"participant__campaign"},
    "campaigns.area": {"campaign", "is_active"},
    "campaigns.bloc": {"campaign"},
    "campaigns.period": {"campaign"},
    "campaigns.participant": {"campaign", "competes", "kind"},
    "campaigns.indicator": {"campaign", "kind", "frequency", "is_active"},
    "campaigns.unit": {"kind"},
    "campaigns.announcement": {"campaign", "is_public"},
    "campaigns.reminderrule": {"campaign", "audience"},
    "campaigns.reminder": {"period__campaign", "day"},
    "campaigns.mail": {"state"},
    "campaigns.target": {"campaign", "indicator__kind"},
    "campaigns.workbookimport": {"campaign"},
    "awards.documenttemplate": {"kind", "is_active"},
    "awards.proposal": {"state", "category", "mark"},
    "awards.dossier": {"state"},
    "awards.decision": {"verdict"},
    "awards.award": {"recipient_kind"},
    "awards.fundmovement": {"kind"},
    "awards.awardcategory": {"campaign", "recipient_kind", "is_active"},
    "awards.rewardcoefficient": {"authority", "recipient_kind"},
    "awards.earlieraward": {"year", "recipient_kind"},
    "awards.eligibilityrule": {"category__campaign", "category", "kind"},
    "scoring.scorerun": {"status", "trigger", "campaign"},
}
ENDS = ("", "__exact", "__id__exact", "__isnull")
LOOKUPS = (
    "", "__exact", "__iexact", "__contains", "__icontains", "__startswith", "__istartswith", "__endswith", "__regex",
    "__iregex", "__in", "__gt", "__gte", "__lt", "__lte", "__range", "__isnull", "__date", "__year", "__month", "__day",
    "__hour", "__search", "__id__exact", "__pk", "__unaccent", "__0", "__length",
)  # fmt: skip
VALUES = ("", "a", "1", "0", "True", "a,b", "[", "(a+)+$", "9" * 30, "-1", "2026-02-30", "%", "null", "é")
Registered = admin.ModelAdmin


def fields_of(model: Any, deep: int = 1) -> Iterator[str]:
    """Every column, and every column one relation away, the rows that point here included."""
    for field in model._meta.get_fields():
        yield field.name
        if isinstance(field, (ForeignKey, OneToOneField)):
            yield field.attname
        if deep and field.related_model is not None:
            yield from (f"{field.name}__{name}" for name in fields_of(field.related_model, deep - 1))


def lists() -> list[tuple[str, Registered]]:
    assert get_resolver().url_patterns  # reading the addresses takes those lists off that are not the portal's
    return [(model._meta.label_lower, registered) for model, registered in admin.site._registry.items()]


def is_allowed(label: str, lookup: str) -> bool:
    return any(lookup == f"{name}{end}" for name in FILTERS.get(label, ()) for end in ENDS)


def test_no_list_allows_a_lookup_that_is_not_named_here(world: World, record_property) -> None:
    request = RequestFactory().get("/")
    request.user = world.people["staff"]
    asked, wrong = 0, []
    for label, registered in lists():
        for path in dict.fromkeys(fields_of(registered.model)):
            for end in LOOKUPS:
                asked += 1
                if registered.lookup_allowed(f"{path}{end}", "1", request) != is_allowed(label, f"{path}{end}"):
                    wrong.append(f"{label}: {path}{end}")
    record_property("asked", asked)
    assert wrong == []
    assert asked > 50_000
    assert FILTERS.keys() <= {label for label, _registered in lists()}


def test_a_question_over_http_is_refused_without_an_answer(world: World, record_property) -> None:
    chance = random.Random(20261127)
    client, other = client_of(world, "staff"), client_of(world, "superuser")
    nasty = ["password__startswith", "user__password__startswith", "is_superuser__exact", "campaign__name__regex"]
    shown: dict[str, Any] = {}
    asked, wrong = 0, []
    for label, registered in lists():
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
        person = other if label in {"campaigns.user", "campaigns.apitoken", "campaigns.mail"} else client
        paths = list(dict.fromkeys(fields_of(registered.model)))
        lookups = [f"{path}{end}" for path in paths for end in (LOOKUPS if EVERYTHING else chance.sample(LOOKUPS, 1))]
        chosen = nasty + lookups if EVERYTHING else [*chance.sample(nasty, 1), *chance.sample(lookups, 1)]
        for lookup in chosen:
            asked += 1
            response = ask(person, "GET", f"{address}?{lookup}={chance.choice(VALUES)}")
            if address not in shown:
                shown[address] = rows(person, address)
            fault = oracle(response, is_allowed(label, lookup), shown[address])
            wrong += [f"{address}?{lookup}: {fault}"] if fault else []
    record_property("asked", asked)
    assert wrong == []


def rows(person: Any, address: str) -> Any:
    """The rows that a list shows unasked; None where the page is no list of Django's."""
    return shown_rows(ask(person, "GET", address))


def shown_rows(response: Any) -> Any:
    shown = (getattr(response, "context_data", None) or {}).get("cl")
    return None if shown is None else [row.pk for row in shown.result_list]


def oracle(response: Any, allowed: bool, unasked: Any) -> str:
    """What an answer gives away: a refusal is one status, and rows are all or those of a filter on the page."""
    if response.status_code >= 500:
        return str(response.status_code)
    if response.status_code == 200 and not allowed and shown_rows(response) != unasked:
        return "other rows than unasked"
    return "" if response.status_code in (200, 302, 400) else str(response.status_code)


def test_an_open_list_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "campaigns.admin.people.UserAdmin.lookup_allowed", lambda self, lookup, value, request=None: True
    )
    client, address = client_of(world, "superuser"), reverse("admin:campaigns_user_changelist")
    User.objects.filter(pk=world.people["chairman"].pk).update(password="pbkdf2$a")
    response = ask(client, "GET", f"{address}?password__startswith=pbkdf2")
    assert shown_rows(response) == [world.people["chairman"].pk]
    assert oracle(response, False, rows(client, address)) == "other rows than unasked"
