"""Two officers at once: figures that overlap, one criterion changed twice, one register brought in twice."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from awards.actions.rules import save_rule
from awards.actions.settings import save_setting
from awards.models import BaseSalary, EarlierAward, EligibilityRule
from campaigns.actions.records import PlanRefused, StaleRecord, digest_of_record
from campaigns.enums import Role
from tests.factories import at, make_participant, make_person

from .makers import make_category, make_outcome, make_rule
from .test_register import bring_in, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do the acts in threads of their own; return what became of each, sorted."""
    barrier, results = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
            results[place] = "done"
        except Exception as error:  # noqa: BLE001  # the name of whatever it is, is what is compared
            results[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_of_two_overlapping_figures_one_is_refused() -> None:
    officers = [make_person(Role.INTERNAL_AFFAIRS) for _one in range(2)]

    def enter(number: int) -> None:
        figure = BaseSalary(
            amount=2_700_000 + number,
            valid_from=dt.date(2027, 7, 1) + dt.timedelta(days=number),
            valid_to=dt.date(2028, 6, 30),
        )
        save_setting(row=figure, seen="", by=officers[number], now=at(50))

    assert at_once(lambda: enter(0), lambda: enter(1)) == [PlanRefused.__name__, "done"]
    assert BaseSalary.objects.filter(valid_from__gte=dt.date(2027, 7, 1)).count() == 1


def test_of_two_changes_of_one_criterion_one_begins_a_version() -> None:
    rule = make_rule(make_category())
    make_outcome(rule.category, make_participant(rule.category.campaign))
    officers = [make_person(Role.INTERNAL_AFFAIRS) for _one in range(2)]
    seen = digest_of_record(rule)

    def change(number: int) -> None:
        mine = EligibilityRule.objects.get(pk=rule.pk)
        mine.params = {"bp": 9000 + number}
        save_rule(rule=mine, seen=seen, by=officers[number], now=at(50))

    assert at_once(lambda: change(0), lambda: change(1)) == [StaleRecord.__name__, "done"]
    assert EligibilityRule.objects.filter(replaces=rule).count() == 1


@pytest.mark.parametrize(
    ("typed", "became", "places"), [(0, ["done", "done"], [1, 2]), (4, [ValidationError.__name__, "done"], [4])]
)
def test_two_criteria_entered_at_once_have_two_places(typed: int, became: list[str], places: list[int]) -> None:
    category = make_category()
    officers = [make_person(Role.INTERNAL_AFFAIRS) for _one in range(2)]

    def enter(number: int) -> None:
        rule = EligibilityRule(category=category, kind="top_rank", params={"rank": 3}, position=typed)
        save_rule(rule=rule, seen="", by=officers[number], now=at(1))

    assert at_once(lambda: enter(0), lambda: enter(1)) == became
    assert list(EligibilityRule.objects.order_by("position").values_list("position", flat=True)) == places


def test_one_register_brought_in_twice_adds_its_rows_once() -> None:
    officers = [make_person(Role.INTERNAL_AFFAIRS) for _one in range(2)]
    bring_in(officers[0], row(**{"Số quyết định": "1/QĐ"}))
    rows = [row(**{"Họ tên hoặc tên tập thể": f"Người {number}"}) for number in range(30)]
    assert at_once(*(lambda who=who: bring_in(who, *rows) for who in officers)) == ["done", "done"]  # type: ignore[misc]
    assert EarlierAward.objects.count() == 31
