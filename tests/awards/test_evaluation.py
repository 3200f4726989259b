"""The night's eligibility: what is stored, what is left alone, which run is a basis, and what it costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.actions.eligibility import evaluate_run
from awards.enums import Outcome, RuleKind
from awards.handlers import evaluate
from awards.models import AwardCategory, EligibilityOutcome, EligibilityRule
from campaigns.actions.outbox_work import drain
from campaigns.enums import GateForm
from campaigns.models import Participant, Registration
from scoring.actions.requests import request_run
from scoring.actions.runs import work_queue
from scoring.enums import RunTrigger
from scoring.models import ScoreRun
from tests.factories import (
    at,
    day,
    make_area,
    make_campaign,
    make_gate,
    make_indicator,
    make_measurement,
    make_participant,
    make_target,
)

from .makers import INTERIM, Office, data, make_category, make_rule, make_run, make_score

pytestmark = pytest.mark.django_db


@pytest.fixture
def night() -> tuple[AwardCategory, Participant, ScoreRun]:
    participant = make_participant()
    category = make_category(participant.campaign)
    make_rule(category)
    return category, participant, make_run(participant.campaign)


def outcome(participant: Participant) -> str:
    return EligibilityOutcome.objects.get(participant=participant).outcome


def test_outcome_and_lines_are_stored_in_words(night: tuple[AwardCategory, Participant, ScoreRun]) -> None:
    _category, participant, run = night
    make_score(participant, run, 7735)
    evaluate_run(run=run, now=at(46))
    row = EligibilityOutcome.objects.get()
    assert (row.outcome, row.day, row.is_basis, row.run) == (Outcome.NOT_ELIGIBLE, INTERIM, True, run)
    (line,) = row.lines
    assert (line["kind"], line["result"], line["found"], line["missing"]) == ("min_total", "failed", 7735, 265)
    assert all(figure in line["words"] for figure in ("80,00", "77,35", "2,65"))


def test_a_rerun_writes_nothing_and_a_change_writes_its_row(night: tuple[Any, Participant, ScoreRun]) -> None:
    _category, participant, run = night
    score = make_score(participant, run)
    other = make_participant(participant.campaign)
    make_score(other, run)
    assert evaluate_run(run=run, now=at(46)).rows_written == 2
    again = make_run(participant.campaign, trigger=RunTrigger.MANUAL)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert evaluate_run(run=again, now=at(46)).rows_written == 0
    assert not [q for q in captured.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    score.total_bp = 1
    score.save()
    assert evaluate_run(run=again, now=at(46)).rows_written == 1
    assert dict(EligibilityOutcome.objects.values_list("participant", "run")) == {
        participant.pk: again.pk,
        other.pk: run.pk,
    }


@pytest.mark.parametrize(
    ("form", "person", "expected"),
    [
        (GateForm.HOLD, "", "on_hold"),
        (GateForm.EXCLUSION, "", "not_eligible"),
        (GateForm.HOLD, "Nguyễn Văn Ba", "eligible"),  # a gate on a person is not on the unit
    ],
)
def test_gates(night: tuple[Any, Participant, ScoreRun], form: GateForm, person: str, expected: str) -> None:
    _category, participant, run = night
    make_score(participant, run)
    make_gate(participant, form, person_name=person)
    evaluate_run(run=run, now=at(46))
    assert outcome(participant) == expected


def test_gates_not_confirmed_void_or_later_do_not_count(night: tuple[Any, Participant, ScoreRun]) -> None:
    _category, participant, run = night
    make_score(participant, run)
    make_gate(participant, confirmed=False)
    make_gate(participant, voided_from=INTERIM)
    make_gate(participant, holds_from=INTERIM + dt.timedelta(days=1))
    evaluate_run(run=run, now=at(46))
    assert outcome(participant) == "eligible"


def test_rule_versions_hold_on_their_days(night: tuple[Any, Participant, ScoreRun]) -> None:
    category, participant, run = night
    make_score(participant, run)
    EligibilityRule.objects.update(valid_to=INTERIM - dt.timedelta(days=1))
    make_rule(category, params={"bp": 9900}, valid_from=INTERIM)
    make_rule(category, params={"bp": 9999}, valid_from=INTERIM + dt.timedelta(days=1))
    evaluate_run(run=run, now=at(46))
    assert [line["params"]["bp"] for line in EligibilityOutcome.objects.get().lines] == [9900]


@pytest.mark.parametrize(
    ("number", "plan", "launched", "expected"),
    [
        ("5/KH", day(10), day(15), "eligible"),
        ("5/KH", day(10), day(16), "not_eligible"),
        ("5/KH", day(16), day(10), "not_eligible"),
        ("", day(10), day(10), "not_eligible"),
        ("5/KH", day(10), None, "not_eligible"),
    ],
)
def test_own_plan_is_registered_and_launched(
    night: tuple[Any, Participant, ScoreRun], number: str, plan: dt.date, launched: dt.date | None, expected: str
) -> None:
    category, participant, run = night
    make_score(participant, run)
    make_rule(category, RuleKind.OWN_PLAN_BY, {"day": day(15).isoformat()})
    Registration.objects.create(participant=participant, plan_number=number, plan_date=plan, launched_on=launched)
    evaluate_run(run=run, now=at(46))
    assert outcome(participant) == expected


@pytest.mark.parametrize(
    ("basis_day", "run_day", "trigger", "whole", "is_basis"),
    [
        (INTERIM, INTERIM, RunTrigger.NIGHTLY, True, True),
        (INTERIM, INTERIM, RunTrigger.MANUAL, True, True),
        (INTERIM, INTERIM, RunTrigger.MANUAL, False, False),  # in the course of the day
        (INTERIM, day(46), RunTrigger.NIGHTLY, True, False),
        (None, day(105), RunTrigger.NIGHTLY, True, False),
        (None, day(105), RunTrigger.FINAL, True, True),
        (INTERIM, day(105), RunTrigger.FINAL, True, False),
    ],
)
def test_which_run_is_a_basis(
    basis_day: dt.date | None, run_day: dt.date, trigger: RunTrigger, whole: bool, is_basis: bool
) -> None:
    participant = make_participant()
    make_category(participant.campaign, basis_day=basis_day)
    columns = {} if whole else {"cut_off": at((run_day - day(1)).days + 1, 15)}
    evaluate_run(run=make_run(participant.campaign, run_day, trigger=trigger, **columns), now=at(110))
    assert EligibilityOutcome.objects.get().is_basis is is_basis


def test_drafts_are_marked_anew_when_the_basis_exists() -> None:
    office = Office()
    make_rule(office.category)
    earlier = make_run(office.campaign, day(44))
    make_score(office.participant, earlier, 9000)
    evaluate_run(run=earlier, now=at(45))
    proposal = office.draft()
    assert (proposal.mark, proposal.eligibility.day if proposal.eligibility else None) == ("eligible", day(44))
    make_score(office.participant, office.run, 7000)
    assert evaluate_run(run=office.run, now=at(46)).proposals_marked == 1
    later = make_run(office.campaign, day(47))
    make_score(office.participant, later, 9900)
    assert evaluate_run(run=later, now=at(48)).proposals_marked == 0  # the basis day's mark stays
    proposal.refresh_from_db()
    assert (proposal.mark, proposal.eligibility.day if proposal.eligibility else None) == ("not_eligible", INTERIM)


def test_a_hold_on_a_person_holds_that_person_only() -> None:
    office = Office(category=make_category(kind="individual"))
    make_score(office.participant, office.run)
    evaluate_run(run=office.run, now=at(46))
    make_gate(office.participant, person_name="Nguyễn Thị Hoà")
    held = office.draft(recipient_name="nguyen thi hòa")
    free = office.draft(recipient_name="Trần Văn Tư")
    assert (held.mark, free.mark) == ("on_hold", "eligible")


def test_the_hook_takes_the_latest_run_and_may_be_called_twice(night: tuple[Any, Participant, ScoreRun]) -> None:
    _category, participant, run = night
    make_score(participant, run)
    arguments = ([participant.campaign_id], run.day, RunTrigger.NIGHTLY, at(46))
    assert evaluate(*arguments).startswith("1 outcomes written")
    assert evaluate(*arguments).startswith("0 outcomes written")


def test_reading_takes_the_same_queries_for_one_unit_and_for_thirty() -> None:
    counts = []
    for units in (1, 30):
        campaign = make_campaign()
        category = make_category(campaign)
        make_rule(category)
        make_rule(category, RuleKind.REQUIRED_INDICATORS, {"codes": ["CT1"]})
        run = make_run(campaign)
        for _unit in range(units):
            make_score(make_participant(campaign), run)
        with CaptureQueriesContext(connection) as captured:
            assert evaluate_run(run=run, now=at(46)).rows_written == units
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1] <= 16


def test_data_of_an_office_is_complete() -> None:
    """The makers' complete proposal is complete: the tests of missing papers take one thing away each."""
    office = Office()
    office.with_outcome()
    assert office.submitted().recipient_name == data().recipient_name


