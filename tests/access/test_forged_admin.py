"""What no page of the administration offers is not done when it is posted all the same (safety.md, row 4).

Bulk actions, edited lists, rows of an inline, another row's key, a row saved as a new one, deleting: sent to every
list by people who may look, who may write, and who hold the flag alone; no row changes. That a form which may be sent
takes nothing more is test_mass_assignment.py's; that no list is editable and no inline generic, the architecture's.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, get_resolver, reverse

from .addresses import EVERYTHING, client_of
from .posting import Sender
from .world import World

# What a list refuses does not depend on the database: one is asked.
pytestmark = pytest.mark.sqlite

#: Who has an entry to the administration, with the lists whose rows they write.
PEOPLE = ("leader_a", "auditor", "superuser", "staff")
#: Rows that the administration's own pages delete, and by whom.
DELETED = {"campaigns.holiday", "campaigns.reminderrule"}
INLINES = ("roles", "form", "targets", "rules", "campaigns-auditentry-content_type-object_id")


def lists() -> list[type[Any]]:
    assert get_resolver().url_patterns  # reading the addresses takes those lists off that are not the portal's
    return list(admin.site._registry)


def forgeries(model: type[Any], keys: list[int], *, may_write: bool) -> list[tuple[str, dict[str, Any]]]:
    """Addresses with what is posted there."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    columns = {field.name: "1" for field in model._meta.concrete_fields if field.name != "id"}
    edited = {
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-MAX_NUM_FORMS": "1000000", "_save": "1",
        **{f"form-{row}-{column}": value for row in (0, 1) for column, value in columns.items()},
        "form-0-id": keys[-1], "form-1-id": keys[0],
    }  # fmt: skip
    inlines = {
        f"{prefix}-{part}": value
        for prefix in INLINES
        for part, value in {
            "TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-id": keys[0], "0-user": "1", "0-role": "chairman",
            "0-DELETE": "on",
        }.items()
    }  # fmt: skip
    chosen = {"_selected_action": keys, "select_across": "1", "index": "0", "post": "yes"}
    row = 987654321 if may_write else keys[0]
    wanted: list[tuple[str, list[Any], str, dict[str, Any]]] = [
        ("changelist", [], "", {"action": "delete_selected", **chosen}),
        ("changelist", [], "", edited),
        ("change", [row], "", {**columns, **inlines, "_saveasnew": "1"}),
        ("change", [row], "?_to_field=password", {**columns, "_to_field": "password"}),
    ]
    if not may_write:
        wanted.append(("add", [], "", {**columns, **inlines, "_popup": "1"}))
    if not may_write or model._meta.label_lower not in DELETED:
        wanted.append(("delete", [keys[0]], "", {"post": "yes"}))
    sent = []
    for page, arguments, query, data in wanted:
        with suppress(NoReverseMatch):  # a list without that page
            sent.append((reverse(f"{name}_{page}", args=arguments) + query, data))
    return sent


def changed(sender: Sender, model: type[Any], *, may_write: bool) -> tuple[int, list[str]]:
    """Post every forgery; return how many, and those that changed a row or broke."""
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:5]) or [1]
    sent, found = forgeries(model, keys, may_write=may_write), []
    for address, data in sent:
        effect = sender.send(address, data)
        if effect.response.status_code >= 500:
            found.append(f"{address}: {effect.response.status_code} {getattr(effect.response, 'exc_info', '')!r:.300}")
        if rows := {table for table in effect.tables if "audit" not in table}:
            found.append(f"{address} wrote {sorted(rows)}")
    return len(sent), found


def writes(registered: Any, request: Any) -> bool:
    return bool(registered.has_change_permission(request) or registered.has_add_permission(request))


def test_no_forged_post_changes_a_row(world: World, rf: Any, record_property: Any) -> None:
    leader = world.people["leader_a"]
    leader.is_staff = True  # the flag alone, which opens nothing
    leader.save()
    before: dict[str, Any] = {}
    senders = {role: Sender(client_of(world, role), before) for role in PEOPLE}
    posted, wrong = 0, []
    for number, model in enumerate(lists()):
        for role in PEOPLE if EVERYTHING else (PEOPLE[number % len(PEOPLE)],):
            request = rf.get("/")
            request.user = world.people[role]
            count, found = changed(senders[role], model, may_write=writes(admin.site._registry[model], request))
            posted += count
            wrong += [f"{role}: {fault}" for fault in found]
    record_property("posted", posted)
    assert wrong == [], "\n".join(wrong)
    assert posted > 150
    # A list that offered the action would be found.
    bloc = next(model for model in lists() if model._meta.label_lower == "campaigns.holiday")
    registered = admin.site._registry[bloc]
    registered.actions, kept = ["delete_selected"], registered.actions
    try:
        request = rf.get("/")
        request.user = world.people["staff"]
        assert "wrote ['campaigns_holiday']" in "".join(changed(senders["staff"], bloc, may_write=True)[1])
    finally:
        registered.actions = kept
