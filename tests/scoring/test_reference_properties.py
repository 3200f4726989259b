"""Properties of the reference and of the workbook round trip on made-up campaigns."""

import itertools
import random
import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.scoring import workbook_io
from tests.scoring.campaign import Campaign, Kind, Measurement, Mode, Ruling, Target
from tests.scoring.generation import MEDIUM, days_of_interest, keeps_kind, random_campaign
from tests.scoring.reference import compare, main, plan_on, score, score_units
from tests.scoring.strategies import campaigns, campaigns_and_days

BASES = ("official", "provisional")
some = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def breaches(campaign: Campaign) -> Iterator[str]:
    """What a readiness check or an import would block, by scoring.md and workbook.md."""
    indicators = {one.code: one for one in campaign.indicators}
    periods = {period.name: period for period in campaign.periods}
    ordered = sorted(campaign.periods, key=lambda period: period.end)
    if ordered[0].start != campaign.start or ordered[-1].end != campaign.end:
        yield "the periods do not cover the campaign"
    for before, after in itertools.pairwise(ordered):
        if (after.start - before.end).days != 1:
            yield f"gap or overlap before period {after.name}"
    for weighted in (*campaign.areas, *campaign.indicators):
        if not 0 < weighted.weight <= 1000:
            yield f"weight {weighted.weight}"
    codes = {unit.code for unit in campaign.units}
    for indicator in campaign.indicators:
        if indicator.provider and indicator.provider not in codes:
            yield f"provider {indicator.provider}"
        if indicator.kind is Kind.MILESTONE and (indicator.mode is not Mode.CUMULATIVE):
            yield "a milestone in increments"
    if len({(one.indicator, one.unit) for one in campaign.targets}) != len(campaign.targets):
        yield "a pair given twice"
    for target in campaign.targets:
        yield from _target_breaches(campaign, target, indicators[target.indicator].kind)
    for sent in campaign.measurements:
        kind = indicators[sent.indicator].kind
        if sent.sent < datetime.combine(periods[sent.period].start, datetime.min.time()):
            yield "sent before its period"
        if (sent.ruling is None) != (sent.ruled is None) or (sent.ruled and sent.ruled < sent.sent):
            yield "verdict before the sending"
        if (sent.ruling is Ruling.ADJUSTED) != (sent.verified_value is not None):
            yield "an adjustment without a value, or the reverse"
        if kind is Kind.MILESTONE:
            yield from _milestone_breaches(sent)
        if sent.denominator is not None and indicators[sent.indicator].mode is not Mode.CUMULATIVE:
            yield "a share of an increment"


def _target_breaches(campaign: Campaign, target: Target, kind: Kind) -> Iterator[str]:
    days = [target.first_day or campaign.start, *(revision.day for revision in target.revisions)]
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        yield "revisions out of order"
    for day in days:
        plan = plan_on(target, day)
        if not keeps_kind(kind, Decimal(plan.baseline) / 10000, Decimal(plan.goal) / 10000):
            yield f"{kind} from {plan.baseline} to {plan.goal}"
        if kind is Kind.MILESTONE and plan.due is None:
            yield "a milestone without due date"
    if target.ending_day and target.ending_day <= days[0]:
        yield "ends before it begins"


def _milestone_breaches(sent: Measurement) -> Iterator[str]:
    if sent.value not in (None, 0, 1) or sent.verified_value not in (None, 0, 1):
        yield "a milestone that is neither 0 nor 1"
    if sent.value == 1 and (sent.completed is None or sent.completed > sent.sent.date()):
        yield "a milestone done without a day, or later than sent"
    if sent.verified_value == 1 and not (sent.completed or sent.verified_completed):
        yield "an adjusted milestone done without a day"


@some
@given(campaigns())
def test_made_up_campaigns_are_valid(campaign: Campaign) -> None:
    assert list(breaches(campaign)) == []


