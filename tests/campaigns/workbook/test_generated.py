"""Generated campaigns, awkward by design: each is taken, keeps its figures, and goes round without change."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.calendar import LOCAL
from campaigns.models import Campaign, Measurement, Target
from campaigns.numbers import share_value
from tests.scoring.campaign import Campaign as Plan
from tests.scoring.campaign import Measurement as Sent
from tests.scoring.generation import MEDIUM, random_campaign
from tests.scoring.strategies import campaigns
from tests.scoring.workbook_io import read, write

from .books import bring_in, cells_of
from .test_round_trip import exported, forget_everything

pytestmark = pytest.mark.django_db(transaction=False)


def check(plan: Plan, *, as_text: bool) -> None:
    file = BytesIO()
    write(plan, file, as_text=as_text)
    forget_everything()
    assert bring_in(file).opened
    assert not bring_in(file).written
    assert stored_measurements() == expected_measurements(plan)
    assert stored_targets() == {
        (target.indicator, target.unit): (target.baseline, target.goal, target.due, target.first_day, target.ending_day)
        for target in plan.targets
    }
    first = exported(plan.code)
    assert read(first).measurements == tuple(map(without_needless_date, read(file).measurements))
    forget_everything()
    bring_in(first)
    assert cells_of(exported(plan.code)) == cells_of(first)


def without_needless_date(measurement: Sent) -> Sent:
    """A verified completion date equal to the submitted one is written as an empty cell, which means the same."""
    same = measurement.verified_completed == measurement.completed
    return replace(measurement, verified_completed=None) if same else measurement


def in_one_order(row: tuple[object, ...]) -> str:
    """Sort equal rows equally: 0 and 0.0000 are one value."""
    return repr([part.normalize() + 0 if isinstance(part, Decimal) else part for part in row])


def expected_measurements(plan: Plan) -> list[tuple[object, ...]]:
    return sorted(
        (
            (
                measurement.indicator,
                measurement.unit,
                measurement.period,
                measurement.sent,
                share_value(measurement.numerator, measurement.denominator)
                if measurement.numerator is not None and measurement.denominator is not None
                else measurement.value,
                measurement.ruled,
            )
            for measurement in plan.measurements
        ),
        key=in_one_order,
    )


def stored_measurements() -> list[tuple[object, ...]]:
    def naive(moment: dt.datetime | None) -> dt.datetime | None:
        return moment and moment.astimezone(LOCAL).replace(tzinfo=None)

    rows = Measurement.objects.values_list(
        "target__indicator__code", "target__participant__code", "period__code", "sent_at", "value", "verdict_at"
    )
    found = ((*codes, naive(sent), _plain(value), naive(ruled)) for *codes, sent, value, ruled in rows)
    return sorted(found, key=in_one_order)


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:f}").normalize() + 0


def stored_targets() -> dict[tuple[str, str], tuple[object, ...]]:
    rows = Target.objects.values_list(
        "indicator__code", "participant__code", "baseline", "goal", "due_on", "starts_on", "ends_from"
    )
    return {(indicator, unit): tuple(terms) for indicator, unit, *terms in rows}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(campaigns(), st.booleans())
def test_a_generated_campaign_goes_round(plan, as_text):
    check(plan, as_text=as_text)


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_campaign_goes_round(seed):
    check(random_campaign(seed, MEDIUM), as_text=bool(seed % 2))
    assert Campaign.objects.count() == 1
