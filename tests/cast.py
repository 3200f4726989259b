"""The cast: the people every permission test is played with, two twin units, and a campaign they are all in.

``leader_a`` and ``leader_b`` lead units that are alike in everything: what one must not see of the other shows.
"""

from __future__ import annotations

import pytest
from django.test import Client

from campaigns.enums import Role, UnitKind
from campaigns.models import Bloc, Campaign, Participant, Unit, User

from .factories import (
    give_role,
    make_bloc,
    make_campaign,
    make_organiser,
    make_participant,
    make_person,
    make_unit,
    make_user,
)


def client_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


#: Everybody who can be asked for by name, in the order of the matrix.
CAST = (
    "leader_a",
    "reporter_a",
    "leader_b",
    "provider",
    "staff",
    "staff_two",
    "secretary",
    "council_member",
    "chairman",
    "vice_chairman",
    "publisher",
    "viewer",
    "auditor",
    "superuser",
    "deactivated",
)


@pytest.fixture
def unit_a(db: None) -> Unit:
    return make_unit("P-A", name="Phường Hoà An")


@pytest.fixture
def unit_b(db: None) -> Unit:
    return make_unit("P-B", name="Phường Hòa Bình")


@pytest.fixture
def provider_unit(db: None) -> Unit:
    return make_unit("CCT", name="Chi cục Thuế", kind=UnitKind.VERTICAL)


@pytest.fixture
def staff_unit(db: None) -> Unit:
    """The unit Internal Affairs staff belong to, and whose values they may not verify."""
    return make_unit("PNV", name="Phòng Nội vụ", kind=UnitKind.DIVISION)


@pytest.fixture
def leader_a(unit_a: Unit) -> User:
    return make_person(Role.UNIT_LEADER, unit=unit_a, username="leader_a", full_name="Nguyễn Thị Ánh")


@pytest.fixture
def reporter_a(unit_a: Unit) -> User:
    return make_person(Role.UNIT_REPORTER, unit=unit_a, username="reporter_a", full_name="Trần Văn Bảo")


@pytest.fixture
def leader_b(unit_b: Unit) -> User:
    return make_person(Role.UNIT_LEADER, unit=unit_b, username="leader_b", full_name="Lê Thị Cúc")


@pytest.fixture
def provider(provider_unit: Unit) -> User:
    """Leads and reports for the data provider."""
    user = make_person(Role.UNIT_LEADER, unit=provider_unit, username="provider", full_name="Phạm Văn Dũng")
    give_role(user, Role.UNIT_REPORTER, unit=provider_unit)
    return user


@pytest.fixture
def staff(staff_unit: Unit) -> User:
    return make_person(Role.INTERNAL_AFFAIRS, unit=staff_unit, username="staff", full_name="Đỗ Thị Én")


@pytest.fixture
def staff_two(staff_unit: Unit) -> User:
    return make_person(Role.INTERNAL_AFFAIRS, unit=staff_unit, username="staff_two", full_name="Vũ Văn Giang")


@pytest.fixture
def secretary(db: None) -> User:
    return make_person(Role.COUNCIL_SECRETARY, username="secretary", full_name="Hoàng Thị Hạnh")


@pytest.fixture
def council_member(db: None) -> User:
    return make_person(Role.COUNCIL, username="council_member", full_name="Bùi Văn Khánh")


@pytest.fixture
def chairman(db: None) -> User:
    return make_person(Role.CHAIRMAN, username="chairman", full_name="Đặng Văn Long", position="Chủ tịch")


@pytest.fixture
def vice_chairman(db: None) -> User:
    return make_person(Role.VICE_CHAIRMAN, username="vice_chairman", full_name="Ngô Thị Mai", position="Phó Chủ tịch")


@pytest.fixture
def publisher(db: None) -> User:
    return make_person(Role.PUBLISHER, username="publisher", full_name="Dương Văn Nam")


@pytest.fixture
def viewer(db: None) -> User:
    return make_person(Role.VIEWER, username="viewer", full_name="Lý Thị Oanh")


@pytest.fixture
def auditor(db: None) -> User:
    return make_person(Role.AUDITOR, username="auditor", full_name="Phan Văn Phúc")


@pytest.fixture
def superuser(db: None) -> User:
    """Looks after accounts and settings; holds no role."""
    return make_user("superuser", full_name="Trịnh Văn Quang", is_staff=True, is_superuser=True)


@pytest.fixture
def deactivated(unit_a: Unit) -> User:
    """Led unit A, and may do nothing any more."""
    return make_person(Role.UNIT_LEADER, unit=unit_a, username="deactivated", full_name="Hồ Thị Rạng", is_active=False)


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> dict[str, User]:
    """Everybody, by name."""
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def organiser(db: None) -> object:
    return make_organiser()


@pytest.fixture
def campaign(db: None) -> Campaign:
    """An open campaign of 90 days from ``factories.START`` with weekly periods."""
    return make_campaign("PT-90")


@pytest.fixture
def bloc(campaign: Campaign) -> Bloc:
    return make_bloc(campaign, "KHOI-PHUONG", name="Khối phường")


@pytest.fixture
def participant_a(campaign: Campaign, bloc: Bloc, unit_a: Unit) -> Participant:
    return make_participant(campaign, unit=unit_a, bloc=bloc)


@pytest.fixture
def participant_b(campaign: Campaign, bloc: Bloc, unit_b: Unit) -> Participant:
    return make_participant(campaign, unit=unit_b, bloc=bloc)


@pytest.fixture
def provider_participant(campaign: Campaign, provider_unit: Unit) -> Participant:
    return make_participant(campaign, unit=provider_unit, bloc=make_bloc(campaign, "KHOI-NGANH"), competes=False)


@pytest.fixture
def staff_participant(campaign: Campaign, staff_unit: Unit) -> Participant:
    return make_participant(campaign, unit=staff_unit, bloc=make_bloc(campaign, "KHOI-PHONG"))
