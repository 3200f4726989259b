"""A form of the administration or of a page that is sent twice makes one row; with other content it says so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.models import CouncilSession
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import AuditEntry, Holiday, IdempotencyKey, Participant, PointEntry, User
from tests.cast import client_of
from tests.factories import make_person

pytestmark = pytest.mark.django_db
PASSWORD = ("password", "password_again")
KEY = re.compile(r'name="form_key" value="([^"]+)"')


def key_on(client: Client, address: str) -> str:
    found = KEY.search(client.get(address).content.decode())
    assert found is not None, address
    return found[1]


def send(client: Client, address: str, said: dict[str, Any], times: int = 2) -> list[int]:
    said = {"form_key": key_on(client, address), **said}
    return [client.post(address, said).status_code for _ in range(times)]


def points(participant: Participant) -> dict[str, Any]:
    return {
        "participant": participant.pk, "points": "2,5", "holds_from": f"{local_day(timezone.now()):%d/%m/%Y}",
        "document_number": "12/QĐ-UBND", "reason": "Thành tích đột xuất",
    }  # fmt: skip


def test_points_entered_twice_are_one_entry(staff: User, participant_a: Participant) -> None:
    address = reverse("admin:campaigns_pointentry_enter")
    assert send(client_of(staff), address, points(participant_a)) == [302, 302]
    assert PointEntry.objects.count() == 1
    assert AuditEntry.objects.filter(action="points.entered").count() == 1


def test_the_same_key_with_other_content_acts_on_neither_and_says_so(staff: User, participant_a: Participant) -> None:
    client, address = client_of(staff), reverse("admin:campaigns_pointentry_enter")
    said = {"form_key": key_on(client, address), **points(participant_a)}
    client.post(address, said)
    again = client.post(address, {**said, "points": "3,5"})
    assert again.status_code == 422
    assert "3,5" in again.content.decode()  # what was typed stays
    assert PointEntry.objects.get().points_bp == 250


def test_a_refusal_uses_no_key(staff: User, participant_a: Participant) -> None:
    client, address = client_of(staff), reverse("admin:campaigns_pointentry_enter")
    said = {"form_key": key_on(client, address), **points(participant_a), "holds_from": "01/01/2020"}
    refused = client.post(address, said)
    assert refused.status_code == 409
    assert said["form_key"] in refused.content.decode()
    assert client.post(address, {**said, **points(participant_a)}).status_code == 302
    assert PointEntry.objects.count() == 1


def test_a_row_added_twice_is_one_row_and_leads_to_the_list(staff: User) -> None:
    address = reverse("admin:campaigns_holiday_add")
    assert send(client_of(staff), address, {"day": "02/09/2030", "name": "Quốc khánh"}) == [302, 302]
    assert Holiday.objects.filter(name="Quốc khánh").count() == 1


def test_a_session_of_the_council_recorded_twice_is_one(campaign: Any) -> None:
    secretary = make_person(Role.COUNCIL_SECRETARY, username="thuky2")
    address = reverse("awards:sessions")
    said = {"held_on": f"{local_day(timezone.now()):%d/%m/%Y}", "place": "Phòng họp số 1", "mode": "open"}
    said |= {"quorum": "2/3", "majority": "1/2"}
    assert send(client_of(secretary), address, said) == [302, 302]
    assert CouncilSession.objects.count() == 1


def test_no_key_remembers_a_password(superuser: User, staff: User) -> None:
    """The digest of a request is kept; a password is no part of it."""
    client, address = client_of(superuser), reverse("admin:campaigns_user_password", args=[staff.pk])
    said = {
        "form_key": key_on(client, address),
        "password": "một mật khẩu đủ dài",
        "password_again": "một mật khẩu đủ dài",
    }
    client.post(address, said)
    first = IdempotencyKey.objects.get().request_digest
    said["form_key"] = key_on(client, address)
    client.post(address, {**said, **dict.fromkeys(PASSWORD, "năm con trâu bơi sông")})
    assert {row.request_digest for row in IdempotencyKey.objects.all()} == {first}
