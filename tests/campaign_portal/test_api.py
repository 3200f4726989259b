"""The data interface: who reads what with which key, how refusals are said, what it costs."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.actions import issue
from campaign_portal.api.endpoints import api
from campaigns.actions.api_tokens import digest_of_key, issue_token, revoke_token
from campaigns.actions.records import PlanRefused
from campaigns.calendar import local_day
from campaigns.enums import ApiScope, CampaignStatus, Role
from campaigns.models import ApiToken, AuditEntry, AuditPayload, User
from tests.awards.makers import Office, make_run, make_score
from tests.factories import at, day, make_area, make_campaign, make_participant, make_person, make_user

pytestmark = pytest.mark.django_db
ALL = list(ApiScope)


@pytest.fixture(autouse=True)
def _no_counts_from_before() -> None:
    cache.clear()


@pytest.fixture
def keeper() -> User:
    return make_user("quantri", is_superuser=True, is_staff=True)


@pytest.fixture
def platform() -> User:
    return make_person(Role.VIEWER, username="truc-tich-hop")


def key_for(owner: User, keeper: User, *scopes: ApiScope, days: int = 30) -> str:
    now = timezone.now()
    last_day = local_day(now) + dt.timedelta(days=days)
    return issue_token(
        name="Trục tích hợp tỉnh", owner_id=owner.pk, scopes=scopes or ALL, last_day=last_day, by=keeper, now=now
    )[1]


def read(path: str, key: str = "", **query: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Client().get(f"/api/v1/{path}", query, headers=headers)


# --- what it sends ---------------------------------------------------------------------------------------


def test_campaigns_with_their_areas(platform: User, keeper: User) -> None:
    campaign = make_campaign("TD90")
    make_area(campaign, 2, weight="1.5")
    make_campaign("CHUAN-BI", status=CampaignStatus.PREPARATION)
    answer = read("campaigns", key_for(platform, keeper))
    (row,) = answer.json()["items"]
    assert (answer.status_code, answer.json()["count"], row["code"], row["status"]) == (200, 1, "TD90", "open")
    assert row["starts_on"] == campaign.starts_on.isoformat()
    assert [(area["number"], area["weight"]) for area in row["areas"]] == [(2, "1.50")]


def test_units_and_scores_are_the_stored_official_figures(platform: User, keeper: User) -> None:
    unit = make_participant()
    for on, total in ((day(44), 8300), (day(45), 8340)):
        make_score(unit, make_run(unit.campaign, on), total_bp=total)
    key = key_for(platform, keeper)
    (row,) = read(f"campaigns/{unit.campaign.code}/units", key).json()["items"]
    assert (row["code"], row["bloc"], row["is_ranked"]) == (unit.code, unit.bloc.code, True)
    (latest,) = read(f"campaigns/{unit.campaign.code}/scores", key).json()["items"]
    assert (latest["day"], latest["unit"], latest["total"], latest["total_bp"], latest["rank"]) == (
        day(45).isoformat(), unit.code, "83.40", 8340, 1,
    )  # fmt: skip
    assert latest["areas"] == {"1": 9000, "2": 8400}
    (then,) = read(f"campaigns/{unit.campaign.code}/scores", key, day=day(44).isoformat()).json()["items"]
    assert then["total"] == "83.00"
    course = read(f"campaigns/{unit.campaign.code}/scores", key, unit=unit.code).json()
    assert [one["total_bp"] for one in course["items"]] == [8340, 8300]


def test_scores_come_by_rank_and_unranked_units_last(platform: User, keeper: User) -> None:
    campaign = make_campaign("TD90")
    run = make_run(campaign)
    ranks = {make_participant(campaign).code: rank for rank in (None, 2, 1)}
    for unit in campaign.participants.all():
        make_score(unit, run, rank=ranks[unit.code])
    rows = read("campaigns/TD90/scores", key_for(platform, keeper)).json()["items"]
    assert [row["rank"] for row in rows] == [1, 2, None]


def test_decided_awards_without_money_or_dossier(platform: User, keeper: User) -> None:
    office = Office()
    proposal = office.issued(recipient_name="Nguyễn Thị Hoà")
    office.submitted(recipient_name="Chưa quyết định")
    (row,) = read(f"campaigns/{office.campaign.code}/awards", key_for(platform, keeper)).json()["items"]
    assert row == {
        "decision_number": "184/QĐ-UBND", "decided_on": day(55).isoformat(), "award": proposal.category.title,
        "recipient": "Nguyễn Thị Hoà", "recipient_kind": "collective", "recipient_title": "",
        "unit": office.participant.code, "revoked_on": None, "revocation_number": "",
    }  # fmt: skip
    issue.revoke(
        proposal_id=proposal.pk, reason="Kê khai sai", document_number="611/QĐ-UBND", revoked_on=day(60),
        recovered=0, by=office.staff, now=at(60),
    )  # fmt: skip
    (row,) = read(f"campaigns/{office.campaign.code}/awards", key_for(platform, keeper)).json()["items"]
    assert (row["revoked_on"], row["revocation_number"]) == (day(60).isoformat(), "611/QĐ-UBND")


# --- keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["campaigns", *(f"campaigns/TD90/{what}" for what in ("units", "scores", "awards"))])
def test_without_a_key_in_force_nothing_is_read(path: str, platform: User, keeper: User) -> None:
    make_campaign("TD90")
    key = key_for(platform, keeper)
    assert read(path, key).status_code == 200
    for wrong in ("", "ptd_khong-phai-khoa", key + "x", ApiToken.objects.get().digest):
        answer = read(path, wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
    session = Client()
    session.force_login(platform)  # a session is no key
    assert session.get(f"/api/v1/{path}").status_code == 401


def test_a_key_ends_by_its_day_by_revocation_and_with_its_account(platform: User, keeper: User) -> None:
    for end in ("day", "revoked", "account"):
        key = key_for(platform, keeper)
        token = ApiToken.objects.get(digest=digest_of_key(key))
        assert read("campaigns", key).status_code == 200
        if end == "day":
            ApiToken.objects.filter(pk=token.pk).update(
                created_at=timezone.now() - dt.timedelta(days=2), expires_at=timezone.now() - dt.timedelta(seconds=1)
            )
        elif end == "revoked":
            revoke_token(token_id=token.pk, by=keeper, now=timezone.now())
        else:
            User.objects.filter(pk=platform.pk).update(is_active=False)
        assert (end, read("campaigns", key).status_code) == (end, 401)


def test_a_key_reads_what_its_scopes_name(platform: User, keeper: User) -> None:
    make_campaign("TD90")
    key = key_for(platform, keeper, ApiScope.SCORES)
    assert read("campaigns/TD90/scores", key).status_code == 200
    for path in ("campaigns", "campaigns/TD90/units", "campaigns/TD90/awards"):
        answer = read(path, key)
        assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_a_key_sees_what_its_owner_sees(keeper: User) -> None:
    make_campaign("TD90")
    nobody = make_user("khong-vai-tro")
    key = key_for(nobody, keeper)
    assert read("campaigns", key).json() == {"items": [], "count": 0}
    assert read("campaigns/TD90/scores", key).status_code == 404
    make_campaign("CHUAN-BI", status=CampaignStatus.PREPARATION)
    seer = key_for(make_person(Role.VIEWER), keeper)
    assert read("campaigns/CHUAN-BI/units", seer).status_code == 404


def test_the_key_is_kept_nowhere(platform: User, keeper: User) -> None:
    key = key_for(platform, keeper)
    token = ApiToken.objects.get()
    assert (token.hint, token.digest == digest_of_key(key)) == (key[:8], True)
    assert AuditEntry.objects.filter(action="api_token.issued", subject_id=token.pk).count() == 1
    assert all(key not in payload.content for payload in AuditPayload.objects.all())


def test_only_who_manages_accounts_makes_keys(platform: User, keeper: User) -> None:
    staff = make_person(Role.INTERNAL_AFFAIRS)
    with pytest.raises(PermissionDenied):
        key_for(platform, staff)
    key_for(platform, keeper)
    with pytest.raises(PermissionDenied):
        revoke_token(token_id=ApiToken.objects.get().pk, by=staff, now=timezone.now())
    with pytest.raises(PlanRefused):
        key_for(platform, keeper, days=400)
    with pytest.raises(PlanRefused):
        key_for(platform, keeper, days=-1)


def test_a_key_is_made_and_shown_once_in_the_administration(platform: User, keeper: User, client: Client) -> None:
    client.force_login(keeper)
    page = client.get(reverse("admin:campaigns_apitoken_issue")).content.decode()
    form_key = page.split('name="form_key" value="')[1].split('"')[0]
    last_day = local_day(timezone.now()) + dt.timedelta(days=10)
    form = {
        "name": "Trục tích hợp", "owner": platform.pk, "scopes": ["scores"],
        "last_day": f"{last_day:%d/%m/%Y}", "form_key": form_key,
    }  # fmt: skip
    made = client.post(reverse("admin:campaigns_apitoken_issue"), form)
    key = made.content.decode().split('id="api-key" type="text" readonly value="')[1].split('"')[0]
    assert (made.status_code, digest_of_key(key)) == (200, ApiToken.objects.get().digest)
    again = client.post(reverse("admin:campaigns_apitoken_issue"), form).content.decode()
    assert key not in again
    assert ApiToken.objects.count() == 1
    assert client.post(reverse("admin:campaigns_apitoken_issue"), {**form, "name": ""}).status_code == 422
    revoke = reverse("admin:campaigns_apitoken_revoke", args=[ApiToken.objects.get().pk])
    assert client.post(revoke).status_code == 302
    assert read("campaigns/X/scores", key).status_code == 401


def test_when_a_key_was_used_is_noted_rarely(platform: User, keeper: User) -> None:
    key = key_for(platform, keeper)
    read("campaigns", key)
    first = ApiToken.objects.get().last_used_at
    read("campaigns", key)
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


# --- refusals, limits, cost ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("campaigns?limit=0", 400),
        ("campaigns?limit=99999999999999999999", 400),
        ("campaigns?offset=-1", 400),
        ("campaigns?offset=99999999999999999999", 400),
        ("campaigns/TD90/scores?day=hôm-qua", 400),
        ("campaigns/TD90/scores?day=2026-13-40", 400),
        ("campaigns/TD90/scores?unit=%00", 400),
        ("campaigns/KHONG-CO/scores", 404),
        ("campaigns/", 404),
        ("khong-co", 404),
        ("", 404),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_never_a_page(
    path: str, status: int, platform: User, keeper: User
) -> None:
    make_campaign("TD90")
    answer = Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key_for(platform, keeper)}"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_it(method: str, platform: User, keeper: User) -> None:
    key = key_for(platform, keeper)
    answer = getattr(Client(), method)("/api/v1/campaigns", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 405


def test_a_key_that_asks_too_often_waits(platform: User, keeper: User) -> None:
    key, other = key_for(platform, keeper), key_for(platform, keeper)
    answers = [read("campaigns", key) for _time in range(121)]
    assert [answer.status_code for answer in answers] == [200] * 120 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["status"] == 429
    assert read("campaigns", other).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_costs_the_same_for_one_row_and_for_thirty(
    count: int, platform: User, keeper: User, django_assert_num_queries: Any
) -> None:
    campaign = make_campaign("TD90")
    run = make_run(campaign)
    for _unit in range(count):
        make_score(make_participant(campaign), run, rank=None)
    key = key_for(platform, keeper)
    read("campaigns", key)  # notes when the key was used
    for path, statements in (("campaigns", 4), ("campaigns/TD90/units", 5), ("campaigns/TD90/scores", 6)):
        with django_assert_num_queries(statements):
            assert read(path, key).status_code == 200


def test_lists_come_in_pages(platform: User, keeper: User) -> None:
    campaign = make_campaign("TD90")
    units = sorted(make_participant(campaign).code for _unit in range(5))
    key = key_for(platform, keeper)
    answer = read("campaigns/TD90/units", key, limit=2, offset=3).json()
    assert (answer["count"], [row["code"] for row in answer["items"]]) == (5, units[3:])


def test_its_description_is_whole_and_explained(client: Client, platform: User) -> None:
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/api/v1/campaigns",
        *(f"/api/v1/campaigns/{{code}}/{what}" for what in ("units", "scores", "awards")),
    }
    assert described["components"]["securitySchemes"]["KeyAuth"]["scheme"] == "bearer"
    client.force_login(platform)
    page = client.get(reverse("api_explained")).content.decode()
    assert all(path in page for path in api.get_openapi_schema()["paths"])
