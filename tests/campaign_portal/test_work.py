"""What waits for a person: every line of their roles, counted in one statement."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db.models import Count
from django.test import RequestFactory

from awards.actions import ballots, council
from campaign_portal.work import Work, all_work, menu_counts
from campaign_portal.work_sources import AT_HOME, IN_MENU
from campaigns.calendar import local_moment
from campaigns.models import Notice, Period, User
from campaigns.permissions import access_of
from campaigns.views.campaign_choice import campaign_choice
from tests.awards.makers import Office
from tests.database import as_owner
from tests.factories import (
    at,
    day,
    make_area,
    make_indicator,
    make_measurement,
    make_points,
    make_report_waiver,
    make_target,
)

pytestmark = pytest.mark.django_db
NOW = at(52, 11)


@pytest.fixture
def office() -> Office:
    """A ballot that is open, a proposal at the start of its way, a value and points that wait, an unread notice."""
    office = Office()
    office.with_outcome()
    before = office.before_council(recipient_name="Trần Thị Bình")
    office.submitted(recipient_name="Lê Văn Cả")
    session = council.plan_session(
        campaign_id=office.campaign.pk,
        data=council.SessionData(held_on=day(52)),
        by=office.secretary,
        now=at(52),
        agenda=[before.pk],
    )
    ballots.open_vote(session_id=session.pk, proposal_id=before.pk, by=office.secretary, now=at(52))
    make_measurement(make_target(make_indicator(make_area(office.campaign), "CT1"), office.participant))
    waiting = {"confirmed": False, "holds_from": day(51), "entered_by": office.leader}
    make_points(office.participant, **waiting)
    make_report_waiver(office.participant, **waiting)
    with as_owner():
        Notice.objects.all().delete()
    Notice.objects.create(person=office.leader, key="verdict:1", title="Tin", text="Tin", created_at=at(50))
    return office


def asking(user: User) -> RequestFactory:
    """A request of the person, who and what is chosen read already."""
    request = RequestFactory().get("/")
    request.user, request.session = User.objects.get(pk=user.pk), {}
    access_of(request.user)
    campaign_choice(request)
    return request


def lines(user: User) -> dict[str, Work]:
    return {line.label: line for line in all_work(asking(user), now=NOW)}


@pytest.mark.parametrize("name", ["leader", "reporter", "staff", "secretary", "chairman", "member"])
@time_machine.travel(NOW, tick=False)
def test_one_statement_counts_what_every_source_has(office: Office, name: str, django_assert_num_queries) -> None:
    user = office.members[0] if name == "member" else getattr(office, name)
    request = asking(user)
    with django_assert_num_queries(1):
        found = all_work(request, now=NOW)
        counts = menu_counts(request)
    expected = {}
    for source in (*IN_MENU, *AT_HOME):
        for line in source(user, office.campaign, NOW):
            each = [rows.aggregate(n=line.count or Count("pk"))["n"] for rows in (line.rows, *line.also)]
            if sum(each):
                expected[line.label, line.nav] = sum(each)
    assert {(line.label, line.nav): line.count for line in found} == expected
    assert {nav: count for nav, count in counts.items() if nav} == {
        nav: sum(count for (_label, other), count in expected.items() if other == nav)
        for nav in {nav for _label, nav in expected if nav}
    } | ({"campaigns:notices": 1} if name == "leader" else {})


@time_machine.travel(NOW, tick=False)
def test_the_sources_find_what_waits(office: Office) -> None:
    staff = lines(office.staff)
    assert staff["Số liệu chờ thẩm định"].count == 1
    assert staff["Điểm, miễn trừ, loại trừ chờ xác nhận"].count == 2
    member = lines(office.members[0])
    session = office.campaign.council_sessions.get()
    assert member["Trường hợp chờ bạn biểu quyết"].url == f"/khen-thuong/hoi-dong/{session.pk}/"


@time_machine.travel(NOW, tick=False)
def test_a_due_moment_falls_on_its_local_day(office: Office) -> None:
    # 06:00 in Vietnam is still the day before in UTC.
    Period.objects.update(due_at=local_moment(day(53), dt.time(6)), locks_at=None)
    reports = lines(office.leader)["Báo cáo cần gửi"]
    assert (reports.due, reports.overdue) == (day(53), False)
    Period.objects.update(due_at=local_moment(day(51), dt.time(6)))
    assert lines(office.leader)["Báo cáo cần gửi"].overdue
