"""Accounts come and go: invited by a link that works once, handed over, left. Every act leaves its entry."""

import datetime as dt
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from campaigns.actions.api_tokens import issue_token
from campaigns.actions.departures import hand_over, leave
from campaigns.actions.invitations import Newcomer, invite, invite_newcomers, link_of, send_letter
from campaigns.actions.records import PlanRefused
from campaigns.calendar import local_day
from campaigns.enums import ApiScope, Role
from campaigns.models import AuditEntry, Authorisation, OutboxMessage, RoleAssignment, User
from campaigns.outbox_registry import NotYet
from campaigns.permissions import Permission, can
from campaigns.queries.departures import attached_to
from tests.factories import give_role, make_unit, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "mười lăm con cò trắng"
LATER = dt.timedelta(hours=72, minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def anh(db):
    return make_user("anh", full_name="Nguyễn Thị Ánh", email="anh@example.vn")


def path_of(person):
    return link_of(person).split("/", 3)[3]


def choose(client, person, password=PASSWORD, link=None):
    """Follow a person's link and send the form behind it."""
    page = client.get("/" + (link or path_of(person)), follow=True)
    if not page.context["validlink"]:
        return page
    said = {"new_password1": password, "new_password2": password}
    return client.post(page.request["PATH_INFO"], said, follow=True)


def actions():
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def told(action):
    return json.loads(AuditEntry.objects.get(action=action).payload.content)


def test_a_person_chooses_their_own_password_once(client, superuser, anh, now):
    anh = invite(person_id=anh.pk, by=superuser, now=now)
    link = path_of(anh)
    page = choose(client, anh)
    assert "Đã đặt mật khẩu" in page.content.decode()
    anh.refresh_from_db()
    assert check_password(PASSWORD, anh.password)
    assert anh.invited_at is None
    assert actions() == ["person.invited", "person.password_chosen"]
    assert "không còn hiệu lực" in choose(client, anh, link=link).content.decode()


def test_a_weak_password_is_refused_and_the_link_stays_open(client, superuser, anh, now):
    anh = invite(person_id=anh.pk, by=superuser, now=now)
    link = path_of(anh)
    page = choose(client, anh, "ngắn")
    assert page.context["form"].errors
    assert "Đã đặt mật khẩu" in choose(client, anh, link=link).content.decode()


@pytest.mark.parametrize("what", ["old", "replaced", "switched off", "signed in since", "another's", "tampered"])
def test_a_link_that_is_not_the_open_one_opens_nothing(client, superuser, anh, now, what):
    anh = invite(person_id=anh.pk, by=superuser, now=now - LATER if what == "old" else now)
    link = path_of(anh)
    if what == "replaced":
        invite(person_id=anh.pk, by=superuser, now=now + dt.timedelta(seconds=5))
    elif what == "switched off":
        User.objects.filter(pk=anh.pk).update(is_active=False)
    elif what == "signed in since":
        User.objects.filter(pk=anh.pk).update(last_login=now)
    elif what == "another's":
        other = invite(person_id=make_user("binh").pk, by=superuser, now=now)
        link = "/".join([*path_of(other).split("/")[:3], path_of(anh).split("/")[3], ""])
    elif what == "tampered":
        link = link[:-2] + "x/"
    before = User.objects.get(pk=anh.pk).password
    assert "không còn hiệu lực" in choose(client, anh, link=link).content.decode()
    assert User.objects.get(pk=anh.pk).password == before


def test_the_page_leaves_the_token_out_of_the_address(client, superuser, anh, now):
    anh = invite(person_id=anh.pk, by=superuser, now=now)
    response = client.get("/" + path_of(anh))
    assert response.url.endswith("/dat-mat-khau/")
    assert path_of(anh).split("/")[3] not in response.url


def test_the_letter_carries_the_link_and_no_table_does(superuser, anh, now):
    anh = invite(person_id=anh.pk, by=superuser, now=now)
    (row,) = OutboxMessage.objects.filter(topic="person.invitation")
    token = path_of(anh).split("/")[3]
    assert token not in json.dumps(list(OutboxMessage.objects.values()), default=str)
    assert send_letter(person_id=int(row.key), clock=lambda: now) == f"Invitation of {anh.pk} sent."
    assert link_of(anh) in mail.outbox[0].body
    assert mail.outbox[0].to == ["anh@example.vn"]
    assert "not open" in send_letter(person_id=anh.pk, clock=lambda: now + LATER)


def test_a_mail_server_that_is_away_is_tried_again(superuser, anh, now, monkeypatch):
    invite(person_id=anh.pk, by=superuser, now=now)

    def away(*_said):
        raise ConnectionRefusedError

    monkeypatch.setattr("campaigns.actions.invitations.send_mail", away)
    with pytest.raises(NotYet):
        send_letter(person_id=anh.pk, clock=lambda: now)


def test_only_who_manages_accounts_invites_and_not_themselves(superuser, staff, anh, now):
    with pytest.raises(PermissionDenied):
        invite(person_id=anh.pk, by=staff, now=now)
    with pytest.raises(PlanRefused):
        invite(person_id=superuser.pk, by=superuser, now=now)
    User.objects.filter(pk=anh.pk).update(is_active=False)
    with pytest.raises(PlanRefused):
        invite(person_id=anh.pk, by=superuser, now=now)


def test_several_are_made_together_or_not_at_all(superuser, now):
    unit = make_unit("P-A")
    good = Newcomer(full_name="Lê An", username="an", role=Role.UNIT_LEADER, unit_id=unit.pk)
    bad = Newcomer(full_name="Lê Bình", username="binh", role=Role.UNIT_LEADER)  # without a unit
    with pytest.raises(PlanRefused):
        invite_newcomers(people=[good, bad], valid_from=local_day(now), by=superuser, now=now)
    made = invite_newcomers(people=[good], valid_from=local_day(now), by=superuser, now=now)
    assert [person.username for person in made] == ["an"]
    assert can(User.objects.get(username="an"), Permission.SUBMIT_REPORT)
    assert not made[0].has_usable_password()


# ---- handing over and leaving


@pytest.fixture
def ward(db):
    return make_unit("P-A", name="Phường An Biên")


def lead(person, unit, **said):
    return give_role(person, Role.UNIT_LEADER, unit=unit, **said)


def test_a_leader_hands_over_and_everything_personal_ends(superuser, anh, ward, now):
    binh, reporter, today = make_user("binh"), make_user("chi"), local_day(now)
    lead(anh, ward)
    week = today + dt.timedelta(days=7)
    Authorisation.objects.create(unit=ward, reporter=reporter, leader=anh, valid_from=today, valid_to=week)
    (role,) = hand_over(
        person_id=anh.pk, successor_id=binh.pk, first_day=today, document_number="12/QĐ", by=superuser, now=now
    )
    assert (role.user, role.role, role.unit, role.valid_from) == (binh, Role.UNIT_LEADER, ward, today)
    assert not can(User.objects.get(pk=anh.pk), Permission.SUBMIT_REPORT)
    assert can(User.objects.get(pk=binh.pk), Permission.SUBMIT_REPORT)
    assert Authorisation.objects.get().valid_to < today
    assert actions() == ["role.given", "person.handed_over"]
    assert told("person.handed_over")["after"]["roles"] == ["unit_leader P-A"]


def test_a_hand_over_on_a_later_day_leaves_no_day_without_a_leader(superuser, anh, ward, now):
    binh, today = make_user("binh"), local_day(now)
    lead(anh, ward, valid_to=today + dt.timedelta(days=60))
    first_day = today + dt.timedelta(days=10)
    hand_over(person_id=anh.pk, successor_id=binh.pk, first_day=first_day, document_number="", by=superuser, now=now)
    days = [today, first_day - dt.timedelta(days=1), first_day, first_day + dt.timedelta(days=50)]
    leaders = [RoleAssignment.objects.in_force(on=day).get(unit=ward).user.username for day in days]
    assert leaders == ["anh", "anh", "binh", "binh"]
    assert RoleAssignment.objects.get(user=binh).valid_to == today + dt.timedelta(days=60)


@pytest.mark.parametrize("what", ["oneself", "the past", "switched off", "nothing held", "the administrator"])
def test_what_is_no_hand_over_is_refused(superuser, anh, ward, now, what):
    binh, today = make_user("binh", is_active=what != "switched off"), local_day(now)
    if what != "nothing held":
        lead(anh, ward)
    said = {"person_id": anh.pk, "successor_id": binh.pk, "first_day": today, "document_number": ""}
    said |= {"oneself": {"successor_id": anh.pk}, "the administrator": {"successor_id": superuser.pk}}.get(what, {})
    said |= {"the past": {"first_day": today - dt.timedelta(days=1)}}.get(what, {})
    with pytest.raises(PlanRefused):
        hand_over(**said, by=superuser, now=now)
    assert not AuditEntry.objects.exists()


def test_who_leaves_can_do_nothing_from_the_next_request_on(client, superuser, anh, ward, now):
    today = local_day(now)
    lead(anh, ward)
    to_come = lead(anh, make_unit("P-B"), valid_from=today + dt.timedelta(days=5))
    Authenticator.objects.create(user=anh, type=Authenticator.Type.TOTP, data={})
    token, _key = issue_token(
        name="Trục", owner_id=anh.pk, scopes=[ApiScope.SCORES], last_day=today, by=superuser, now=now
    )
    client.force_login(anh)
    UserSession.objects.create(user=anh, ip="10.0.0.1", session_key=client.session.session_key, user_agent="")
    assert client.get("/").status_code == 200
    leave(person_id=anh.pk, reason="Chuyển công tác", by=superuser, now=now)
    assert client.get("/").url.startswith("/accounts/login/")
    anh = User.objects.get(pk=anh.pk)
    assert (anh.is_active, anh.is_staff, anh.has_usable_password()) == (False, False, False)
    assert not RoleAssignment.objects.filter(user=anh, valid_to__gte=today).exists()
    to_come.refresh_from_db()
    assert to_come.valid_from == to_come.valid_to < today
    token.refresh_from_db()
    assert token.revoked_at == now
    entry = told("person.left")
    assert entry["after"]["sessions"] == 1
    assert (entry["reason"], entry["after"]["second_factors"], entry["after"]["keys"]) == ("Chuyển công tác", 1, 1)
    with pytest.raises(PlanRefused):
        leave(person_id=anh.pk, reason="lần nữa", by=superuser, now=now)


def test_leaving_needs_a_reason_a_right_and_somebody_else(superuser, staff, anh, now):
    with pytest.raises(PermissionDenied):
        leave(person_id=anh.pk, reason="x", by=staff, now=now)
    with pytest.raises(PlanRefused):
        leave(person_id=superuser.pk, reason="x", by=superuser, now=now)
    with pytest.raises(PlanRefused):
        leave(person_id=anh.pk, reason="  ", by=superuser, now=now)


def test_what_hangs_on_a_person_is_shown_before(anh, ward, now, django_assert_num_queries):
    today = local_day(now)
    lead(anh, ward)
    other = make_unit("P-B")
    lead(anh, other)
    lead(make_user("binh"), other)
    give_role(anh, Role.COUNCIL)
    with django_assert_num_queries(4):
        attached = attached_to(anh, day=today)
    assert [row.role for row in attached.unit_roles] == [Role.UNIT_LEADER] * 2
    assert attached.alone == [ward]


# ---- the administrator's pages


def test_the_link_is_shown_once_and_a_second_sending_makes_no_other(client, superuser, anh):
    client.force_login(superuser)
    address = reverse("admin:campaigns_user_invite", args=[anh.pk])
    key = client.get(address).content.decode().split('name="form_key" value="')[1].split('"')[0]
    page = client.post(address, {"form_key": key}).content.decode()
    anh.refresh_from_db()
    assert link_of(anh).rsplit("-", 1)[0] in page
    again = client.post(address, {"form_key": key}).content.decode()
    assert "đã được gửi trước đó" in again
    assert actions() == ["person.invited"]


def test_a_pasted_list_is_looked_at_first_and_made_afterwards(client, superuser, ward):
    client.force_login(superuser)
    address = reverse("admin:campaigns_user_invite_many")
    said = {"text": "Lê An\tChủ tịch\tLãnh đạo đơn vị\tP-A\tan@example.vn\nLê Bình;;;P-X", "valid_from": "01/12/2026"}
    page = client.post(address, said | {"make": "1"})
    assert page.status_code == 422
    assert "Không có đơn vị “P-X”" in page.content.decode()
    assert not User.objects.filter(full_name__startswith="Lê").exists()
    said["text"] = said["text"].splitlines()[0]
    page = client.post(address, said | {"look": "1"})
    assert "Tạo 1 tài khoản" in page.content.decode()
    assert not User.objects.filter(full_name="Lê An").exists()
    page = client.post(address, said | {"make": "1"}).content.decode()
    an = User.objects.get(full_name="Lê An")
    assert an.username in page
    assert "/accounts/invitation/" in page
    assert RoleAssignment.objects.get(user=an).valid_from == dt.date(2026, 12, 1)


def test_handing_over_and_leaving_by_their_pages(client, superuser, anh, ward):
    binh = make_user("binh", full_name="Lê Bình")
    lead(anh, ward)
    client.force_login(superuser)
    address = reverse("admin:campaigns_user_hand_over", args=[anh.pk])
    assert "Lãnh đạo đơn vị · Phường An Biên" in client.get(address).content.decode()
    today = f"{local_day(timezone.now()):%d/%m/%Y}"
    assert client.post(address, {"successor": binh.pk, "first_day": today}).status_code == 302
    address = reverse("admin:campaigns_user_leave", args=[binh.pk])
    assert "Phường An Biên" in client.get(address).content.decode().split("không còn người phụ trách")[1][:200]
    assert client.post(address, {"reason": "Nghỉ hưu"}).status_code == 302
    assert not User.objects.get(pk=binh.pk).is_active
