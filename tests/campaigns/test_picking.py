"""One of many: a plain list of few, a search above what it finds for many, with and without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from campaigns.enums import Role
from campaigns.forms import picking
from campaigns.forms.periods import LateExceptionForm
from campaigns.forms.plan import LastDayForm
from campaigns.models import Campaign, LateException, Participant
from tests.factories import at, make_participant, make_person, make_unit

pytestmark = pytest.mark.django_db
FORM = reverse("admin:campaigns_lateexception_enter")


@pytest.fixture(autouse=True)
def _second_week() -> Any:
    with time_machine.travel(at(9), tick=False):
        yield


@pytest.fixture
def units(campaign: Campaign, bloc: Any, monkeypatch: pytest.MonkeyPatch) -> list[Participant]:
    """Four units where a list holds two."""
    monkeypatch.setattr(picking, "MOST", 2)
    names = ("Phường Nguyễn Du", "Xã Đông Hà", "Xã Đông Hải", "Phường Hòa An")
    return [
        make_participant(campaign, unit=make_unit(f"DV{number}", name=name), bloc=bloc)
        for number, name in enumerate(names)
    ]


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_person(Role.INTERNAL_AFFAIRS))
    return client


def offered(page: str, units: list[Participant]) -> list[bool]:
    found = re.search(r'<select name="(participant|successor)".*?</select>', page, re.DOTALL)
    assert found is not None
    return [f'<option value="{unit.pk}"' in found[0] for unit in units]


def test_a_short_list_is_a_plain_one(officer: Client, units: list[Participant], monkeypatch: Any) -> None:
    monkeypatch.setattr(picking, "MOST", 4)
    page = officer.get(FORM).content.decode()
    assert offered(page, units) == [True] * 4
    assert 'name="participant-words"' not in page


def test_a_long_list_is_searched_without_diacritics_and_keeps_what_was_typed(
    officer: Client, units: list[Participant]
) -> None:
    page = officer.get(FORM).content.decode()
    assert sum(offered(page, units)) == 2
    assert 'name="participant-words"' in page
    typed = {"participant-words": "dong hai", "find": "participant", "reason": "Mất điện hai ngày"}
    answer = officer.post(FORM, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert offered(page, units) == [False, False, True, False]
    assert "Mất điện hai ngày" in page
    assert "errorlist" not in page  # nothing is judged while somebody looks for a unit
    assert not LateException.objects.exists()


def test_what_is_chosen_stays_in_the_list(officer: Client, units: list[Participant]) -> None:
    page = officer.get(FORM, {"participant": str(units[3].pk)}).content.decode()
    assert f'<option value="{units[3].pk}" selected' in page
    typed = {"participant": str(units[3].pk), "participant-words": "dong", "find": "participant"}
    page = officer.post(FORM, typed).content.decode()
    assert offered(page, units) == [False, True, True, True]


def test_the_search_finds_only_what_may_be_chosen(campaign: Campaign, units: list[Participant]) -> None:
    """The rows are the field's own: what another campaign holds, or the form leaves out, is found by no word."""
    form = LastDayForm({"successor-words": "phuong", "find": "successor"}, participant=units[0])
    assert offered(str(form["successor"]), units) == [False, False, False, True]
    assert not form.is_valid()
    assert not form.errors


def test_a_row_that_is_not_shown_may_be_sent(officer: Client, units: list[Participant], campaign: Campaign) -> None:
    form = LateExceptionForm({"participant": str(units[3].pk)}, campaign=campaign)
    form.is_valid()
    assert form.cleaned_data["participant"] == units[3]


@pytest.mark.parametrize("words", ["", "%", "'", "Ð", "x" * 500])
def test_any_words_are_taken(officer: Client, units: list[Participant], words: str) -> None:
    answer = officer.post(FORM, {"participant-words": words, "find": "participant"})
    assert answer.status_code == 200
