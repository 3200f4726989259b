"""What a unit still needs, the list of an award, what changed overnight, and who reads the grounds of gates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.actions.eligibility import evaluate_run
from awards.enums import Outcome
from awards.models import AwardCategory
from awards.queries.eligibility import CategoryList, Filters, cards_of, list_of, shown_days
from awards.wording import change_words
from campaigns.enums import GateForm, Role
from campaigns.models import Gate, Participant
from tests.cast import client_of
from tests.factories import at, day, make_campaign, make_gate, make_participant, make_person

from .makers import INTERIM, Office, make_category, make_rule, make_run, make_score

pytestmark = pytest.mark.django_db
GROUND = "ZZ-can-cu-dang-thanh-tra"


def night(category: AwardCategory, on: dt.date, totals: dict[Participant, int]) -> None:
    """Score a day and find its eligibility."""
    run = make_run(category.campaign, on)
    for participant, total in totals.items():
        make_score(participant, run, total)
    evaluate_run(run=run, now=at(46))


@pytest.fixture
def offered() -> tuple[AwardCategory, Participant, Participant]:
    """An award on the final run for ≥ 80 points, and two units."""
    category = make_category(basis_day=None)
    make_rule(category)
    return (
        category,
        make_participant(category.campaign, name="Phường An"),
        make_participant(category.campaign, name="Phường Bình"),
    )


def listed(category: AwardCategory, *, with_grounds: bool = False, **filters: Any) -> CategoryList:
    return list_of(category=category, filters=Filters(**filters), with_grounds=with_grounds)


def test_overnight_changes_name_the_criterion_that_turned(offered: tuple[Any, Participant, Participant]) -> None:
    category, first, second = offered
    night(category, day(44), {first: 7735, second: 8100})
    night(category, day(45), {first: 8200, second: 7900})
    found = listed(category)
    assert ([row.outcome.participant for row in found.gained], [row.outcome.participant for row in found.lost]) == (
        [first],
        [second],
    )
    assert found.shown.before == day(44)
    (gain,), (loss,) = found.gained[0].change.words, found.lost[0].change.words  # type: ignore[union-attr]
    assert "82,00" in gain
    assert "79,00" in loss
    assert "1,00" in loss
    assert [card.change.is_gain for card in cards_of(participant=first) if card.change] == [True]


def test_the_day_before_is_the_last_one_that_was_looked_at(offered: tuple[Any, Participant, Participant]) -> None:
    category, first, second = offered
    night(category, day(40), {first: 7735, second: 8100})
    night(category, day(45), {first: 8200, second: 8100})
    found = listed(category)
    assert (found.shown.before, len(found.gained), len(found.lost)) == (day(40), 1, 0)


def test_nothing_changed_says_so(offered: tuple[Any, Participant, Participant]) -> None:
    category, first, second = offered
    for on in (44, 45):
        night(category, day(on), {first: 8200, second: 7000})
    assert [(row.change) for row in listed(category).rows] == [None, None]


TOTAL = {"kind": "min_total", "params": {"bp": 8000}, "found": 7000, "missing": 1000, "why": "", "rule": 1}
FAILED, PASSED = {**TOTAL, "result": "failed"}, {**TOTAL, "result": "passed", "found": 9000, "missing": None}
RANK = {**TOTAL, "kind": "top_rank", "params": {"rank": 3}, "found": [5, 9], "missing": 2, "result": "failed"}


@pytest.mark.parametrize(
    ("before", "after", "count", "word"),
    [
        (("eligible", [PASSED]), ("not_eligible", [FAILED]), 1, "70,00"),
        (("not_eligible", [FAILED]), ("eligible", [PASSED]), 1, "90,00"),
        (("not_eligible", [FAILED]), ("eligible", []), 1, "80,00"),  # the criterion ended
        (("eligible", [PASSED]), ("not_eligible", [PASSED, RANK]), 1, "5"),  # a new criterion
        (("eligible", [PASSED]), ("on_hold", [PASSED]), 1, ""),
        (("on_hold", [PASSED]), ("eligible", [PASSED]), 1, ""),
        (("on_hold", [PASSED]), ("not_eligible", [FAILED]), 2, "70,00"),
        (("eligible", [PASSED]), ("not_eligible", [PASSED]), 1, ""),  # an exclusion
        (("not_eligible", [PASSED]), ("eligible", [PASSED]), 1, ""),
    ],
)
def test_each_way_to_change_has_its_words(before: Any, after: Any, count: int, word: str) -> None:
    words = change_words(before, after)
    assert len(words) == count
    assert word in words[-1]


def test_an_interim_award_shows_its_basis_day_and_stays_there() -> None:
    category = make_category()
    final = make_category(category.campaign, basis_day=None)
    make_rule(category)
    unit = make_participant(category.campaign)
    night(category, day(44), {unit: 7000})
    assert not shown_days(campaign=category.campaign, categories=[category])[category.pk].is_basis
    night(category, INTERIM, {unit: 8500})
    night(category, day(60), {unit: 7100})
    days = shown_days(campaign=category.campaign, categories=[category, final])
    assert (days[category.pk].day, days[category.pk].before, days[category.pk].is_basis) == (INTERIM, day(44), True)
    assert (days[final.pk].day, days[final.pk].is_basis) == (day(60), False)
    cards = {card.category.pk: card for card in cards_of(participant=unit)}
    assert cards[category.pk].outcome is not None
    assert cards[category.pk].outcome.outcome == Outcome.ELIGIBLE
    text = client_of(Office(unit, category=category).leader).get(
        reverse("awards:eligibility_unit", args=[unit.pk])
    ).content.decode()  # fmt: skip
    assert "Chính thức" in text
    assert "Tạm tính" in text


def test_filters_narrow_and_counts_stay_whole(offered: tuple[Any, Participant, Participant]) -> None:
    category, first, second = offered
    night(category, day(44), {first: 8500, second: 8500})
    night(category, day(45), {first: 8500, second: 7500})

    def names(**filters: Any) -> list[str]:
        found = listed(category, **filters)
        assert dict(found.counts) == {Outcome.ELIGIBLE: 1, Outcome.NOT_ELIGIBLE: 1, Outcome.ON_HOLD: 0}
        return [row.outcome.participant.name for row in found.rows]

    assert names() == ["Phường An", "Phường Bình"]
    assert names(outcome="not_eligible") == ["Phường Bình"]
    assert names(changed=True) == ["Phường Bình"]
    assert names(kind="min_total") == ["Phường Bình"]
    assert names(kind="top_rank") == []
    assert names(bloc=second.bloc.code, outcome="eligible") == (
        ["Phường An"] if first.bloc_id == second.bloc_id else []
    )
    assert names(text=second.unit.code.casefold()) == ["Phường Bình"]


def held(offered: tuple[AwardCategory, Participant, Participant]) -> tuple[AwardCategory, Participant]:
    category, first, second = offered
    make_gate(first, GateForm.HOLD, reason=GROUND, document_number=f"{GROUND}-VB", holds_from=day(40))
    make_gate(second, GateForm.EXCLUSION, reason=GROUND, holds_from=day(40))
    make_gate(first, GateForm.HOLD, reason=GROUND, person_name="Người Bị Xét", holds_from=day(40))
    night(category, day(45), {first: 8500, second: 8500})
    return category, first


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.INTERNAL_AFFAIRS, True),
        (Role.CHAIRMAN, True),
        (Role.COUNCIL, False),
        (Role.COUNCIL_SECRETARY, False),
    ],
)
def test_grounds_are_for_those_who_may_see_them(
    offered: tuple[AwardCategory, Participant, Participant], role: Role, reads: bool
) -> None:
    category, unit = held(offered)
    client = client_of(make_person(role))
    for name, pk in (("eligibility_list", category.pk), ("eligibility_unit", unit.pk)):
        text = client.get(reverse(f"awards:{name}", args=[pk])).content.decode()
        assert (GROUND in text) is reads, name
        assert unit.name in text


def test_the_unit_sees_that_it_is_held_and_not_why(offered: tuple[AwardCategory, Participant, Participant]) -> None:
    _category, first = held(offered)
    second = offered[2]
    for unit, words in ((first, "tạm dừng"), (second, "loại trừ")):
        leader = make_person(Role.UNIT_LEADER, unit=unit.unit)
        text = client_of(leader).get(reverse("awards:eligibility_unit", args=[unit.pk])).content.decode()
        assert words in text.casefold()
        assert GROUND not in text
        assert "Người Bị Xét" not in text
    assert Gate.objects.filter(reason=GROUND).count() == 3


@pytest.mark.parametrize("page", ["unit", "list"])
def test_pages_take_the_same_queries_for_one_row_and_for_thirty(page: str) -> None:
    counts = []
    for many in (1, 30):
        campaign = make_campaign()
        categories = [make_category(campaign, basis_day=None) for _one in range(many if page == "unit" else 1)]
        for category in categories:
            make_rule(category)
        units = [make_participant(campaign) for _one in range(many if page == "list" else 1)]
        for unit in units:
            make_gate(unit, GateForm.HOLD, holds_from=day(40))
        for on in (44, 45):
            night(categories[0], day(on), dict.fromkeys(units, 7000 + on))
        name, pk = ("eligibility_unit", units[0].pk) if page == "unit" else ("eligibility_list", categories[0].pk)
        client = client_of(make_person(Role.INTERNAL_AFFAIRS))
        client.get(reverse(f"awards:{name}", args=[pk]))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"awards:{name}", args=[pk])).status_code == 200
        counts.append(len(captured.captured_queries))
        assert campaign.pk
    assert counts[0] == counts[1] <= 32
