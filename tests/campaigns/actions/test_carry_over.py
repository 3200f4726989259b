""" "Giữ nguyên": what is drafted again in one act, and what is left alone."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.carry_over import carry_over
from campaigns.enums import EntryKind, IndicatorKind, ReportingMode
from campaigns.models import DraftValue
from tests.factories import at, attach, make_area, make_file, make_indicator, make_measurement, make_target

from .reports import Desk

pytestmark = pytest.mark.django_db
NOW = at(10)  # in the second week


@pytest.fixture
def periods(campaign):
    return list(campaign.periods.order_by("ends_on"))


@pytest.fixture
def make(campaign, participant_a, periods):
    area = make_area(campaign, 1)

    def target(code, value=None, **indicator):
        made = make_target(make_indicator(area, code, **indicator), participant_a)
        if value is not None:
            make_measurement(made, periods[0], value=value, sent_at=at(5), verdict="accepted")
        return made

    return target


def drafts():
    return {draft.target.indicator.code: (draft.kind, draft.typed) for draft in DraftValue.objects.all()}


def test_all_that_is_due_and_empty_stays(make, participant_a, periods, reporter_a):
    make("CT1", "1234.5")
    make("CT2", 7)
    make("CT3")  # never reported
    make("CT4", 3, mode=ReportingMode.INCREMENT)  # an amount in a period does not "stay"
    typed = make("CT5", 5)
    Desk(participant_a, periods[1], reporter_a, now=NOW).type(typed, "6")
    sent = make("CT6", 9)
    make_measurement(sent, periods[1], value=10, sent_at=at(9))
    carry_over(participant=participant_a, period=periods[1], by=reporter_a, now=NOW)
    number = EntryKind.NUMBER
    assert drafts() == {"CT1": (number, "1234,5"), "CT2": (number, "7"), "CT5": (number, "6")}


def test_one_box_alone(make, participant_a, periods, reporter_a):
    chosen = make("CT1", 4)
    make("CT2", 7)
    carry_over(participant=participant_a, period=periods[1], by=reporter_a, now=NOW, target=chosen.pk)
    assert drafts() == {"CT1": (EntryKind.NUMBER, "4")}


def test_a_milestone_keeps_its_day(campaign, participant_a, periods, reporter_a, make):
    indicator = make_indicator(make_area(campaign, 2), "CT9", kind=IndicatorKind.MILESTONE)
    target = make_target(indicator, participant_a, goal=1, due_on=campaign.ends_on)
    day = at(4).date()
    make_measurement(target, periods[0], value=1, completed_on=day, sent_at=at(5), verdict="accepted")
    carry_over(participant=participant_a, period=periods[1], by=reporter_a, now=NOW)
    draft = DraftValue.objects.get()
    assert (draft.typed, draft.completed_on) == ("1", day)
    assert isinstance(draft.completed_on, dt.date)


def test_evidence_that_is_asked_for_comes_along(make, participant_a, periods, reporter_a):
    target = make("CT1", evidence_required=True)
    plain = make("CT2")
    for one in (target, plain):
        row = make_measurement(one, periods[0], value=4, sent_at=at(5), verdict="accepted")
        attach(row, make_file(participant_a, name=f"{one.indicator.code}.pdf"))
    carry_over(participant=participant_a, period=periods[1], by=reporter_a, now=NOW)
    files = {d.target.indicator.code: [file.name for file in d.files.all()] for d in DraftValue.objects.all()}
    assert files == {"CT1": ["CT1.pdf"], "CT2": []}


def test_said_twice_it_changes_nothing(make, participant_a, periods, reporter_a):
    make("CT1", 4)
    for _time in range(2):
        carry_over(participant=participant_a, period=periods[1], by=reporter_a, now=NOW)
    assert DraftValue.objects.get().version == 1


def test_nothing_opens_a_locked_period(make, participant_a, periods, reporter_a):
    make("CT1", 4)
    assert carry_over(participant=participant_a, period=periods[1], by=reporter_a, now=at(40)) == []


@pytest.mark.parametrize("who", ["leader_b", "staff", "chairman", "viewer"])
def test_only_the_units_own_people(request, make, participant_a, periods, who):
    make("CT1", 4)
    with pytest.raises(PermissionDenied):
        carry_over(participant=participant_a, period=periods[1], by=request.getfixturevalue(who), now=NOW)
    assert DraftValue.objects.count() == 0