def test_bulk_campaigns_are_valid_and_reproducible() -> None:
    for seed in range(30):
        assert list(breaches(random_campaign(seed, MEDIUM))) == []
    assert random_campaign(7) == random_campaign(7)


def test_bulk_campaigns_reach_the_awkward_cases() -> None:
    """What the generator is for must really occur among a few seeds."""
    made = [random_campaign(seed, MEDIUM) for seed in range(40)]
    sent = [one for campaign in made for one in campaign.measurements]
    targets = [one for campaign in made for one in campaign.targets]
    rows = [row for campaign in made for row in score_units(campaign, campaign.end, "provisional").values()]
    keys = [(one.unit, one.indicator, one.period, one.sent) for one in sent]
    assert len(keys) > len(set(keys))
    assert any(one.nothing and one.ruling is Ruling.ADJUSTED for one in sent)
    assert any(one.ruled == one.sent for one in sent)
    assert any(target.ending_day and target.revisions for target in targets)
    assert any(target.late_waiver_day for target in targets)
    assert any(row.base is None for row in rows)
    assert any(scored.r is None for row in rows for scored in row.targets.values())
    assert any(row.reports.late and row.reports.missing for row in rows)
    assert any(scored.r and scored.r > 10000 for row in rows for scored in row.targets.values())
    assert any(
        scored.value and abs(scored.value.amount) >= 9_999_999_999_999
        for row in rows
        for scored in row.targets.values()
    )
    ranks = [(id(row.unit), row.unit.bloc, row.rank) for row in rows if row.rank]
    assert max(rank for _, _, rank in ranks) >= 4
    assert any(
        [row.rank for row in score_units(campaign, campaign.end).values() if row.unit.bloc == "C1"].count(1) > 1
        for campaign in made
    )


