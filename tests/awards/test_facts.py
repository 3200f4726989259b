"""What eligibility looks at: official figures, and of two gates the stricter."""

import pytest

from awards.queries.facts import gates_now, unit_facts
from campaigns.calendar import cut_off
from campaigns.enums import GateForm
from tests.factories import at, day, make_area, make_gate, make_indicator, make_measurement, make_target

pytestmark = pytest.mark.django_db


def test_an_indicator_is_fulfilled_by_what_is_verified_and_none_where_another_unit_has_not_reported(
    campaign, participant_a, provider_participant
):
    area = make_area(campaign, 1)
    verified, waiting = (make_target(make_indicator(area, code), participant_a, goal=100) for code in ("CT1", "CT2"))
    make_target(make_indicator(area, "CT3", provider=provider_participant), participant_a, goal=100)
    make_measurement(verified, value=100, sent_at=at(8), verdict="accepted", verdict_at=at(9))
    make_measurement(waiting, value=100, sent_at=at(8))
    found = unit_facts(campaign=campaign, day=day(10), cut_off=cut_off(day(10)), codes=["CT1", "CT2", "CT3"])
    assert found[participant_a.pk].indicators == {"CT1": True, "CT2": False, "CT3": None}


@pytest.mark.parametrize("forms", [("hold", "exclusion"), ("exclusion", "hold"), ("hold", "hold")])
def test_of_two_gates_an_exclusion_comes_first(campaign, participant_a, forms):
    for form in forms:
        make_gate(participant_a, form=form, holds_from=day(5))
    expected = GateForm.EXCLUSION if "exclusion" in forms else GateForm.HOLD
    assert gates_now(campaign=campaign, on=day(10)) == {(participant_a.pk, ""): expected}
    assert gates_now(campaign=campaign, on=day(4)) == {}
