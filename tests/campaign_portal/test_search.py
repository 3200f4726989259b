"""The search of the frame: with and without diacritics, and never what a person may not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaign_portal.search import Group, search
from campaigns.enums import Role
from campaigns.models import Campaign, User
from tests.awards.makers import Office
from tests.factories import make_area, make_campaign, make_indicator, make_participant, make_person, make_unit

pytestmark = pytest.mark.django_db


def found(user: User, campaign: Campaign, asked: str) -> dict[str, list[str]]:
    groups: list[Group] = search(user=user, campaign=campaign, asked=asked)
    return {group.icon: [hit.label for hit in group.hits] for group in groups}


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign("TD90")
    for name in ("Phường Gò Đông", "Phường Bến Sơn"):
        make_participant(campaign, unit=make_unit(name=name), name=name)
    make_indicator(make_area(campaign, 2, name="Kinh tế"), "CT2.1", name="Thu ngân sách nhà nước")
    return campaign


@pytest.mark.parametrize("asked", ["go dong", "GÒ ĐÔNG", "Gò Đông", "gò dông", "dong go"])
def test_units_are_found_with_and_without_diacritics(campaign: Campaign, asked: str) -> None:
    assert found(make_person(Role.VIEWER), campaign, asked) == {"building": ["Phường Gò Đông"]}


def test_indicators_are_found_by_words_and_by_code(campaign: Campaign) -> None:
    viewer = make_person(Role.VIEWER)
    for asked in ("ngan sach", "ct2.1", "thu nhà nước"):
        assert found(viewer, campaign, asked) == {"bullseye": ["CT2.1 · Thu ngân sách nhà nước"]}
    assert found(viewer, campaign, "xa la") == {}


@pytest.mark.parametrize("asked", ["", " ", "a", "%", "__"])
def test_too_little_finds_nothing(campaign: Campaign, asked: str) -> None:
    assert found(make_person(Role.VIEWER), campaign, asked) == {}


def test_proposals_and_papers_are_found_by_those_who_may_see_them() -> None:
    office, other = Office(), None
    office.issued(recipient_name="Nguyễn Thị Hoà")
    other = Office(category=office.category)
    for person in (office.leader, office.staff, office.chairman):
        assert found(person, office.campaign, "nguyen thi hoa").get("award") == ["Nguyễn Thị Hoà"]
    assert found(office.staff, office.campaign, "184/QĐ")["patch-check"] == ["184/QĐ-UBND"]
    assert found(other.leader, office.campaign, "nguyen thi hoa") == {}
    assert found(other.leader, office.campaign, "184/QĐ") == {}


def test_people_are_found_by_those_whom_the_administration_shows_them(campaign: Campaign) -> None:
    staff = make_person(Role.INTERNAL_AFFAIRS, is_staff=True, full_name="Lê Minh Đức")
    assert found(staff, campaign, "minh duc") == {"people": ["Lê Minh Đức"]}
    assert found(make_person(Role.VIEWER), campaign, "minh duc") == {}


def test_a_campaign_in_preparation_is_not_searched_by_participants(campaign: Campaign) -> None:
    type(campaign).objects.filter(pk=campaign.pk).update(status="preparation", opened_at=None)
    campaign.refresh_from_db()
    assert found(make_person(Role.VIEWER), campaign, "go dong") == {}


def test_the_page_works_without_a_script(campaign: Campaign, client: Client) -> None:
    client.force_login(make_person(Role.VIEWER))
    page = client.get(reverse("search"), {"q": "go dong"}).content.decode()
    assert f'href="{reverse("scoring:unit", args=[campaign.participants.get(name="Phường Gò Đông").code])}"' in page
    assert "Phường Bến Sơn" not in page
    nothing = client.get(reverse("search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in nothing
    assert client.get(reverse("search"), {"q": "x" * 5000}).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_a_search_costs_the_same_for_one_hit_and_for_thirty(count: int) -> None:
    campaign, staff = make_campaign("TD90"), make_person(Role.INTERNAL_AFFAIRS, is_staff=True)
    for number in range(count):
        make_participant(campaign, unit=make_unit(name=f"Phường Gò {number}"), name=f"Phường Gò {number}")
    search(user=staff, campaign=campaign, asked="phuong go")
    with CaptureQueriesContext(connection) as statements:
        groups: Any = search(user=staff, campaign=campaign, asked="phuong go")
    assert (len(statements), len(groups[0].hits), groups[0].has_more) == (6, min(count, 8), count > 8)
