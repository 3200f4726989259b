"""Pages across units: one indicator, one area, early warning: figures, who sees them, and their queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.calendar import cut_off
from campaigns.models import Bloc, Campaign, Participant, User
from scoring.early_warning import read_early_warning
from scoring.enums import Basis, Pace
from scoring.live import unit_figures
from scoring.pace import Needed, needed
from scoring.queries import Scope, target_figures
from scoring.snapshots import snapshots
from scoring.standings import read_standings
from scoring.templatetags.score_charts import goal_bars
from tests.cast import client_of
from tests.factories import (
    at,
    day,
    make_area,
    make_bloc,
    make_indicator,
    make_measurement,
    make_participant,
    make_target,
    make_unit,
)

from .test_views import score_day

pytestmark = pytest.mark.django_db
ADDRESSES = ("/bang-xep-hang/noi-dung/1/", "/bang-xep-hang/chi-tieu/CT1.1/", "/canh-bao-som/")


@pytest.fixture
def scored(campaign: Campaign, bloc: Bloc, participant_a: Participant, participant_b: Participant) -> Campaign:
    """Day 45: A at 60 of 100, B at 10; A keeps a limit that B overstepped; a value of A waits."""
    area = make_area(campaign, 1)
    rising, limit = make_indicator(area, "CT1.1"), make_indicator(area, "CT1.2", kind="maintain")
    period = campaign.periods.order_by("ends_on")[1]
    for participant, value, incidents in ((participant_a, 60, 0), (participant_b, 10, 1)):
        target = make_target(rising, participant, baseline=0, goal=100)
        make_measurement(target, period, value=value, sent_at=at(20), verdict="accepted", verdict_at=at(21))
        kept = make_target(limit, participant, baseline=0, goal=0)
        make_measurement(kept, period, value=incidents, sent_at=at(20), verdict="accepted", verdict_at=at(21))
    waiting = campaign.periods.order_by("ends_on")[2]
    make_measurement(participant_a.targets.get(indicator=rising), waiting, value="77.7777", sent_at=at(22))
    score_day(campaign, 45)
    return campaign


@pytest.mark.parametrize(
    ("missing", "until", "expected"),
    [
        ("10", 13, Needed(Decimal("10"), 3, Decimal("3.34"))),  # rounded up: three days of 3.33 would not do
        ("9", 13, Needed(Decimal("9"), 3, Decimal("3.00"))),
        ("10", 10, Needed(Decimal("10"), 0, None)),
        ("10", 4, Needed(Decimal("10"), 0, None)),
    ],
)
def test_what_each_day_has_to_bring(missing: str, until: int, expected: Needed) -> None:
    first = dt.date(2026, 3, 1)
    end = first + dt.timedelta(days=until - 1)
    assert needed(missing=Decimal(missing), day=first + dt.timedelta(days=9), until=end) == expected


def test_standings_say_pace_and_what_is_needed(scored: Campaign, participant_a: Participant) -> None:
    rows = read_standings(campaign=scored, snapshot=snapshots(scored)[0], basis=Basis.OFFICIAL)
    found = {(one.target.participant.code, one.target.indicator.code): one for one in rows}
    a, b = found["P-A", "CT1.1"], found["P-B", "CT1.1"]
    assert (a.pace, a.value, b.pace) == (Pace.ON_TRACK, 60, Pace.BEHIND)
    left = (scored.ends_on - day(45)).days
    assert (b.needed and b.needed.missing, b.needed and b.needed.days_left) == (90, left)
    assert a.forecast is None  # two points make no line
    kept = found["P-A", "CT1.2"].kept
    assert kept is not None
    assert (kept.days, kept.of) == (45, (scored.ends_on - scored.starts_on).days + 1)
    assert found["P-A", "CT1.2"].needed is None


def test_the_list_holds_what_is_behind_and_the_broken_limit_first(scored: Campaign) -> None:
    found = read_early_warning(campaign=scored, snapshot=snapshots(scored)[0])
    assert [(one.target.participant.code, one.target.indicator.code) for one in found.warnings] == [("P-B", "CT1.1")]
    assert [one.target.participant.code for one in found.limits] == ["P-B", "P-A"]
    assert (found.kept, found.broken) == (1, 1)
    assert read_early_warning(campaign=scored, snapshot=snapshots(scored)[0], area=2).warnings == []


def test_a_line_that_ends_short_of_the_goal_is_warned_of_though_the_pace_is_kept(
    scored: Campaign, participant_a: Participant
) -> None:
    target = participant_a.targets.get(indicator__code="CT1.1")
    for index, value in ((3, 61), (4, 62), (5, 63)):
        period = scored.periods.order_by("ends_on")[index]
        make_measurement(target, period, value=value, sent_at=at(44), verdict="accepted", verdict_at=at(44, 12))
    found = read_early_warning(campaign=scored, snapshot=snapshots(scored)[0])
    assert [one.target.participant.code for one in found.warnings] == ["P-B", "P-A"]
    assert (found.warnings[1].pace, found.warnings[1].misses_goal) == (Pace.ON_TRACK, True)


def test_pages_show_every_unit_and_no_waiting_value(scored: Campaign, leader_b: User, staff: User) -> None:
    other = client_of(leader_b)
    for address, figure in zip(ADDRESSES[:2], ("80,00", "60,00"), strict=True):
        text = other.get(address).content.decode()
        assert figure in text
        assert "77,7777" not in text
        assert other.get(address, {"co-so": "tam-tinh"}).status_code == 404
    assert "77,7777" in client_of(staff).get(ADDRESSES[1], {"co-so": "tam-tinh"}).content.decode()


@pytest.mark.parametrize("basis", list(Basis))
def test_some_targets_are_figured_as_all_are(
    scored: Campaign, participant_a: Participant, participant_b: Participant, basis: Basis
) -> None:
    """Of some units or indicators values are found by another way: those of a period that still runs above all."""
    running = scored.periods.order_by("ends_on")[5]
    rising = scored.indicators.get(code="CT1.1")
    for unit, value in ((participant_a, 90), (participant_b, 30)):
        sent = at((running.starts_on - scored.starts_on).days + 2)
        make_measurement(unit.targets.get(indicator=rising), running, value=value, sent_at=sent, verdict="accepted",
                         verdict_at=sent + dt.timedelta(hours=1))  # fmt: skip
    last = running.ends_on - dt.timedelta(days=1)
    whole = Scope((scored.pk,), last, cut_off(last))
    every = {one.target_id: one for one in target_figures(whole, basis)}
    for narrow in (
        replace(whole, participant_ids=(participant_b.pk,)),
        replace(whole, indicator_ids=(rising.pk,)),
        replace(whole, participant_ids=(participant_a.pk,), indicator_ids=(rising.pk,)),
    ):
        found = target_figures(narrow, basis)
        assert found
        assert found == [every[one.target_id] for one in found]
    own = unit_figures(replace(whole, participant_ids=(participant_b.pk,)), basis)
    assert own.keys() == {participant_b.pk}
    assert own[participant_b.pk].total_bp == unit_figures(whole, basis)[participant_b.pk].total_bp
    value = next(one.value for one in every.values() if one.target_id == participant_b.targets.get(indicator=rising).pk)
    assert value == (300_000 if basis is Basis.PROVISIONAL else 100_000)


def test_who_brought_nothing_stands_before_who_waits_for_another(
    scored: Campaign, bloc: Bloc, provider_participant: Participant, viewer: User
) -> None:
    indicator = make_indicator(scored.areas.get(number=1), "CT1.3", provider=provider_participant)
    waits = make_participant(scored, unit=make_unit("A0", name="An Đông"), bloc=bloc)
    nothing = make_participant(scored, unit=make_unit("Y0", name="Yên Sở"), bloc=bloc)
    targets = [make_target(indicator, unit, baseline=0, goal=100) for unit in (waits, nothing)]
    period = scored.periods.order_by("ends_on")[1]
    make_measurement(targets[1], period, value=0, sent_at=at(20), verdict="accepted", verdict_at=at(21))
    score_day(scored, 46)
    page = client_of(viewer).get("/bang-xep-hang/chi-tieu/CT1.3/").content.decode().partition("<tbody")[2]
    assert page.index("Yên Sở") < page.index("An Đông")


@pytest.mark.parametrize(
    ("name", "status"),
    [("staff", 200), ("chairman", 200), ("auditor", 200), ("leader_a", 404), ("viewer", 404), ("secretary", 404)],
)
def test_the_warning_list_is_for_those_in_charge(scored: Campaign, cast: Any, name: str, status: int) -> None:
    assert client_of(cast[name]).get("/canh-bao-som/").status_code == status


def test_only_who_may_ask_is_offered_to_ask(scored: Campaign, chairman: User, auditor: User) -> None:
    asking = "Yêu cầu giải trình"
    assert asking in client_of(chairman).get("/canh-bao-som/").content.decode()
    assert asking not in client_of(auditor).get("/canh-bao-som/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/bang-xep-hang/noi-dung/9/",
        "/bang-xep-hang/chi-tieu/x/",
        "/canh-bao-som/?khoi=x",
        "/canh-bao-som/?noi-dung=x",
        "/canh-bao-som/?co-so=tam-tinh",
    ],
)
def test_what_is_not_there_is_not_found(scored: Campaign, staff: User, address: str) -> None:
    assert client_of(staff).get(address).status_code == 404


def test_an_area_out_of_use_is_not_there(scored: Campaign, staff: User) -> None:
    scored.areas.update(is_active=False)
    assert [client_of(staff).get(address).status_code for address in ADDRESSES[:2]] == [404, 404]


def test_pages_cost_the_same_with_2_and_20_units(scored: Campaign, bloc: Bloc, staff: User) -> None:
    client = client_of(staff)
    indicators = list(scored.indicators.all())

    def costs() -> list[int]:
        found = []
        for address in (*ADDRESSES, "/canh-bao-som/?xem=gioi-han"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    for _ in range(18):
        participant = make_participant(scored, bloc=bloc)
        for indicator in indicators:
            make_measurement(make_target(indicator, participant), sent_at=at(20), verdict="accepted", verdict_at=at(21))
    score_day(scored, 45)
    assert costs() == few


def test_the_chart_scales_over_the_goal_and_marks_what_is_expected() -> None:
    rows = [{"name": "A <b>", "bp": 11000, "expected_bp": 5000}, {"name": "B", "bp": 0}, {"name": "C", "bp": None}]
    drawn = str(goal_bars(rows, "Nhãn", "mục tiêu"))
    assert 'width="430"' in drawn  # the longest bar fills the room
    assert drawn.count('class="expected"') == 1
    assert "A &lt;b&gt;" in drawn
    assert "heat-na" in drawn
    assert str(goal_bars([], "Nhãn", "mục tiêu")) == ""


def test_many_units_are_shown_page_by_page_and_bloc_by_bloc(
    scored: Campaign, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.views.blocs.ROWS", 1)
    client = client_of(staff)
    area, indicator, _ = ADDRESSES
    names = [one.name for one in Participant.objects.filter(campaign=scored).order_by("code")]  # A is ahead

    def shown(address: str) -> list[bool]:
        page = client.get(address).content.decode()
        return [f">{name}</a>" in page for name in names]

    assert shown(area) == shown(indicator) == [True, False]
    assert shown(f"{area}?page=2") == shown(f"{indicator}?page=2") == [False, True]
    bloc = Bloc.objects.get(campaign=scored)
    assert shown(f"{area}?khoi={bloc.code}&page=2") == [False, True]
    assert client.get(f"{area}?khoi=x").status_code == 404


def test_a_city_is_warned_bloc_by_bloc(scored: Campaign, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_participant(scored, bloc=make_bloc(scored, "Z9"))
    target = make_target(scored.indicators.get(code="CT1.1"), other, baseline=0, goal=100)
    period = scored.periods.order_by("ends_on")[1]
    make_measurement(target, period, value=5, sent_at=at(20), verdict="accepted", verdict_at=at(21))
    score_day(scored, 46)
    client, address = client_of(staff), ADDRESSES[2]
    assert f">{other.name}</a>" in client.get(address).content.decode()
    monkeypatch.setattr("scoring.views.blocs.ROWS", 2)
    assert f">{other.name}</a>" not in client.get(address).content.decode()
    assert f">{other.name}</a>" in client.get(f"{address}?khoi=Z9").content.decode()