@some
@given(campaigns(), st.booleans())
def test_a_campaign_survives_the_workbook(campaign: Campaign, as_text: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "campaign.xlsx"
        workbook_io.write(campaign, path, as_text=as_text)
        again = workbook_io.read(path)
    for field in fields(Campaign):
        assert getattr(again, field.name) == getattr(campaign, field.name), field.name


@some
@given(campaigns_and_days(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(pair: tuple[Campaign, date], chance: random.Random) -> None:
    """Except the order of measurements sent at the same second."""
    campaign, day = pair
    shuffled = replace(
        campaign,
        **{
            name: tuple(chance.sample(getattr(campaign, name), len(getattr(campaign, name))))
            for name in ("areas", "blocs", "units", "indicators", "targets", "periods", "points", "gates")
        },
        measurements=tuple(sorted(campaign.measurements, key=lambda one: (one.sent, one.unit), reverse=False)),
    )
    for basis in BASES:
        assert compare(score(campaign, day, basis), score(shuffled, day, basis)) == []


@some
@given(campaigns_and_days(), st.sampled_from([2, 3, 7]))
def test_scaling_all_weights_changes_nothing(pair: tuple[Campaign, date], factor: int) -> None:
    campaign, day = pair
    heavier = replace(
        campaign,
        areas=tuple(replace(area, weight=area.weight * factor) for area in campaign.areas),
        indicators=tuple(replace(one, weight=one.weight * factor) for one in campaign.indicators),
    )
    assert compare(score(campaign, day), score(heavier, day)) == []


@some
@given(campaigns_and_days())
def test_a_past_days_figures_do_not_depend_on_later_rows(pair: tuple[Campaign, date]) -> None:
    """ "recomputing any past day gives what that night gave": rows entered after the cut-off are taken away."""
    campaign, day = pair

    def known(one: Measurement) -> Measurement:
        if one.ruled is None or one.ruled.date() <= day:
            return one
        return replace(one, ruling=None, ruled=None, verified_value=None, verified_completed=None)

    that_night = replace(
        campaign,
        measurements=tuple(known(one) for one in campaign.measurements if one.sent.date() <= day),
        points=tuple(
            replace(one, voided_day=one.voided_day if one.voided_day and one.voided_day <= day else None)
            for one in campaign.points
            if one.from_day <= day
        ),
        gates=tuple(
            replace(one, voided_day=one.voided_day if one.voided_day and one.voided_day <= day else None)
            for one in campaign.gates
            if one.from_day <= day
        ),
        report_waivers=tuple(one for one in campaign.report_waivers if one.from_day <= day),
        targets=tuple(
            replace(
                one,
                revisions=tuple(revision for revision in one.revisions if revision.day <= day),
                ending_day=one.ending_day if one.ending_day and one.ending_day <= day else None,
                late_waiver_day=one.late_waiver_day if one.late_waiver_day and one.late_waiver_day <= day else None,
            )
            for one in campaign.targets
            if one.first_day is None or one.first_day <= day
        ),
    )
    for basis in BASES:
        assert compare(score(campaign, day, basis), score(that_night, day, basis)) == []


@some
@given(campaigns_and_days())
def test_figures_keep_their_bounds(pair: tuple[Campaign, date]) -> None:
    campaign, day = pair
    for basis in BASES:
        units = score(campaign, day, basis)["units"]
        for unit in units:
            assert unit["penalty_bp"] >= 0
            assert 0 <= unit["bonus_bp"] <= campaign.policy.bonus_cap_bp
            for share in ("fulfilled_bp", "coverage_bp"):
                assert unit[share] is None or 0 <= unit[share] <= 10000
            if unit["base_bp"] is not None:
                assert min(unit["areas"].values()) <= unit["base_bp"] <= max(unit["areas"].values())
                assert unit["total_bp"] == max(0, unit["base_bp"] + unit["bonus_bp"] - unit["penalty_bp"])
        for bloc in campaign.blocs:
            ranks = sorted(unit["rank"] for unit in units if unit["bloc"] == bloc.code and unit["rank"])
            assert all(rank == ranks.index(rank) + 1 for rank in ranks)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234.567,5", "1234567.5"), ("1236.83", "1236.83"), ("1.236,83", "1236.83"), (0.1, "0.1"), (-5, "-5"),
        ("1234,5", "1234.5"), ("-0,0001", "-0.0001"), (95.5, "95.5"), (999999999.9999, "999999999.9999"), (" 7 ", "7"),
        ("1.2345", "1.2345"), ("1.234,000", "1234.000"),
    ],
)  # fmt: skip
def test_numbers(cell: object, number: str) -> None:
    assert workbook_io.number(cell) == Decimal(number)


@pytest.mark.parametrize("cell", ["1.234", "-1.234", "1,234,567", "1.23.456", "12a", "1.2345,6"])
def test_numbers_that_are_refused(cell: str) -> None:
    with pytest.raises(ValueError):
        workbook_io.number(cell)


def test_headers_and_choices_are_read_without_regard_to_case_or_form(tmp_path: Path) -> None:
    import unicodedata

    campaign = random_campaign(3)
    path = tmp_path / "campaign.xlsx"
    workbook_io.write(campaign, path)
    book = load_workbook(path)
    for sheet in book.worksheets:
        for cell in sheet[1]:
            cell.value = "  " + unicodedata.normalize("NFD", str(cell.value).upper())
    for row in book["Chỉ tiêu"].iter_rows(min_row=2, min_col=5, max_col=6):
        for cell in row:
            cell.value = unicodedata.normalize("NFD", str(cell.value).capitalize())
    book.save(path)
    assert workbook_io.read(path) == campaign


def test_the_command_line_prints_the_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    campaign = random_campaign(5)
    path = tmp_path / "campaign.xlsx"
    workbook_io.write(campaign, path)
    day = days_of_interest(campaign)[3]
    assert main([str(path), day.isoformat(), "provisional"]) == 0
    assert json.loads(capsys.readouterr().out) == score(campaign, day, "provisional")
    assert main([]) == 2
