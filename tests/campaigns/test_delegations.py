"""The chairman's decisions delegated: by whom, to whom, between which days; taken back at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.delegations import delegate, end_delegation
from campaigns.actions.records import PlanRefused
from campaigns.enums import Role
from campaigns.models import AuditEntry, User
from campaigns.permissions import Permission, can
from tests.factories import at, day, make_person, make_user

pytestmark = pytest.mark.django_db
NOW = at(60)


def give(by: User, person: User, **columns):
    asked = {"valid_from": day(60), "valid_to": day(70), "document_number": "12/UQ-UBND"} | columns
    return delegate(person_id=person.pk, by=by, now=NOW, **asked)


def decides(person: User, on: dt.date) -> bool:
    return can(User.objects.get(pk=person.pk), Permission.DECIDE, on=on)


def test_a_vice_chairman_decides_within_the_days_of_the_delegation_only():
    deputy = make_user()
    for giver, number in ((make_person(Role.CHAIRMAN), 1), (make_person(Role.INTERNAL_AFFAIRS), 2)):
        give(giver, deputy, valid_from=day(60 + 5 * number), valid_to=day(62 + 5 * number))
    assert [decides(deputy, day(n)) for n in (64, 65, 67, 68, 70, 72, 73)] == [
        False, True, True, False, True, True, False,
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="delegation.given").count() == 2


def test_nobody_else_delegates_and_nobody_delegates_to_themselves():
    deputy, chairman = make_user(), make_person(Role.CHAIRMAN)
    holder = make_user()
    give(chairman, holder)
    for stranger in (holder, make_person(Role.COUNCIL), make_person(Role.AUDITOR), deputy):
        with pytest.raises(PermissionDenied):
            give(stranger, deputy)
    with pytest.raises(PlanRefused):
        give(chairman, chairman)
    for barred in (Role.INTERNAL_AFFAIRS, Role.COUNCIL_SECRETARY):
        with pytest.raises(PlanRefused):
            give(chairman, make_person(barred))


@pytest.mark.parametrize(
    "columns",
    [
        {"valid_from": day(59)},
        {"valid_from": day(71)},
        {"document_number": " "},
        {"valid_from": day(69), "valid_to": day(90)},
    ],
)
def test_odd_delegations_are_refused(columns):
    chairman, deputy = make_person(Role.CHAIRMAN), make_user()
    if columns.get("valid_to"):
        give(chairman, deputy)
    with pytest.raises(PlanRefused):
        give(chairman, deputy, **columns)


@pytest.mark.parametrize("first", [58, 60, 65])
def test_taken_back_it_holds_no_more(first):
    chairman, deputy = make_person(Role.CHAIRMAN), make_user()
    row = (
        delegate(
            person_id=deputy.pk,
            valid_from=day(first),
            valid_to=day(70),
            document_number="1",
            by=chairman,
            now=at(first),
        )
        if first < 60
        else give(chairman, deputy, valid_from=day(first))
    )
    with pytest.raises(PlanRefused):
        end_delegation(delegation_id=row.pk, reason=" ", by=chairman, now=NOW)
    end_delegation(delegation_id=row.pk, reason="Đi công tác về", by=chairman, now=NOW)
    assert not any(decides(deputy, day(n)) for n in range(60, 71))
    with pytest.raises(PlanRefused):
        end_delegation(delegation_id=row.pk, reason="Lần nữa", by=chairman, now=NOW)
