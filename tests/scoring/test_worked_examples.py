"""The worked examples of the scoring rules, computed by the run itself on the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from campaigns.models import Campaign as CampaignRow

from .campaign import (
    Area,
    Bloc,
    Campaign,
    Indicator,
    Kind,
    Measurement,
    Mode,
    Period,
    Points,
    Policy,
    Ruling,
    Target,
    Unit,
)
from .loading import exported, load, run

pytestmark = pytest.mark.django_db
START, END = dt.date(2024, 10, 1), dt.date(2024, 10, 14)
PERIODS = (
    Period("1", START, dt.date(2024, 10, 7), dt.datetime(2024, 10, 8, 17)),
    Period("2", dt.date(2024, 10, 8), END, dt.datetime(2024, 10, 15, 17)),
)
DAY = dt.date(2024, 10, 16)
WARD, OFFICE = "P01", "CCT"


def campaign(*indicators: Indicator, **changes: Any) -> Campaign:
    """Two weeks, one area, a ward and the tax office."""
    base = Campaign(
        code="VD",
        name="Ví dụ",
        start=START,
        end=END,
        areas=(Area(3, "Thu ngân sách", Decimal(1)),),
        blocs=(Bloc("C1", "Phường"), Bloc("K5", "Ngành dọc")),
        units=(Unit(WARD, "Phường 1", "C1"), Unit(OFFICE, "Chi cục Thuế", "K5", kind="ngành dọc")),
        indicators=indicators,
        periods=PERIODS,
    )
    return replace(base, **changes)


def indicator(code: str, kind: Kind, weight: int = 1, **more: Any) -> Indicator:
    return Indicator(code, 3, code, kind, Decimal(weight), **more)


def sent(code: str, value: str | None, *, period: str = "1", unit: str = WARD, **more: Any) -> Measurement:
    """A value sent on time and accepted a day later; ``None`` is "không phát sinh"."""
    moment = dt.datetime(2024, 10, 7, 9) if period == "1" else dt.datetime(2024, 10, 14, 9)
    return Measurement(
        period,
        code,
        unit,
        more.pop("sent", moment),
        value=None if value is None else Decimal(value),
        nothing=value is None,
        ruling=more.pop("ruling", Ruling.ACCEPTED),
        ruled=moment + dt.timedelta(days=1),
        **more,
    )


def unit(source: Campaign, code: str = WARD, basis: str = "official") -> dict[str, Any]:
    loaded = load(source, code=f"VD{CampaignRow.objects.count()}")
    run(loaded, DAY)
    return next(row for row in exported(loaded, DAY, basis)["units"] if row["code"] == code)


def achievement(kind: Kind, value: str, baseline: str | None, goal: str, **more: Any) -> int:
    """r of one target with this value."""
    row = unit(
        campaign(
            indicator("CT", kind, **more),
            targets=(Target("CT", WARD, Decimal(goal), None if baseline is None else Decimal(baseline)),),
            measurements=(sent("CT", value),),
        )
    )
    return int(row["targets"]["CT"]["achievement_bp"])


def test_example_1_increase() -> None:
    assert achievement(Kind.INCREASE, "95.5", "62", "100") == 8816


def test_example_2_decrease_with_its_own_cap() -> None:
    assert achievement(Kind.DECREASE, "33", "40", "36", cap_bp=11000) == 11000
    assert achievement(Kind.DECREASE, "33", "40", "36") == 10000


def test_example_3_maintain() -> None:
    assert achievement(Kind.MAINTAIN, "1", "0", "0") == 0
    assert achievement(Kind.MAINTAIN, "1", "4", "0") == 7500
    assert achievement(Kind.MAINTAIN, "0", "0", "0") == 10000
    assert achievement(Kind.MAINTAIN, "4", "4", "0") == 0


THREE = (
    indicator("A", Kind.INCREASE, 3),
    indicator("B", Kind.DECREASE, 2, cap_bp=11000),
    indicator("C", Kind.MAINTAIN, 1),
)
TARGETS = (
    Target("A", WARD, Decimal(100), Decimal(62)),
    Target("B", WARD, Decimal(36), Decimal(40)),
    Target("C", WARD, Decimal(0)),
)
VALUES = (("A", "95.5"), ("B", "33"), ("C", "1"))


def reported(*, second_late: bool = False) -> tuple[Measurement, ...]:
    late = {"sent": dt.datetime(2024, 10, 15, 17, 0, 1), "ruling": None} if second_late else {}
    rows = [sent(code, value) for code, value in VALUES]
    for code, value in VALUES:
        rows.append(
            replace(sent(code, value, period="2", **late), ruled=None if second_late else dt.datetime(2024, 10, 15, 9))
        )
    return tuple(rows)


def test_example_4_area_of_three_weights() -> None:
    row = unit(campaign(*THREE, targets=TARGETS, measurements=reported()))
    assert [row["targets"][code]["achievement_bp"] for code in "ABC"] == [8816, 11000, 0]
    assert row["areas"] == {"3": 8075}
    assert row["base_bp"] == 8075


def test_example_5_total_with_capped_bonus_and_one_late_report() -> None:
    row = unit(
        campaign(
            *THREE,
            targets=TARGETS,
            measurements=reported(second_late=True),
            points=(Points(WARD, 200, START), Points(WARD, 400, START)),
        )
    )
    assert (row["base_bp"], row["bonus_bp"], row["penalty_bp"], row["late_reports"]) == (8075, 500, 50, 1)
    assert row["total_bp"] == 8525
    assert row["class"] == "Hoàn thành tốt"


def test_the_smallest_bonus_and_the_smallest_penalty_count() -> None:
    """8075 + 1 − 2 = 8074."""
    points = (Points(WARD, 1, START), Points(WARD, -1, START), Points(WARD, -1, START))
    row = unit(campaign(*THREE, targets=TARGETS, measurements=reported(), points=points))
    assert (row["bonus_bp"], row["penalty_bp"], row["total_bp"]) == (1, 2, 8074)


@pytest.mark.parametrize(("mode", "value"), [(Mode.CUMULATIVE, "12"), (Mode.INCREMENT, "12")])
def test_example_6_nothing_to_report_and_a_returned_value(mode: Mode, value: str) -> None:
    third = Period("3", dt.date(2024, 10, 15), dt.date(2024, 10, 16), dt.datetime(2024, 10, 17, 17))
    returned = replace(
        sent("CT", "99", period="3", ruling=Ruling.RETURNED, reason="Sai"),
        sent=dt.datetime(2024, 10, 16, 8),
        ruled=dt.datetime(2024, 10, 16, 9),
    )
    source = campaign(
        indicator("CT", Kind.INCREASE, mode=mode),
        end=dt.date(2024, 10, 16),
        periods=(*PERIODS, third),
        targets=(Target("CT", WARD, Decimal(100)),),
        measurements=(sent("CT", "12"), sent("CT", None, period="2"), returned),
    )
    assert unit(source)["targets"]["CT"]["value"] == value
    first_returned = replace(source.measurements[0], ruling=Ruling.RETURNED, reason="Sai")
    again = replace(source, code="VD2", measurements=(first_returned, *source.measurements[1:]))
    assert unit(again)["targets"]["CT"]["value"] == (None if mode is Mode.CUMULATIVE else "0")


def test_example_7_revenue_that_the_tax_office_has_not_reported() -> None:
    source = campaign(
        indicator("THU", Kind.INCREASE, 5, provider=OFFICE),
        indicator("CT", Kind.INCREASE),
        targets=(Target("THU", WARD, Decimal(100)), Target("CT", WARD, Decimal(10))),
        measurements=(sent("CT", "10"), sent("CT", "10", period="2")),
    )
    ward = unit(source)
    assert ward["targets"]["THU"] == {"value": None, "achievement_bp": None}
    assert (ward["base_bp"], ward["coverage_bp"], ward["missing_reports"]) == (10000, 10000, 0)
    assert unit(replace(source, code="VD2"), OFFICE)["missing_reports"] == 2


def test_a_sum_of_values_at_the_limit_stays_within_64_bits() -> None:
    days = [START + dt.timedelta(days=n) for n in range(92)]
    source = campaign(
        indicator("CT", Kind.INCREASE, mode=Mode.INCREMENT, cap_bp=100000),
        end=days[-1],
        periods=tuple(Period(str(n), day, day, dt.datetime.combine(day, dt.time(23))) for n, day in enumerate(days)),
        targets=(Target("CT", WARD, Decimal("-999999999.9998"), Decimal("-999999999.9999")),),
        measurements=tuple(
            Measurement(
                str(n),
                "CT",
                WARD,
                dt.datetime.combine(day, dt.time(9)),
                value=Decimal("999999999.9999"),
                ruling=Ruling.ACCEPTED,
                ruled=dt.datetime.combine(day, dt.time(10)),
            )
            for n, day in enumerate(days)
        ),
        policy=Policy(),
    )
    loaded = load(source, code=f"VD{CampaignRow.objects.count()}")
    run(loaded, days[-1])
    ward = next(row for row in exported(loaded, days[-1], "official")["units"] if row["code"] == WARD)
    assert ward["targets"]["CT"] == {"value": "91999999999.9908", "achievement_bp": 100000}
