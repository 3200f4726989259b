"""The made-up measurements: sendings around every limit of time, and verdicts on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.scoring.campaign import Indicator, Kind, Measurement, Mode, Period, Ruling, Target

if TYPE_CHECKING:
    from tests.scoring.generation import Choices

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LIMIT = Decimal("999999999.9999")


def measurements_of(choices: Choices, indicator: Indicator, target: Target, period: Period) -> Iterator[Measurement]:
    """What was sent for one target in one period: often one, sometimes none or several.

    Nothing is sent for a target that ended before the period did, once it has ended.
    """
    for _ in range(choices.one_of((1, 0, 1, 2, 1, 3))):
        sent = _sending(choices, period)
        ended = target.ending_day
        if ended is not None and ended <= period.end and sent.date() >= ended:
            continue
        measurement = Measurement(
            period=period.name,
            indicator=indicator.code,
            unit=target.unit,
            sent=sent,
            sender="Người báo cáo",
        )
        measurement = _submitted(choices, indicator, target, measurement)
        yield _ruled(choices, indicator, target, period, measurement)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _sending(choices: Choices, period: Period) -> datetime:
    """ "A period's measurements may be sent from its first day on": on it, and around each limit."""
    opening = _midnight(period.start)
    closing = _midnight(period.end + DAY)
    return max(
        opening,
        choices.one_of(
            (
                closing - 8 * timedelta(hours=1),
                opening,
                closing - SECOND,
                closing,
                period.due - SECOND,
                period.due,
                period.due + SECOND,
                period.due + 2 * DAY,
                _midnight(period.due.date()),
                _midnight(period.due.date() + DAY),
                closing + choices.integer(0, 600) * timedelta(minutes=7),
            )
        ),
    )


def _submitted(choices: Choices, indicator: Indicator, target: Target, measurement: Measurement) -> Measurement:
    if choices.chance(15):
        return replace(measurement, nothing=True)
    if indicator.kind is Kind.MILESTONE:
        done = choices.integer(0, 2) > 0
        completed = _completion(choices, target, measurement.sent.date()) if done else None
        return replace(measurement, value=Decimal(done), completed=completed)
    if indicator.mode is Mode.CUMULATIVE and choices.chance(20):
        return replace(
            measurement,
            numerator=Decimal(choices.integer(-5, 60)),
            denominator=Decimal(choices.one_of((3, 7, 60, 100, 1))) / choices.one_of((1, 10)),
        )
    return replace(measurement, value=_amount_near(choices, target))


def _amount_near(choices: Choices, target: Target) -> Decimal:
    """Often exactly the goal or the baseline, or a step beside it."""
    how = choices.integer(0, 9)
    if how < 4:
        return Decimal(choices.integer(0, 10))
    if how < 8:
        step = choices.one_of((Decimal(0), Decimal("0.0001"), Decimal("-0.0001"), Decimal(1), Decimal(-1)))
        near = (target.goal if how < 6 else target.baseline or Decimal(0)) + step
        return min(max(near, -LIMIT), LIMIT)
    if how < 9:
        return Decimal(choices.integer(-(10**6), 10**6)) / 10000
    return choices.one_of((LIMIT, -LIMIT))


def _completion(choices: Choices, target: Target, latest: date) -> date:
    """A completion date "not after the day of sending", often the due date or the day after it."""
    assert target.due is not None
    wanted = choices.one_of((target.due, target.due + DAY, latest, latest - 3 * DAY))
    return min(wanted, latest)


def _ruled(
    choices: Choices, indicator: Indicator, target: Target, period: Period, measurement: Measurement
) -> Measurement:
    """A verdict "never earlier than the sending", often at the same moment or at a cut-off."""
    rulings = (Ruling.ACCEPTED, Ruling.ACCEPTED, Ruling.ACCEPTED, Ruling.ADJUSTED, Ruling.RETURNED, None)
    ruling = choices.one_of(rulings)
    if ruling is None:
        return measurement
    moments = (
        measurement.sent,
        measurement.sent + SECOND,
        _midnight(measurement.sent.date() + DAY) - SECOND,
        _midnight(measurement.sent.date() + DAY),
        _midnight(period.end + DAY),
        measurement.sent + 4 * DAY,
    )
    ruled = replace(
        measurement,
        ruling=ruling,
        ruled=max(measurement.sent, choices.one_of(moments)),
        verifier="Người thẩm định",
        reason="" if ruling is Ruling.ACCEPTED else "Đối chiếu hồ sơ",
    )
    if ruling is not Ruling.ADJUSTED:
        return ruled
    if indicator.kind is not Kind.MILESTONE:
        return replace(ruled, verified_value=_amount_near(choices, target))
    done = choices.chance(70)
    needed = done and (measurement.completed is None or choices.chance(60))
    return replace(
        ruled,
        verified_value=Decimal(done),
        verified_completed=_completion(choices, target, measurement.sent.date()) if needed else None,
    )
