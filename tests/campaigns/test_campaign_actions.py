"""Opening, setting back, closing and reopening a campaign: who, when, and what is left behind."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.campaign import (
    NotReady,
    back_to_preparation,
    close_campaign,
    open_campaign,
    reopen_campaign,
)
from campaigns.enums import CampaignStatus, Role
from campaigns.models import AuditEntry, Campaign, OutboxMessage, Period
from campaigns.queries.readiness import Code
from campaigns.workflow import CAMPAIGN_TRANSITIONS, CampaignAct, IllegalTransition, may_move
from tests.database import as_owner
from tests.factories import (
    at,
    day,
    make_area,
    make_campaign,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_points,
    make_target,
)

pytestmark = pytest.mark.django_db

AFTER = at(100)


@pytest.fixture
def staff():
    return make_person(Role.INTERNAL_AFFAIRS)


def ready(status=CampaignStatus.PREPARATION):
    """A campaign that can be opened, with the oddity that its only unit competes alone."""
    campaign = make_campaign(status=status)
    area = make_area(campaign=campaign)
    target = make_target(indicator=make_indicator(area=area), participant=make_participant(campaign=campaign))
    return campaign, target


def topics():
    return sorted(OutboxMessage.objects.values_list("topic", flat=True))


def actions():
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


ACTS = {
    CampaignAct.OPEN: lambda campaign, by: open_campaign(
        campaign_id=campaign.pk, by=by, now=at(1), acknowledged=list(Code)
    ),
    CampaignAct.BACK_TO_PREPARATION: lambda campaign, by: back_to_preparation(
        campaign_id=campaign.pk, by=by, now=at(1), reason="Sai trọng số"
    ),
    CampaignAct.CLOSE: lambda campaign, by: close_campaign(campaign_id=campaign.pk, by=by, now=AFTER),
    CampaignAct.REOPEN: lambda campaign, by: reopen_campaign(
        campaign_id=campaign.pk, by=by, now=AFTER, reason="Kiến nghị đúng"
    ),
}


@pytest.mark.parametrize("status", CampaignStatus)
@pytest.mark.parametrize("act", CampaignAct)
def test_only_the_table_allows(act, status, staff):
    campaign, _target = ready(status)
    wanted = CAMPAIGN_TRANSITIONS.get((act, status))
    assert may_move(campaign, act) == (wanted is not None)
    if wanted is None:
        with pytest.raises(IllegalTransition):
            ACTS[act](campaign, staff)
        assert actions() == ["workflow.refused"]
        wanted = status
    else:
        ACTS[act](campaign, staff)
        assert actions() == [act.value]
    assert Campaign.objects.get().status == wanted


@pytest.mark.parametrize("role", [role for role in Role if role != Role.INTERNAL_AFFAIRS])
@pytest.mark.parametrize(("act", "status"), CAMPAIGN_TRANSITIONS)
def test_only_staff(act, status, role):
    campaign, target = ready(status)
    unit = target.participant.unit if role in (Role.UNIT_LEADER, Role.UNIT_REPORTER) else None
    with pytest.raises(PermissionDenied):
        ACTS[act](campaign, make_person(role, unit=unit))
    assert (Campaign.objects.get().status, actions()) == (status, ["workflow.refused"])


# --- opening --------------------------------------------------------------------------------------------------


def test_opening_waits_for_oddities_to_be_acknowledged(staff):
    campaign, _target = ready()
    with pytest.raises(NotReady) as refused:
        open_campaign(campaign_id=campaign.pk, by=staff, now=at(1))
    assert [finding.code for finding in refused.value.findings] == [Code.BLOC_OF_ONE]
    opened, oddities = open_campaign(campaign_id=campaign.pk, by=staff, now=at(1), acknowledged=[Code.BLOC_OF_ONE])
    assert (opened.status, opened.opened_at, opened.version) == (CampaignStatus.OPEN, at(1), 2)
    assert [finding.code for finding in oddities] == [Code.BLOC_OF_ONE]
    assert topics() == ["score.refresh"]


def test_what_blocks_cannot_be_acknowledged(staff):
    campaign, _target = ready()
    with as_owner():
        Period.objects.filter(campaign=campaign).order_by("ends_on").first().delete()
    with pytest.raises(NotReady) as refused:
        open_campaign(campaign_id=campaign.pk, by=staff, now=at(1), acknowledged=list(Code))
    assert [finding.code for finding in refused.value.findings] == [Code.CALENDAR_STARTS_LATE]
    assert Campaign.objects.get().status == CampaignStatus.PREPARATION


# --- back -----------------------------------------------------------------------------------------------------


def test_back_needs_a_reason_and_no_verdict(staff):
    campaign, target = ready(CampaignStatus.OPEN)
    waiting = make_measurement(target=target)
    with pytest.raises(IllegalTransition, match="Phải ghi lý do"):
        back_to_preparation(campaign_id=campaign.pk, by=staff, now=at(8), reason="  ")
    back_to_preparation(campaign_id=campaign.pk, by=staff, now=at(8), reason="Sai trọng số")
    Campaign.objects.update(status=CampaignStatus.OPEN)
    type(waiting).objects.all().write_verdict(
        waiting.pk, verdict="returned", verdict_at=at(60), verdict_reason="Thiếu minh chứng"
    )
    with pytest.raises(IllegalTransition, match="Đã có kết quả thẩm định"):
        back_to_preparation(campaign_id=campaign.pk, by=staff, now=at(61), reason="Sai trọng số")
    assert Campaign.objects.get().status == CampaignStatus.OPEN


def test_back_remembers_that_it_was_opened(staff):
    campaign, _target = ready()
    open_campaign(campaign_id=campaign.pk, by=staff, now=at(1), acknowledged=list(Code))
    back_to_preparation(campaign_id=campaign.pk, by=staff, now=at(2), reason="Sai trọng số")
    assert Campaign.objects.get().opened_at == at(1)
    assert '"reason":"Sai trọng số"' in AuditEntry.objects.order_by("sequence").last().payload.content


# --- closing --------------------------------------------------------------------------------------------------


def last_due(campaign):
    return campaign.periods.order_by("due_at").last().due_at


def test_closing_asks_for_the_final_run(staff):
    campaign, _target = ready(CampaignStatus.OPEN)
    closed = close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER)
    assert (closed.status, closed.closed_at, closed.closing_day) == (CampaignStatus.CLOSED, AFTER, day(100))
    assert topics() == ["score.final"]


def test_not_before_the_last_due_time(staff):
    campaign, _target = ready(CampaignStatus.OPEN)
    due = last_due(campaign)
    with pytest.raises(IllegalTransition, match="Hạn gửi báo cáo cuối cùng"):
        close_campaign(campaign_id=campaign.pk, by=staff, now=due - dt.timedelta(seconds=1))
    with pytest.raises(IllegalTransition, match="Hạn gửi báo cáo cuối cùng"):
        close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER, day=campaign.ends_on - dt.timedelta(days=1))
    assert close_campaign(campaign_id=campaign.pk, by=staff, now=due).closed_at == due


def test_not_while_a_value_waits(staff):
    campaign, target = ready(CampaignStatus.OPEN)
    make_measurement(target=target)
    with pytest.raises(IllegalTransition, match="Còn 1 số liệu chờ thẩm định"):
        close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER)
    assert topics() == []


def test_not_on_a_day_to_come(staff):
    campaign, _target = ready(CampaignStatus.OPEN)
    with pytest.raises(IllegalTransition, match="Chưa đến ngày chốt"):
        close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER, day=day(101))


def test_not_before_something_that_was_recorded(staff):
    campaign, target = ready(CampaignStatus.OPEN)
    make_points(participant=target.participant, entered_at=at(99))
    with pytest.raises(IllegalTransition, match="Sau ngày"):
        close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER, day=day(98))
    assert close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER, day=day(99)).closing_day == day(99)


# --- reopening ------------------------------------------------------------------------------------------------


def test_reopening_is_told_and_reasoned(staff):
    campaign, _target = ready(CampaignStatus.OPEN)
    close_campaign(campaign_id=campaign.pk, by=staff, now=AFTER)
    with pytest.raises(IllegalTransition, match="Phải ghi lý do"):
        reopen_campaign(campaign_id=campaign.pk, by=staff, now=AFTER, reason="")
    opened = reopen_campaign(campaign_id=campaign.pk, by=staff, now=AFTER, reason="Kiến nghị đúng")
    assert (opened.status, opened.closed_at, opened.closing_day) == (CampaignStatus.OPEN, None, None)
    assert topics() == ["campaign.reopened", "score.final", "score.refresh"]
