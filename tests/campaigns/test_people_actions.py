"""Accounts and roles: the administrator's acts, in the trail, and nobody gives themselves a role."""

import datetime as dt
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied

from campaigns.actions.people import end_role, give_role, reset_second_factor, save_person, set_password, set_role_unit
from campaigns.actions.records import PlanRefused
from campaigns.enums import Role
from campaigns.models import AuditEntry, Participant, RoleAssignment, User
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to
from tests.factories import at, day, make_user

pytestmark = pytest.mark.django_db

NOW, TODAY = at(10), day(10)


def give(person, role=Role.INTERNAL_AFFAIRS, *, by, **said):
    return give_role(person_id=person.pk, role=role, by=by, now=NOW, **{"valid_from": TODAY, **said})


def test_a_role_is_given_and_ended_and_opens_the_administration_meanwhile(superuser, staff_unit):
    person = make_user()
    role = give(person, by=superuser, unit_id=staff_unit.pk)
    person = User.objects.get(pk=person.pk)
    assert (person.is_staff, can(person, Permission.VERIFY, on=TODAY)) == (True, True)
    end_role(assignment_id=role.pk, valid_to=TODAY, by=superuser, now=at(11))
    assert RoleAssignment.objects.get(pk=role.pk).valid_to == TODAY
    person = User.objects.get(pk=person.pk)
    assert (person.is_staff, can(person, Permission.VERIFY, on=day(11))) == (False, False)
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["role.given", "role.ended"]


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.UNIT_LEADER, {}),  # without a unit
        (Role.VICE_CHAIRMAN, {"document_number": "1/QĐ"}),  # without a last day
        (Role.VICE_CHAIRMAN, {"valid_to": day(30)}),  # without a number
        (Role.COUNCIL, {"valid_to": day(9)}),  # ends before it begins
    ],
)
def test_a_role_that_does_not_fit_is_refused(superuser, role, said):
    with pytest.raises(PlanRefused):
        give(make_user(), role, by=superuser, **said)
    assert not RoleAssignment.objects.exists()


def test_nobody_gives_themselves_a_role(superuser):
    with pytest.raises(PlanRefused):
        give(superuser, by=superuser)


def test_only_the_administrator_keeps_accounts(staff, chairman, auditor):
    person = make_user()
    for somebody in (staff, chairman, auditor):
        with pytest.raises(PermissionDenied):
            give(person, by=somebody)
        with pytest.raises(PermissionDenied):
            set_password(person_id=person.pk, password="x", by=somebody, now=NOW)
        with pytest.raises(PermissionDenied):
            save_person(person=person, by=somebody, now=NOW)


def test_a_role_is_not_ended_in_the_past(superuser, staff):
    role = staff.roles.get()
    with pytest.raises(PlanRefused):
        end_role(assignment_id=role.pk, valid_to=TODAY - dt.timedelta(days=2), by=superuser, now=NOW)


def test_a_changed_name_is_found_without_diacritics(superuser):
    person = make_user(full_name="Nguyễn Văn An")
    person.full_name = "Đỗ Thị Ửng"
    save_person(person=person, by=superuser, now=NOW)
    assert User.objects.filter(search_text__contains="do thi ung").get() == person


def test_an_administrator_cannot_lock_themselves_out(superuser):
    edited = User.objects.get(pk=superuser.pk)
    edited.is_active = False
    with pytest.raises(PlanRefused):
        save_person(person=edited, by=superuser, now=NOW)


def test_a_lost_second_factor_is_taken_away_by_somebody_else_and_ends_the_sessions(superuser, staff, client):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    client.force_login(staff)
    UserSession.objects.create(user=staff, ip="10.0.0.1", session_key=client.session.session_key, user_agent="")
    said = {"reason": "Mất điện thoại", "now": NOW}
    with pytest.raises(PermissionDenied):
        reset_second_factor(person_id=staff.pk, by=staff, **said)
    with pytest.raises(PlanRefused):
        reset_second_factor(person_id=superuser.pk, by=superuser, **said)
    with pytest.raises(PlanRefused):
        reset_second_factor(person_id=staff.pk, by=superuser, reason=" ", now=NOW)
    reset_second_factor(person_id=staff.pk, by=superuser, **said)
    assert not Authenticator.objects.exists()
    assert client.get("/").url.startswith("/accounts/login/")
    entry = AuditEntry.objects.get()
    assert entry.action == "person.second_factor_reset"
    assert json.loads(entry.payload.content)["reason"] == "Mất điện thoại"
    with pytest.raises(PlanRefused):
        reset_second_factor(person_id=staff.pk, by=superuser, **said)


def test_the_unit_of_a_roles_holder_is_said_once_and_left_in_the_trail(superuser, chairman, unit_a, unit_b):
    row = chairman.roles.get()
    set_role_unit(assignment_id=row.pk, unit_id=unit_a.pk, by=superuser, now=NOW)
    row.refresh_from_db()
    assert row.unit == unit_a
    assert AuditEntry.objects.filter(action="role.unit_set", subject_id=chairman.pk).count() == 1
    with pytest.raises(PlanRefused):
        set_role_unit(assignment_id=row.pk, unit_id=unit_b.pk, by=superuser, now=NOW)
    with pytest.raises(PermissionDenied):
        set_role_unit(assignment_id=row.pk, unit_id=unit_a.pk, by=chairman, now=NOW)


def test_an_account_that_is_switched_off_may_nothing_and_sees_nothing(staff, participant_a):
    assert can(staff, Permission.VERIFY)
    assert visible_to(staff, Participant).exists()
    User.objects.filter(pk=staff.pk).update(is_active=False)
    person = User.objects.get(pk=staff.pk)  # roles are still in force; the account is not
    assert person.roles.exists()
    assert not any(can(person, permission) for permission in Permission)
    assert not visible_to(person, Participant).exists()
