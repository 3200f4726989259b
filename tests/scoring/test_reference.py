"""The reference against scoring.md: its worked examples, and hand-computed cases rule by rule."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.campaign import (
    Area,
    Bloc,
    Campaign,
    Frequency,
    Gate,
    GateForm,
    Indicator,
    Kind,
    Measurement,
    Mode,
    Period,
    Points,
    Policy,
    ReportWaiver,
    Revision,
    Ruling,
    Target,
    Unit,
)
from tests.scoring.reference import (
    Value,
    achievement,
    as_text,
    compare,
    div,
    is_fulfilled,
    scaled,
    score,
    score_units,
)

START = date(2024, 10, 1)
PERIODS = tuple(
    Period(
        str(n),
        START + timedelta(days=7 * n - 7),
        START + timedelta(days=7 * n - 1),
        datetime(2024, 10, 1, 17) + timedelta(days=7 * n + 1),
    )
    for n in range(1, 6)
)
"""Five weeks: 1–7, 8–14, 15–21, 22–28 October, 29 October–4 November, each due two days after its end at 17:00."""


def at(text: str) -> datetime:
    return datetime.strptime(f"2024-{text}", "%Y-%m-%d %H:%M:%S")


def on(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def indicator(code: str = "A", kind: Kind = Kind.INCREASE, weight: str = "1", **more: Any) -> Indicator:
    return Indicator(code, more.pop("area", 1), code, kind, Decimal(weight), **more)


def target(code: str = "A", unit: str = "U", goal: str = "10", **more: Any) -> Target:
    baseline = more.pop("baseline", None)
    return Target(code, unit, Decimal(goal), None if baseline is None else Decimal(baseline), **more)


def sent(value: str | None, period: str = "1", at_: str = "10-05 08:00:00", **more: Any) -> Measurement:
    """Accepted as it is sent unless told otherwise; None is nothing to report."""
    more = {"ruling": Ruling.ACCEPTED, "ruled": at(at_), "indicator": "A", "unit": "U"} | more
    number = None if value is None else Decimal(value)
    return Measurement(period, sent=at(at_), value=number, nothing=value is None, **more)


def waiting(value: str | None, period: str = "1", at_: str = "10-05 08:00:00", **more: Any) -> Measurement:
    return sent(value, period, at_, **({"ruling": None, "ruled": None} | more))


def campaign(**more: Any) -> Campaign:
    """One bloc, one area, unit U with target A (increase to 10); no reporting penalty unless asked for."""
    silent = Policy(late_report_bp=0, missing_report_bp=0)
    return Campaign(
        **{
            "code": "PT",
            "name": "PT",
            "start": START,
            "end": PERIODS[-1].end,
            "policy": silent,
            "areas": (Area(1, "Một", Decimal(1)),),
            "blocs": (Bloc("C1", "Khối"),),
            "units": (Unit("U", "U", "C1"),),
            "indicators": (indicator(),),
            "targets": (target(),),
            "periods": PERIODS,
        }
        | more
    )


def unit_of(campaign: Campaign, day: str, basis: str = "official", code: str = "U") -> dict[str, Any]:
    units = score(campaign, on(day), basis)["units"]
    return next(unit for unit in units if unit["code"] == code)


def value_of(campaign: Campaign, day: str, basis: str = "official") -> str | None:
    return unit_of(campaign, day, basis)["targets"]["A"]["value"]


def achieved(kind: Kind, b: str | None, g: str, a: str, **more: Any) -> tuple[int, bool]:
    one = indicator(kind=kind, cap_bp=more.pop("cap_bp", None))
    given = target(goal=g, baseline=b)
    value = Value(scaled(Decimal(a)))
    policy = Policy(**more)
    return achievement(one, policy, given, value, START), is_fulfilled(one, given, value, START)


# Units of measure


@pytest.mark.parametrize(
    ("n", "d", "quotient"),
    [(48448, 6, 8075), (1, 2, 1), (-1, 2, 0), (-3, 2, -1), (1, 3, 0), (2, 3, 1), (0, 7, 0), (5, 1, 5), (-2, 3, -1)],
)
def test_division_rounds_half_up(n: int, d: int, quotient: int) -> None:
    assert div(n, d) == quotient


@pytest.mark.parametrize(
    ("amount", "text"),
    [(955000, "95.5"), (0, "0"), (-1, "-0.0001"), (100000, "10"), (1000000, "100"), (-12500, "-1.25")],
)
def test_values_are_written_without_trailing_zeros(amount: int, text: str) -> None:
    assert as_text(amount) == text


def test_more_decimals_than_four_are_no_value() -> None:
    with pytest.raises(ValueError, match="too many decimals"):
        scaled(Decimal("0.00001"))


# Achievement, examples 1–3 among the rows


@pytest.mark.parametrize(
    ("kind", "b", "g", "a", "more", "r", "fulfilled"),
    [
        (Kind.INCREASE, "62", "100", "95.5", {}, 8816, False),  # example 1
        (Kind.INCREASE, None, "10", "10", {}, 10000, True),
        (Kind.INCREASE, "0", "10", "12", {}, 11000, True),
        (Kind.INCREASE, "0", "10", "12", {"cap_bp": 15000}, 12000, True),
        (Kind.INCREASE, "0", "10", "12", {"cap_bp": 9000}, 9000, True),
        (Kind.INCREASE, "5", "10", "3", {}, 0, False),
        (Kind.INCREASE, "10", "10", "10", {}, 10000, True),  # already there
        (Kind.INCREASE, "12", "10", "11", {}, 10000, True),
        (Kind.INCREASE, "12", "10", "99", {}, 10000, True),
        (Kind.INCREASE, "12", "10", "9", {}, 0, False),
        (Kind.INCREASE, "-10", "-5", "-6", {}, 8000, False),
        (Kind.INCREASE, "0", "10", "4.9999", {"floor_bp": 5000}, 5000, False),  # 4999.9 rounds to the floor
        (Kind.INCREASE, "0", "10", "4.9994", {"floor_bp": 5000}, 0, False),
        (Kind.DECREASE, "40", "36", "33", {"cap_bp": 11000}, 11000, True),  # example 2
        (Kind.DECREASE, "40", "36", "33", {}, 10000, True),
        (Kind.DECREASE, "40", "36", "38", {}, 5000, False),
        (Kind.DECREASE, "40", "36", "41", {}, 0, False),
        (Kind.DECREASE, None, "-5", "-5", {}, 10000, True),
        (Kind.MAINTAIN, "0", "0", "1", {}, 0, False),  # example 3
        (Kind.MAINTAIN, "4", "0", "1", {}, 7500, False),
        (Kind.MAINTAIN, "4", "0", "0", {}, 10000, True),
        (Kind.MAINTAIN, "0", "0", "0", {}, 10000, True),
        (Kind.MAINTAIN, "4", "0", "5", {}, 0, False),
        (Kind.MAINTAIN, "4", "0", "-1", {"cap_bp": 12000}, 10000, True),
        (Kind.MAINTAIN, "4", "0", "0", {"cap_bp": 9000}, 9000, True),
        (Kind.MAINTAIN, "4", "0", "1", {"floor_bp": 7501}, 0, False),
        (Kind.INCREASE, "-999999999.9999", "999999999.9999", "0", {}, 5000, False),
        (Kind.INCREASE, "999999999.9998", "999999999.9999", "-999999999.9999", {}, 0, False),
    ],
)
def test_achievement(kind: Kind, b: str | None, g: str, a: str, more: dict[str, int], r: int, fulfilled: bool) -> None:
    assert achieved(kind, b, g, a, **more) == (r, fulfilled)


@pytest.mark.parametrize(
    ("value", "completed", "waiver", "more", "r", "fulfilled"),
    [
        ("1", "10-10", None, {}, 10000, True),
        ("1", "10-11", None, {}, 7500, False),
        ("1", "10-11", "10-14", {}, 10000, True),
        ("1", "10-11", "10-15", {}, 7500, False),
        ("0", None, "10-01", {}, 0, False),
        ("1", "10-11", None, {"policy": Policy(floor_bp=9000)}, 7500, False),  # the floor spares milestones
        ("1", "10-11", None, {"indicators": (indicator(kind=Kind.MILESTONE, cap_bp=7000),)}, 7000, False),
        ("1", "10-10", None, {"indicators": (indicator(kind=Kind.MILESTONE, cap_bp=11000),)}, 10000, True),
    ],
)
def test_milestone(
    value: str, completed: str | None, waiver: str | None, more: dict[str, Any], r: int, fulfilled: bool
) -> None:
    given = target(goal="1", due=on("10-10"), late_waiver_day=on(waiver) if waiver else None)
    done = sent(value, "2", "10-12 08:00:00", completed=on(completed) if completed else None)
    whole = {"indicators": (indicator(kind=Kind.MILESTONE),), "targets": (given,), "measurements": (done,)} | more
    unit = unit_of(campaign(**whole), "10-14")
    assert unit["targets"]["A"]["achievement_bp"] == r
    assert unit["fulfilled_bp"] == (10000 if fulfilled else 0)


def test_an_adjusted_milestone_takes_the_verifiers_date_else_the_reporters() -> None:
    def r(**verdict: Any) -> int:
        done = sent("1", "2", "10-12 08:00:00", ruling=Ruling.ADJUSTED, verified_value=Decimal(1), **verdict)
        made = campaign(
            indicators=(indicator(kind=Kind.MILESTONE),),
            targets=(target(goal="1", due=on("10-10")),),
            measurements=(done,),
        )
        return unit_of(made, "10-14")["targets"]["A"]["achievement_bp"]

    assert r(completed=on("10-12"), verified_completed=on("10-09")) == 10000
    assert r(completed=on("10-09"), verified_completed=on("10-12")) == 7500
    assert r(completed=on("10-09")) == 10000


# The value of a target


def test_worked_example_6() -> None:
    rows = (
        sent("12"),
        sent(None, "2", "10-12 08:00:00"),
        sent("20", "3", "10-19 08:00:00", ruling=Ruling.RETURNED),
    )
    returned = (replace(rows[0], ruling=Ruling.RETURNED), *rows[1:])
    increments = (indicator(mode=Mode.INCREMENT),)
    assert value_of(campaign(measurements=rows), "10-21") == "12"
    assert value_of(campaign(measurements=rows, indicators=increments), "10-21") == "12"
    assert value_of(campaign(measurements=returned), "10-21") is None
    assert value_of(campaign(measurements=returned, indicators=increments), "10-21") == "0"


def test_official_looks_at_ended_periods_and_verdicts_strictly_before_the_cut_off() -> None:
    rows = (sent("4", "1", "10-05 08:00:00", ruled=at("10-09 00:00:00")),)
    made = campaign(measurements=rows)
    assert [value_of(made, day) for day in ("10-07", "10-08", "10-09")] == [None, None, "4"]
    early = campaign(measurements=(sent("4"),))
    assert [value_of(early, day) for day in ("10-06", "10-07")] == [None, "4"]


def test_provisional_looks_at_begun_periods_and_sendings_strictly_before_the_cut_off() -> None:
    made = campaign(measurements=(waiting("4", "2", "10-09 00:00:00"),))
    assert [value_of(made, day, "provisional") for day in ("10-08", "10-09")] == [None, "4"]
    assert value_of(made, "10-30") is None
    first_day = campaign(measurements=(waiting("4", "2", "10-08 00:00:00"),))
    assert [value_of(first_day, day, "provisional") for day in ("10-07", "10-08")] == [None, "4"]


def test_provisional_takes_the_verdict_once_given_and_drops_what_was_returned() -> None:
    adjusted = waiting("4", ruling=Ruling.ADJUSTED, verified_value=Decimal(3), ruled=at("10-07 00:00:00"))
    made = campaign(measurements=(adjusted,))
    assert [value_of(made, day, "provisional") for day in ("10-05", "10-06", "10-07")] == ["4", "4", "3"]
    again = campaign(
        measurements=(sent("4"), sent("5", at_="10-06 08:00:00", ruling=Ruling.RETURNED, ruled=at("10-08 08:00:00")))
    )
    assert [value_of(again, day, "provisional") for day in ("10-05", "10-07", "10-08")] == ["4", "5", "4"]


def test_the_latest_sent_of_a_period_counts_not_the_latest_verified() -> None:
    rows = (
        sent("4", at_="10-05 08:00:00", ruled=at("10-07 20:00:00")),
        sent("5", at_="10-06 08:00:00", ruled=at("10-06 09:00:00")),
    )
    assert value_of(campaign(measurements=rows), "10-07") == "5"
    assert value_of(campaign(measurements=rows[::-1]), "10-07") == "5"


def test_of_two_sent_at_the_same_time_the_lower_row_is_later() -> None:
    rows = (sent("4"), sent("5"))
    assert value_of(campaign(measurements=rows), "10-07") == "5"
    assert value_of(campaign(measurements=rows[::-1]), "10-07") == "4"


@pytest.mark.parametrize(
    ("rows", "cumulative", "increment"),
    [
        ([sent("4"), sent("6", "2", "10-10 08:00:00")], "6", "10"),
        ([sent("6", "2", "10-10 08:00:00")], "6", "6"),
        ([sent("4"), sent(None, "2", "10-10 08:00:00")], "4", "4"),
        ([sent(None)], None, "0"),
        ([sent("4"), sent(None, at_="10-06 08:00:00")], None, "0"),  # hides the number of its own period
        ([sent(None), sent("4", at_="10-06 08:00:00")], "4", "4"),
        ([sent(None, ruling=Ruling.ADJUSTED, verified_value=Decimal(3))], "3", "3"),
        ([sent("4"), sent(None, at_="10-06 08:00:00", ruling=Ruling.RETURNED)], "4", "4"),
        ([], None, None),
    ],
)
def test_nothing_to_report(rows: list[Measurement], cumulative: str | None, increment: str | None) -> None:
    made = campaign(measurements=tuple(rows))
    assert value_of(made, "10-14") == cumulative
    assert value_of(replace(made, indicators=(indicator(mode=Mode.INCREMENT),)), "10-14") == increment


def test_nothing_to_report_carries_a_milestones_completion_date() -> None:
    made = campaign(
        indicators=(indicator(kind=Kind.MILESTONE),),
        targets=(target(goal="1", due=on("10-04")),),
        measurements=(sent("1", completed=on("10-04")), sent(None, "2", "10-12 08:00:00")),
    )
    assert unit_of(made, "10-14")["targets"]["A"] == {"value": "1", "achievement_bp": 10000}


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        ("1", "3", "33.3333"),
        ("2", "3", "66.6667"),
        ("1", "8", "12.5"),
        ("1", "64000", "0.0016"),
        ("-1", "3", "-33.3333"),
    ],
)
def test_a_share_is_rounded_half_up_to_four_decimals(numerator: str, denominator: str, value: str) -> None:
    share = replace(sent(None), nothing=False, numerator=Decimal(numerator), denominator=Decimal(denominator))
    assert value_of(campaign(measurements=(share,)), "10-07") == value


# What is in force


def test_revisions_keep_what_they_leave_empty() -> None:
    revised = target(
        baseline="0",
        revisions=(Revision(on("10-10"), goal=Decimal(20)), Revision(on("10-12"), baseline=Decimal(5))),
    )
    made = campaign(targets=(revised,), measurements=(sent("8"),))
    r = [unit_of(made, day)["targets"]["A"]["achievement_bp"] for day in ("10-09", "10-10", "10-11", "10-12")]
    assert r == [8000, 4000, 4000, 2000]  # 8/10, 8/20, 8/20, (8−5)/(20−5)


def test_a_target_is_in_force_from_its_first_day_until_before_its_ending_day() -> None:
    made = campaign(targets=(target(first_day=on("10-10"), ending_day=on("10-12")),), measurements=(sent("8"),))
    assert [bool(unit_of(made, f"10-{day:02}")["targets"]) for day in range(9, 13)] == [False, True, True, False]
    assert unit_of(made, "10-10")["total_bp"] == 8000  # of a period before it was added


def test_inactive_indicators_and_areas_are_neither_scored_nor_exported() -> None:
    areas = (Area(1, "Một", Decimal(1)), Area(2, "Hai", Decimal(1), active=False))
    made = campaign(
        areas=areas,
        indicators=(indicator(), indicator("B", active=False), indicator("C", area=2)),
        targets=(target(), target("B"), target("C")),
        measurements=(sent("8"),),
    )
    unit = unit_of(made, "10-07")
    assert list(unit["targets"]) == ["A"]
    assert unit["areas"] == {"1": 8000}
    assert unit["base_bp"] == 8000


# Reports


def reports(made: Campaign, day: str, code: str = "U") -> tuple[int, int]:
    unit = unit_of(made, day, code=code)
    return unit["late_reports"], unit["missing_reports"]


@pytest.mark.parametrize(
    ("rows", "day", "expected"),
    [
        ([], "10-08", (0, 0)),
        ([], "10-09", (0, 1)),
        ([waiting("4", at_="10-09 17:00:00")], "10-09", (0, 0)),  # at the due time is not after it
        ([waiting("4", at_="10-09 17:00:01")], "10-09", (1, 0)),
        ([waiting("4", at_="10-10 00:00:00")], "10-09", (0, 1)),  # not by the cut-off
        ([waiting("4", at_="10-10 00:00:00")], "10-10", (1, 0)),
        ([sent("4", ruling=Ruling.RETURNED)], "10-09", (0, 0)),
        ([waiting(None)], "10-09", (0, 0)),
        ([waiting("4"), waiting("5", at_="10-10 08:00:00")], "10-10", (0, 0)),  # a correction is not a late report
    ],
)
def test_late_and_missing_reports(rows: list[Measurement], day: str, expected: tuple[int, int]) -> None:
    assert reports(campaign(measurements=tuple(rows)), day) == expected


def test_a_due_time_at_the_cut_off_is_not_by_it() -> None:
    midnight = (replace(PERIODS[0], due=at("10-09 00:00:00")), *PERIODS[1:])
    assert [reports(campaign(periods=midnight), day) for day in ("10-08", "10-09")] == [(0, 0), (0, 1)]


def test_a_period_is_reported_when_every_owed_target_is() -> None:
    made = campaign(
        indicators=(indicator(), indicator("B")),
        targets=(target(), target("B")),
        measurements=(sent("4"), waiting("4", at_="10-09 18:00:00", indicator="B")),
    )
    assert reports(made, "10-09") == (1, 0)
    assert reports(replace(made, measurements=made.measurements[:1]), "10-09") == (0, 1)


@pytest.mark.parametrize(
    ("frequency", "missing"),
    # Periods ending 7, 14, 21, 28 October and 4 November: 28 October and 4 November end their months.
    [(Frequency.EVERY_PERIOD, 5), (Frequency.MONTHLY, 2), (Frequency.AT_END, 1)],
)
def test_frequency(frequency: Frequency, missing: int) -> None:
    assert reports(campaign(indicators=(indicator(frequency=frequency),)), "11-30") == (0, missing)


def test_at_the_end_means_the_campaigns_last_period() -> None:
    made = campaign(indicators=(indicator(frequency=Frequency.AT_END),))
    assert [reports(made, day) for day in ("11-05", "11-06")] == [(0, 0), (0, 1)]


def test_a_waiver_of_another_unit_waives_nothing() -> None:
    both = (Unit("U", "U", "C1"), Unit("V", "V", "C1"))
    made = campaign(units=both, report_waivers=(ReportWaiver("V", "1", START),))
    assert reports(made, "10-09") == (0, 1)


def test_only_targets_in_force_on_the_periods_last_day_are_owed() -> None:
    added = campaign(targets=(target(first_day=on("10-15")),))
    assert reports(added, "11-30") == (0, 3)
    ended = campaign(targets=(target(ending_day=on("10-21")),))
    assert reports(ended, "11-30") == (0, 2)
    assert reports(campaign(targets=(target(ending_day=on("10-22")),)), "11-30") == (0, 3)


def test_a_waiver_of_a_report_holds_from_its_day() -> None:
    made = campaign(report_waivers=(ReportWaiver("U", "1", on("10-11")),))
    assert [reports(made, day) for day in ("10-10", "10-11", "10-16")] == [(0, 1), (0, 0), (0, 1)]


def test_the_reporting_penalty_is_capped_and_the_counts_are_not() -> None:
    made = campaign(policy=Policy(reporting_penalty_cap_bp=180), measurements=(sent("10"),))
    unit = unit_of(made, "10-30")
    assert (unit["missing_reports"], unit["penalty_bp"], unit["total_bp"]) == (3, 180, 9820)


def test_a_unit_owes_only_for_periods_that_end_within_its_validity() -> None:
    made = campaign(units=(Unit("U", "U", "C1", first_day=on("10-08"), last_day=on("10-21")),))
    assert reports(made, "11-30") == (0, 2)


def provided() -> Campaign:
    """The tax office T reports A for both wards."""
    return campaign(
        units=(Unit("T", "Thuế", "C1", competes=False), Unit("U", "U", "C1"), Unit("V", "V", "C1")),
        indicators=(indicator(provider="T"), indicator("B")),
        targets=(target(), target(unit="V"), target("B"), target("B", "V")),
        measurements=(sent("4"), sent("8", indicator="B"), sent("8", indicator="B", unit="V")),
    )


def test_worked_example_7() -> None:
    made = provided()
    ward = unit_of(made, "10-09", code="V")
    assert ward["targets"]["A"] == {"value": None, "achievement_bp": None}
    assert (ward["base_bp"], ward["coverage_bp"]) == (8000, 10000)
    assert unit_of(made, "10-09")["base_bp"] == 6000
    assert [reports(made, "10-09", code) for code in "TUV"] == [(0, 1), (0, 0), (0, 0)]
    complete = replace(made, measurements=(*made.measurements, waiting("9", unit="V", at_="10-09 17:00:01")))
    assert reports(complete, "10-09", "T") == (1, 0)


def test_another_units_report_on_an_ended_unit_stays_owed() -> None:
    made = provided()
    units = tuple(replace(u, last_day=on("10-03")) if u.code == "V" else u for u in made.units)
    made = replace(made, units=units, measurements=())
    assert [reports(made, "10-09", code) for code in "TUV"] == [(0, 1), (0, 1), (0, 0)]
    only_ended = replace(made, targets=tuple(given for given in made.targets if given.unit == "V"))
    assert reports(only_ended, "10-09", "T") == (0, 1)


def test_a_unit_that_provides_its_own_indicator_scores_0_without_data() -> None:
    made = campaign(indicators=(indicator(provider="U"),))
    assert unit_of(made, "10-07")["targets"]["A"] == {"value": None, "achievement_bp": 0}


# Area, unit, rank


def test_worked_examples_4_and_5() -> None:
    made = campaign(
        policy=Policy(),
        areas=(Area(3, "Ba", Decimal("12.5")),),
        indicators=(
            indicator("A", area=3, weight="3", frequency=Frequency.AT_END),
            indicator("B", Kind.DECREASE, "2", area=3, cap_bp=11000, frequency=Frequency.AT_END),
            indicator("C", Kind.MAINTAIN, "1", area=3),
        ),
        targets=(
            target("A", goal="100", baseline="62"),
            target("B", goal="36", baseline="40"),
            target("C", goal="0", baseline="0"),
        ),
        measurements=(
            sent("95.5"),
            sent("33", indicator="B"),
            sent("1", indicator="C", at_="10-09 18:00:00"),
        ),
        points=(Points("U", 200, on("10-01")), Points("U", 400, on("10-09"))),
    )
    assert score(made, on("10-09"), "official") == {
        "campaign": "PT",
        "date": "2024-10-09",
        "basis": "official",
        "units": [
            {
                "code": "U",
                "bloc": "C1",
                "total_bp": 8525,
                "base_bp": 8075,
                "bonus_bp": 500,
                "penalty_bp": 50,
                "fulfilled_bp": 3333,
                "coverage_bp": 10000,
                "late_reports": 1,
                "missing_reports": 0,
                "rank": 1,
                "class": "Hoàn thành tốt",
                "areas": {"3": 8075},
                "targets": {
                    "A": {"value": "95.5", "achievement_bp": 8816},
                    "B": {"value": "33", "achievement_bp": 11000},
                    "C": {"value": "1", "achievement_bp": 0},
                },
            }
        ],
    }


def test_a_unit_without_applicable_area_is_listed_with_empties() -> None:
    made = campaign(targets=(), points=(Points("U", 200, START), Points("U", -30, START)))
    unit = unit_of(made, "10-07")
    for key in ("total_bp", "base_bp", "fulfilled_bp", "coverage_bp", "rank", "class"):
        assert unit[key] is None
    assert (unit["bonus_bp"], unit["penalty_bp"], unit["areas"], unit["targets"]) == (200, 30, {}, {})


def test_the_base_is_the_mean_of_the_rounded_applicable_areas() -> None:
    made = campaign(
        areas=(Area(1, "Một", Decimal(1)), Area(2, "Hai", Decimal(2)), Area(9, "Chín", Decimal(1000))),
        indicators=(indicator(), indicator("B", area=2)),
        targets=(target(goal="3"), target("B")),
        measurements=(sent("1"), sent("5", indicator="B")),
    )
    unit = unit_of(made, "10-07")
    assert unit["areas"] == {"1": 3333, "2": 5000}
    assert unit["base_bp"] == 4444  # 13333 / 3 = 4444,33


def test_points_hold_from_their_day_until_voided_and_the_total_is_not_negative() -> None:
    made = campaign(
        measurements=(sent("1"),),
        points=(
            Points("U", 400, on("10-08"), voided_day=on("10-10")),
            Points("U", 300, on("10-09")),
            Points("U", -1500, on("10-11")),
            Points("U", 50, on("10-12"), voided_day=on("10-12")),
        ),
    )
    found = [unit_of(made, f"10-{day:02}") for day in range(7, 13)]
    assert [unit["bonus_bp"] for unit in found] == [0, 400, 500, 300, 300, 300]
    assert [unit["total_bp"] for unit in found] == [1000, 1400, 1500, 1300, 0, 0]


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("9", "Hoàn thành xuất sắc"),
        ("8.9994", "Hoàn thành tốt"),
        ("7", "Hoàn thành tốt"),
        ("5", "Hoàn thành"),
        ("4.9994", "Chưa hoàn thành"),
    ],
)
def test_class(total: str, name: str) -> None:
    made = campaign(measurements=(sent(total),), units=(Unit("U", "U", "C1", competes=False),))
    assert unit_of(made, "10-07")["class"] == name


def ranked(values: dict[str, str], **more: Any) -> dict[str, int | None]:
    units = more.pop("units", tuple(Unit(code, code, "C1") for code in values))
    made = campaign(
        units=units,
        targets=tuple(target(unit=code) for code in values),
        measurements=tuple(sent(value, unit=code) for code, value in values.items()),
        **more,
    )
    return {unit["code"]: unit["rank"] for unit in score(made, on("10-09"), "official")["units"]}


def test_competition_ranking() -> None:
    assert ranked({"P": "5", "Q": "7", "R": "5", "S": "3"}) == {"P": 2, "Q": 1, "R": 2, "S": 4}


def test_only_competing_valid_units_not_under_exclusion_are_ranked() -> None:
    units = (
        Unit("P", "P", "C1", competes=False),
        Unit("Q", "Q", "C1", last_day=on("10-08")),
        Unit("R", "R", "C1", first_day=on("10-10")),
        Unit("S", "S", "C1", last_day=on("10-09"), first_day=on("10-09")),
        Unit("X", "X", "C1"),
        Unit("Y", "Y", "C1"),
        Unit("Z", "Z", "C2"),
    )
    gates = (
        Gate("S", GateForm.HOLD, START),
        Gate("X", GateForm.EXCLUSION, on("10-09")),
        Gate("Y", GateForm.EXCLUSION, START, voided_day=on("10-09")),
    )
    values = dict(zip("PQRSXYZ", "9876543", strict=True))
    ranks = ranked(values, units=units, gates=gates, blocs=(Bloc("C1", "1"), Bloc("C2", "2")))
    assert ranks == {"P": None, "Q": None, "R": None, "S": 1, "X": None, "Y": 2, "Z": 1}


def test_ties_go_by_fulfilled_share_then_by_reports() -> None:
    units = tuple(Unit(code, code, "C1") for code in "PQRS")
    made = campaign(
        units=units,
        indicators=(indicator(), indicator("B")),
        targets=tuple(target(code, unit.code) for unit in units for code in "AB"),
        measurements=tuple(
            sent(value, unit=unit, indicator=code, at_=moment)
            for unit, a, b, moment in (
                ("P", "5", "5", "10-05 08:00:00"),
                ("Q", "10", "0", "10-09 18:00:00"),
                ("R", "10", "0", "10-05 08:00:00"),
                ("S", "0", "10", "10-05 08:00:00"),
            )
            for code, value in (("A", a), ("B", b))
        ),
    )
    rows = score_units(made, on("10-09"))
    assert {row.total for row in rows.values()} == {5000}
    assert {code: row.rank for code, row in rows.items()} == {"P": 4, "Q": 3, "R": 1, "S": 1}


def test_coverage_counts_targets_not_weights() -> None:
    made = campaign(
        indicators=(indicator(weight="1000"), indicator("B"), indicator("C")),
        targets=(target(), target("B"), target("C")),
        measurements=(sent("0"),),
    )
    assert unit_of(made, "10-07")["coverage_bp"] == 3333


# Runs and exports


def test_the_running_days_cut_off_is_the_moment_of_computing() -> None:
    made = campaign(measurements=(waiting("4", at_="10-05 14:05:00"),))
    for moment, value in (("10-05 14:05:00", None), ("10-05 14:05:01", "4")):
        exported = score(made, on("10-05"), "provisional", at(moment))
        assert exported["units"][0]["targets"]["A"]["value"] == value


def test_days_before_the_start_and_unknown_bases_are_errors() -> None:
    with pytest.raises(ValueError, match="before the campaign"):
        score(campaign(), on("09-30"), "official")
    with pytest.raises(ValueError, match="basis"):
        score(campaign(), on("10-01"), "final")


def test_units_are_ordered_by_code_points() -> None:
    made = campaign(units=tuple(Unit(code, code, "C1") for code in ("đ", "b", "Z", "Đ", "a10", "a2", "U")))
    assert [unit["code"] for unit in score(made, START)["units"]] == ["U", "Z", "a10", "a2", "b", "Đ", "đ"]


def test_compare_names_each_difference() -> None:
    expected = score(campaign(measurements=(sent("4"),)), on("10-07"))
    assert compare(expected, score(campaign(measurements=(sent("4"),)), on("10-07"))) == []
    assert compare(expected, score(campaign(measurements=(sent("5"),)), on("10-07"))) == [
        "U areas 1: expected 4000, got 5000",
        "U base_bp: expected 4000, got 5000",
        "U class: expected 'Chưa hoàn thành', got 'Hoàn thành'",
        "U targets A achievement_bp: expected 4000, got 5000",
        "U targets A value: expected '4', got '5'",
        "U total_bp: expected 4000, got 5000",
    ]
    fewer = expected | {"units": [], "basis": "provisional"}
    assert compare(expected, fewer) == [
        "basis: expected 'official', got 'provisional'",
        "units: expected ['U'], got []",
    ]