@pytest.mark.django_db(transaction=True)
def test_a_night_scores_and_then_finds_eligibility() -> None:
    """The whole way: measurements, the night's run, its follow-up message, the outcome with a required indicator."""
    campaign = make_campaign()
    area = make_area(campaign)
    kept, missed = make_participant(campaign), make_participant(campaign)
    indicator = make_indicator(area, "CT1.1")
    for participant, value in ((kept, 100), (missed, 60)):
        target = make_target(indicator, participant, goal=100)
        make_measurement(target, campaign.periods.first(), value=value, verdict="accepted")
    category = make_category(campaign, basis_day=day(8))
    make_rule(category, RuleKind.REQUIRED_INDICATORS, {"codes": ["CT1.1"]})
    moment = at(9, 0, 20)
    request_run(campaign=campaign, day=day(8), trigger=RunTrigger.MANUAL, by=None, now=moment)
    work_queue(clock=lambda: moment)
    drain(clock=lambda: moment)
    rows = {row.participant_id: row for row in EligibilityOutcome.objects.all()}
    assert {pk: (row.outcome, row.is_basis) for pk, row in rows.items()} == {
        kept.pk: ("eligible", True),
        missed.pk: ("not_eligible", True),
    }
    assert rows[missed.pk].lines[0]["missing"] == ["CT1.1"]
