"""Writing a generated calendar, saving a row of targets, cloning a campaign: the actions behind the set-up's pages."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions import clone_registry
from campaigns.actions.calendar import digest_of_calendar, write_calendar
from campaigns.actions.clone import clone_campaign
from campaigns.actions.plan_changes import end_participant, end_target, revise_target
from campaigns.actions.records import PlanRefused, StaleRecord
from campaigns.actions.target_row import TargetEntry, save_target_row
from campaigns.calendar import local_day
from campaigns.calendar_plan import CalendarRule, weekly_calendar
from campaigns.enums import CampaignStatus, IndicatorKind
from campaigns.models import AuditEntry, Campaign, Holiday, Indicator, Measurement, Period, Target
from campaigns.queries.calendar_preview import CalendarChange, compare_calendar, holidays_of
from campaigns.queries.readiness import blocking, readiness
from campaigns.queries.setup_path import StepState, setup_path
from tests.cast import CAST
from tests.factories import (
    at,
    day,
    make_area,
    make_bloc,
    make_campaign,
    make_indicator,
    make_measurement,
    make_participant,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db
NOW = at(10)
KEY = "mot-khoa-du-dai-cho-bieu-mau"


@pytest.fixture
def preparing() -> Campaign:
    return make_campaign("PT-MOI", status=CampaignStatus.PREPARATION, periods=False)


def planned(campaign, **given):
    usual = {"last_weekday": 6, "due_weekday": 0, "due_time": dt.time(17), "lock_days": 3, "shortest": 4}
    return weekly_calendar(
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        rule=CalendarRule(**{**usual, "prefix": "T", **given}),
        holidays=holidays_of(campaign),
    )


def write(campaign, rows, *, by):
    seen = digest_of_calendar(compare_calendar(rows, campaign.periods.order_by("ends_on")))
    return write_calendar(campaign_id=campaign.pk, planned=rows, seen=seen, by=by, now=NOW)


# --- the calendar ----------------------------------------------------------------------------


def test_a_calendar_is_written_as_shown_and_blocks_nothing(preparing, staff):
    counts = write(preparing, planned(preparing), by=staff)
    assert counts == {CalendarChange.NEW: 13}
    calendar_codes = {"no_period", "period_gap", "period_overlap", "calendar_starts_late", "calendar_ends_early"}
    assert not calendar_codes & {finding.code.value for finding in readiness(preparing)}
    entry = AuditEntry.objects.get(action="calendar.generated")
    assert len(json.loads(entry.payload.content)["after"]) == 13


def test_written_twice_it_is_the_same_and_leaves_one_entry(preparing, staff):
    write(preparing, planned(preparing), by=staff)
    assert write(preparing, planned(preparing), by=staff) == {CalendarChange.UNCHANGED: 13}
    assert AuditEntry.objects.filter(action="calendar.generated").count() == 1


def test_a_changed_due_time_keeps_the_rows_and_other_weeks_replace_them(preparing, staff):
    write(preparing, planned(preparing), by=staff)
    keys = list(preparing.periods.order_by("ends_on").values_list("pk", flat=True))
    assert write(preparing, planned(preparing, due_time=dt.time(11)), by=staff) == {CalendarChange.CHANGED: 13}
    assert list(preparing.periods.order_by("ends_on").values_list("pk", flat=True)) == keys
    counts = write(preparing, planned(preparing, last_weekday=4, prefix="K"), by=staff)
    assert counts == {CalendarChange.NEW: 13, CalendarChange.REMOVED: 13}
    assert set(preparing.periods.values_list("code", flat=True)) == {f"K{number:02d}" for number in range(1, 14)}


def test_what_changed_since_the_preview_is_shown_again(preparing, staff):
    rows = planned(preparing)
    seen = digest_of_calendar(compare_calendar(rows, []))
    Period.objects.create(campaign=preparing, code="X", starts_on=day(1), ends_on=day(2), due_at=at(3), locks_at=None)
    with pytest.raises(PlanRefused):
        write_calendar(campaign_id=preparing.pk, planned=rows, seen=seen, by=staff, now=NOW)
    assert list(preparing.periods.values_list("code", flat=True)) == ["X"]


def test_days_of_a_period_with_values_stay(staff):
    # Opened, reported on, and set back to preparation.
    campaign = make_campaign("PT-LAI", status=CampaignStatus.PREPARATION)
    make_measurement(make_target(make_indicator(make_area(campaign))), campaign.periods.order_by("ends_on").first())
    before = set(campaign.periods.values_list("code", "ends_on"))
    with pytest.raises(PlanRefused, match="K01"):
        write(campaign, planned(campaign, last_weekday=4, prefix="K"), by=staff)
    assert set(campaign.periods.values_list("code", "ends_on")) == before


def test_a_running_campaign_keeps_its_calendar(campaign, staff):
    with pytest.raises(PlanRefused):
        write(campaign, planned(campaign), by=staff)


@pytest.mark.parametrize("name", [name for name in CAST if name not in ("staff", "staff_two")])
def test_only_staff_set_up(name, cast, preparing):
    with pytest.raises(PermissionDenied):
        write(preparing, planned(preparing), by=cast[name])
    with pytest.raises(PermissionDenied):
        save_target_row(indicator_id=0, entries={}, by=cast[name], now=NOW)
    with pytest.raises(PermissionDenied):
        clone_campaign(source_id=preparing.pk, code="N", name="N", starts_on=day(1), key=KEY, by=cast[name], now=NOW)


# --- a row of targets ------------------------------------------------------------------------


@pytest.fixture
def indicator(preparing) -> Indicator:
    return make_indicator(make_area(preparing), "CT1", kind=IndicatorKind.DECREASE)


@pytest.fixture
def units(preparing):
    bloc = make_bloc(preparing)
    return [make_participant(preparing, unit=make_unit(f"P{n}"), bloc=bloc) for n in range(3)]


def entry(baseline, goal, version=0, due_on=None):
    return TargetEntry(
        baseline=None if baseline is None else Decimal(baseline),
        goal=None if goal is None else Decimal(goal),
        due_on=due_on,
        version=version,
    )


def save(indicator, entries, *, by):
    return save_target_row(indicator_id=indicator.pk, entries=entries, by=by, now=NOW)


def test_cells_are_made_changed_and_taken_out_each_with_its_entry(indicator, units, staff):
    one, two, three = (unit.pk for unit in units)
    assert save(indicator, {one: entry(100, 80), two: entry(50, 40)}, by=staff) == {}
    assert save(indicator, {one: entry(100, 75, 1), two: entry(None, None, 1), three: entry(9, 8)}, by=staff) == {}
    assert dict(Target.objects.values_list("participant", "goal")) == {one: 75, three: 8}
    assert Target.objects.get(participant=one).version == 2
    actions = AuditEntry.objects.filter(action__startswith="target.").order_by("sequence")
    assert [row.action for row in actions] == [
        "target.created", "target.created", "target.edited", "target.removed", "target.created"
    ]  # fmt: skip


def test_a_refused_cell_leaves_the_others_saved(indicator, units, staff):
    refused = save(indicator, {units[0].pk: entry(50, 60), units[1].pk: entry(50, 40)}, by=staff)
    assert list(refused) == [units[0].pk]
    assert list(Target.objects.values_list("participant", flat=True)) == [units[1].pk]


def test_a_cell_somebody_else_changed_is_not_overwritten(indicator, units, staff, staff_two):
    key = units[0].pk
    save(indicator, {key: entry(100, 80)}, by=staff)
    save(indicator, {key: entry(100, 70, 1)}, by=staff_two)
    refused = save(indicator, {key: entry(100, 60, 1)}, by=staff)
    assert isinstance(refused[key], StaleRecord)
    assert Target.objects.get().goal == 70
    # Two who give the same target for the first time: the second is told.
    assert isinstance(save(indicator, {key: entry(100, 60, 0)}, by=staff)[key], StaleRecord)


def test_another_campaigns_unit_is_refused(indicator, staff):
    other = make_participant(make_campaign("KHAC"))
    assert list(save(indicator, {other.pk: entry(10, 5)}, by=staff)) == [other.pk]
    assert not Target.objects.exists()


def test_a_row_of_a_running_campaign_is_frozen(campaign, participant_a, staff):
    with pytest.raises(PlanRefused):
        save(make_indicator(make_area(campaign)), {participant_a.pk: entry(None, 5)}, by=staff)


# --- the path --------------------------------------------------------------------------------


def states(campaign):
    return {step.key.value: step.state for step in setup_path(campaign)}


def test_the_path_leads_from_an_empty_campaign_to_its_opening(preparing, units, staff):
    now, done, todo = StepState.CURRENT, StepState.DONE, StepState.TO_COME
    assert states(preparing) == {
        "campaign": done, "areas": now, "units": done, "indicators": todo, "targets": todo, "calendar": todo,
        "check": todo, "open": todo,
    }  # fmt: skip
    indicator = make_indicator(make_area(preparing), "CT1")
    assert states(preparing)["targets"] is now
    make_target(indicator, units[0], baseline=1, goal=10)
    assert states(preparing)["calendar"] is now
    write(preparing, planned(preparing), by=staff)
    assert states(preparing)["check"] is done
    assert states(preparing)["open"] is now


def test_a_step_that_blocks_the_opening_is_marked(preparing, units, staff):
    make_target(make_indicator(make_area(preparing), kind=IndicatorKind.DECREASE), units[0], baseline=1, goal=10)
    found = {step.key.value: step for step in setup_path(preparing)}
    assert found["targets"].state is StepState.BAD
    assert next(finding.code.value for finding in found["targets"].findings) == "rule_broken"


def test_an_open_campaign_has_gone_the_whole_way(campaign, participant_a):
    make_target(make_indicator(make_area(campaign)), participant_a)
    assert set(states(campaign).values()) == {StepState.DONE}


# --- the clone -------------------------------------------------------------------------------


@pytest.fixture
def source(campaign, participant_a, participant_b, provider_participant, staff) -> Campaign:
    area = make_area(campaign, 1, weight="12.5")
    up = make_indicator(area, "CT1", provider=provider_participant, verifier=provider_participant)
    step = make_indicator(area, "CT2", kind=IndicatorKind.MILESTONE)
    revised = make_target(up, participant_a, baseline=40, goal=100)
    ended = make_target(up, participant_b, baseline=40, goal=100)
    make_target(step, participant_a, goal=1, due_on=day(30))
    make_measurement(revised, campaign.periods.order_by("ends_on").first(), value=60)
    revise_target(
        target_id=revised.pk,
        effective_from=day(10),
        goal=Decimal(90),
        reason="Điều chỉnh",
        version=1,
        by=staff,
        now=NOW,
    )
    end_target(target_id=ended.pk, ends_from=day(11), reason="Hủy giao", version=1, by=staff, now=NOW)
    campaign.proposed_closing_day, campaign.plan_number, campaign.bonus_cap_bp = day(100), "12/KH-UBND", 300
    campaign.save()
    return campaign


def clone(source, *, by, code="PT-SAU", starts_on=None, key=KEY, **given):
    starts_on = starts_on or source.starts_on + dt.timedelta(days=364)
    return clone_campaign(source_id=source.pk, code=code, name="Phong trào sau", starts_on=starts_on, key=key, by=by,
                          now=NOW, **given)  # fmt: skip


def test_a_clone_has_the_plan_with_its_dates_moved_and_no_values(source, participant_a, staff):
    made, later = clone(source, by=staff), dt.timedelta(days=364)
    assert (made.status, made.plan_number, made.opened_at, made.bonus_cap_bp) == ("preparation", "", None, 300)
    assert (made.starts_on, made.ends_on) == (source.starts_on + later, source.ends_on + later)
    assert made.proposed_closing_day == day(100) + later
    assert [(area.number, area.weight) for area in made.areas.all()] == [(1, Decimal("12.5"))]
    up = made.indicators.get(code="CT1")
    assert up.provider is not None
    assert up.provider.campaign_id == up.area.campaign_id == made.pk
    assert up.provider.unit.code == up.verifier.unit.code == "CCT"
    given = {
        (row.indicator.code, row.participant.unit_id): (row.baseline, row.goal, row.due_on)
        for row in made.targets.select_related("indicator", "participant")
    }
    unit = participant_a.unit_id
    assert given == {("CT1", unit): (40, 90, None), ("CT2", unit): (None, 1, day(30) + later)}
    assert made.periods.count() == source.periods.count()
    first = made.periods.order_by("ends_on").first()
    assert first.due_at == source.periods.order_by("ends_on").first().due_at + later
    assert not Measurement.objects.filter(target__campaign=made).exists()
    assert blocking(readiness(made)) == []
    source.refresh_from_db()
    assert (source.status, source.targets.count(), source.areas.count()) == ("open", 3, 1)


def test_a_due_day_that_falls_on_a_holiday_moves_on(source, staff):
    due = source.periods.order_by("ends_on").first().due_at + dt.timedelta(days=364)
    Holiday.objects.create(day=local_day(due), name="Nghỉ lễ")
    first = clone(source, by=staff).periods.order_by("ends_on").first()
    assert local_day(first.due_at) > local_day(due)
    assert first.due_at.time() == due.time()
    assert first.locks_at - first.due_at == dt.timedelta(days=3)


def test_units_that_ended_stay_behind_and_their_successor_provides(source, provider_participant, participant_b, staff):
    end_participant(
        participant_id=provider_participant.pk,
        valid_to=day(20),
        successor_id=participant_b.pk,
        reason="Sáp nhập",
        version=1,
        by=staff,
        now=NOW,
    )
    made = clone(source, by=staff)
    assert set(made.participants.values_list("code", flat=True)) == {"P-A", "P-B"}
    assert made.indicators.get(code="CT1").provider.code == "P-B"
    content = json.loads(AuditEntry.objects.get(action="campaign.cloned").payload.content)
    assert content["after"]["not_taken_over"] == "CCT"
    assert content["after"]["targets"] == 2


def test_without_targets_the_plan_alone_is_taken_over(source, staff):
    made = clone(source, by=staff, with_targets=False)
    assert (made.targets.count(), made.indicators.count()) == (0, 2)


def test_sent_twice_it_makes_one_campaign(source, staff):
    assert clone(source, by=staff) == clone(source, by=staff)
    assert Campaign.objects.count() == 2


def test_a_code_that_is_taken_makes_nothing(source, staff):
    with pytest.raises(PlanRefused):
        clone(source, by=staff, code=source.code)
    assert Campaign.objects.count() == 1


def test_apps_above_copy_what_is_theirs_in_the_same_transaction(source, staff, monkeypatch):
    monkeypatch.setattr(clone_registry, "_COPIERS", {})
    seen = []

    def copier(*, source, target, by, now) -> int:
        seen.append((source.code, target.code, target.targets.count()))
        return 7

    clone_registry.register("things", copier)
    with pytest.raises(ValueError, match="things"):
        clone_registry.register("things", lambda **given: 0)
    made = clone(source, by=staff)
    assert seen == [("PT-90", "PT-SAU", 2)]
    assert json.loads(AuditEntry.objects.get(action="campaign.cloned").payload.content)["after"]["things"] == 7

    def broken(**given) -> int:
        raise PlanRefused("không chép được")

    clone_registry.register("more", broken)
    with pytest.raises(PlanRefused):
        clone(source, by=staff, code="PT-BA", key=KEY + "2")
    assert set(Campaign.objects.values_list("code", flat=True)) == {source.code, made.code}
