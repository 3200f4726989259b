"""Points, waivers and gates: a document, two people, never one's own unit, and never in the past."""

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.confirmation import (
    MODELS,
    ConfirmationRefused,
    EntryKind,
    confirm_entry,
    void_entry,
    withdraw_entry,
)
from campaigns.actions.confirmation_entry import enter_gate, enter_milestone_waiver, enter_points, enter_report_waiver
from campaigns.enums import CampaignStatus, GateForm, IndicatorKind, Role
from campaigns.models import AuditEntry, OutboxMessage, PointEntry
from tests.cast import CAST
from tests.factories import (
    at,
    day,
    give_role,
    make_area,
    make_indicator,
    make_period,
    make_person,
    make_points,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db

NOW, TODAY = at(10), day(10)
SAID = {"holds_from": TODAY, "reason": "Theo kết luận", "document_number": "12/KL"}


@pytest.fixture
def enter(participant_a, staff):
    """``enter(kind)``: one entry of the kind about unit A, by ``staff`` unless somebody is given."""

    def entered(kind=EntryKind.POINTS, *, by=staff, participant=participant_a, **said):
        said = {**SAID, "by": by, "now": NOW, **said}
        if kind is EntryKind.POINTS:
            return enter_points(participant_id=participant.pk, points_bp=150, **said)
        if kind is EntryKind.REPORT_WAIVER:
            period = participant.campaign.periods.first() or make_period(participant.campaign)
            return enter_report_waiver(participant_id=participant.pk, period_id=period.pk, **said)
        if kind is EntryKind.MILESTONE_WAIVER:
            milestone = make_indicator(make_area(participant.campaign), kind=IndicatorKind.MILESTONE)
            target = make_target(milestone, participant, goal=1, due_on=day(5))
            return enter_milestone_waiver(target_id=target.pk, **said)
        return enter_gate(participant_id=participant.pk, form=GateForm.HOLD, **said)

    return entered


@pytest.mark.parametrize("kind", EntryKind)
def test_an_entry_counts_once_a_second_person_has_confirmed_it(enter, staff, staff_two, kind):
    entry, model = enter(kind), MODELS[kind]
    assert not model.objects.in_force(on=TODAY).exists()
    with pytest.raises(ConfirmationRefused):
        confirm_entry(kind=kind, pk=entry.pk, by=staff, now=NOW)
    confirm_entry(kind=kind, pk=entry.pk, by=staff_two, now=at(12))
    entry.refresh_from_db()
    assert (entry.confirmed_by, entry.holds_from) == (staff_two, day(12))  # the day of confirmation at the earliest
    assert not model.objects.in_force(on=day(11)).exists()
    assert model.objects.in_force(on=day(12)).exists()
    with pytest.raises(ConfirmationRefused):
        confirm_entry(kind=kind, pk=entry.pk, by=staff_two, now=at(12))
    assert [row.action for row in AuditEntry.objects.order_by("pk")] == [f"{kind}.entered", f"{kind}.confirmed"]
    assert OutboxMessage.objects.get().topic == "score.refresh"


def test_a_later_day_is_kept(enter, staff_two):
    entry = enter(holds_from=day(20))
    assert confirm_entry(kind=EntryKind.POINTS, pk=entry.pk, by=staff_two, now=NOW).holds_from == day(20)


@pytest.mark.parametrize("wrong", [{"holds_from": day(9)}, {"reason": " "}, {"document_number": ""}])
def test_an_entry_needs_a_day_a_reason_and_a_document(enter, wrong):
    with pytest.raises(ConfirmationRefused):
        enter(**wrong)
    assert not PointEntry.objects.exists()


def test_of_the_whole_cast_only_staff_enter_and_confirm(enter, cast):
    entry, entering, confirming = enter(by=make_person(Role.INTERNAL_AFFAIRS)), set(), set()
    for name in CAST:
        for act, allowed in ((lambda who: enter(by=who), entering), (_confirm(entry), confirming)):
            try:
                act(cast[name])
            except PermissionDenied:
                continue
            except ConfirmationRefused:
                pass  # may, but somebody was first
            allowed.add(name)
    assert entering == confirming == {"staff", "staff_two"}


def _confirm(entry):
    return lambda who: confirm_entry(kind=EntryKind.POINTS, pk=entry.pk, by=who, now=NOW)


@pytest.mark.parametrize("kind", EntryKind)
def test_nobody_enters_or_confirms_for_their_own_unit(enter, staff, staff_two, unit_a, kind):
    entry = enter(kind)
    give_role(staff_two, Role.UNIT_REPORTER, unit=unit_a)
    with pytest.raises(PermissionDenied):
        confirm_entry(kind=kind, pk=entry.pk, by=staff_two, now=NOW)
    with pytest.raises(PermissionDenied):
        enter(kind, by=staff_two)


def test_the_substitute_unit_acts_for_internal_affairs_own_unit(enter, campaign, staff_participant, staff):
    office = make_unit("VP")
    leader, reporter = make_person(Role.UNIT_LEADER, unit=office), make_person(Role.UNIT_REPORTER, unit=office)
    for person in (staff, leader):
        with pytest.raises(PermissionDenied):
            enter(by=person, participant=staff_participant)
    campaign.substitute_verifier = office
    campaign.save()
    staff_participant.refresh_from_db()
    entry = enter(by=reporter, participant=staff_participant)
    with pytest.raises(PermissionDenied):
        confirm_entry(kind=EntryKind.POINTS, pk=entry.pk, by=staff, now=NOW)
    assert confirm_entry(kind=EntryKind.POINTS, pk=entry.pk, by=leader, now=NOW).confirmed_by == leader
    with pytest.raises(PermissionDenied):
        enter(by=leader)  # other units are not the substitute's


def test_an_entry_is_withdrawn_with_a_reason_before_it_is_confirmed(enter, staff_two):
    entry = enter()
    with pytest.raises(ConfirmationRefused):
        withdraw_entry(kind=EntryKind.POINTS, pk=entry.pk, reason="", by=staff_two, now=NOW)
    withdraw_entry(kind=EntryKind.POINTS, pk=entry.pk, reason="Sai đơn vị", by=staff_two, now=NOW)
    with pytest.raises(ConfirmationRefused):
        confirm_entry(kind=EntryKind.POINTS, pk=entry.pk, by=staff_two, now=NOW)


def test_confirmed_points_are_voided_from_today_on(participant_a, staff):
    points = make_points(participant_a, holds_from=day(5))
    for wrong in ({"voided_from": day(9), "reason": "Hủy"}, {"voided_from": TODAY, "reason": ""}):
        with pytest.raises(ConfirmationRefused):
            void_entry(kind=EntryKind.POINTS, pk=points.pk, by=staff, now=NOW, **wrong)
    void_entry(kind=EntryKind.POINTS, pk=points.pk, voided_from=TODAY, reason="Hủy văn bản", by=staff, now=NOW)
    assert PointEntry.objects.in_force(on=day(9)).exists()
    assert not PointEntry.objects.in_force(on=TODAY).exists()
    with pytest.raises(ConfirmationRefused):
        void_entry(kind=EntryKind.POINTS, pk=points.pk, voided_from=day(12), reason="Lại", by=staff, now=NOW)


def test_a_waiver_is_not_voided(enter, staff):
    with pytest.raises(ConfirmationRefused):
        void_entry(kind=EntryKind.REPORT_WAIVER, pk=1, voided_from=TODAY, reason="Hủy", by=staff, now=NOW)


def test_a_waiver_is_entered_once(enter):
    enter(EntryKind.REPORT_WAIVER)
    with pytest.raises(ConfirmationRefused):
        enter(EntryKind.REPORT_WAIVER)


def test_nothing_is_entered_once_the_campaign_is_closed(enter, campaign, staff_two):
    entry = enter()
    type(campaign).objects.filter(pk=campaign.pk).update(status=CampaignStatus.CLOSED, closed_at=NOW, closing_day=TODAY)
    with pytest.raises(ConfirmationRefused):
        enter()
    with pytest.raises(ConfirmationRefused):
        confirm_entry(kind=EntryKind.POINTS, pk=entry.pk, by=staff_two, now=NOW)
