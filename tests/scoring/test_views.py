"""The score pages: who sees what, canaries between twin units, one query count for 3 and 40 units."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Bloc, Campaign, Participant, User
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun
from tests.cast import client_of
from tests.factories import (
    at,
    attach,
    day,
    make_area,
    make_file,
    make_indicator,
    make_measurement,
    make_participant,
    make_points,
    make_target,
)
from tests.scoring.loading import run

pytestmark = pytest.mark.django_db
CANARY = "ZZA-canary"


def score_day(campaign: Campaign, number: int) -> ScoreRun:
    row = run(campaign, day(number))
    row.status, row.finished_at = RunStatus.DONE, timezone.now()
    row.save()
    return row


@pytest.fixture
def scored(campaign: Campaign, bloc: Bloc, participant_a: Participant, participant_b: Participant) -> Campaign:
    """Two twin units, one verified value each, and A with a value that waits, a note, a paper and points."""
    indicator = make_indicator(make_area(campaign, 1), "CT1.1")
    for participant in (participant_a, participant_b):
        make_measurement(make_target(indicator, participant), value=60, verdict="accepted")
    target = make_target(make_indicator(indicator.area, "CT1.2"), participant_a)
    waiting = make_measurement(target, value="77.7777", note=CANARY)
    attach(waiting, make_file(participant_a, name=f"{CANARY}.pdf"))
    make_points(participant_a, points_bp=150, reason=CANARY, document_number=CANARY, holds_from=day(1))
    score_day(campaign, 10)
    return campaign


def pages(participant: Participant) -> dict[str, str]:
    return {
        "board": reverse("scoring:leaderboard"),
        "unit": reverse("scoring:unit", args=[participant.code]),
        "explanation": reverse("scoring:explanation", args=[participant.code]),
        "fragment": reverse("scoring:provisional_fragment", args=[participant.pk]),
    }


READERS = ("leader_a", "reporter_a", "leader_b", "provider", "staff", "secretary", "chairman", "auditor")


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("page", ["board", "unit", "explanation"])
def test_official_scores_are_seen_by_every_reader(
    scored: Campaign, participant_a: Participant, provider_participant: Participant, cast: Any, name: str, page: str
) -> None:
    assert client_of(cast[name]).get(pages(participant_a)[page]).status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [("leader_a", 200), ("reporter_a", 200), ("staff", 200), ("auditor", 200), ("leader_b", 404), ("provider", 404)],
)
def test_unverified_figures_are_the_units_own(
    scored: Campaign, participant_a: Participant, cast: Any, name: str, status: int
) -> None:
    client, addresses = client_of(cast[name]), pages(participant_a)
    assert client.get(addresses["unit"], {"co-so": "tam-tinh"}).status_code == status
    assert client.get(addresses["explanation"], {"co-so": "tam-tinh"}).status_code == status
    assert client.get(addresses["fragment"]).status_code == status


@pytest.mark.parametrize("page", ["board", "unit", "explanation", "fragment"])
def test_nobody_sees_scores_without_signing_in(
    scored: Campaign, participant_a: Participant, deactivated: User, page: str
) -> None:
    assert Client().get(pages(participant_a)[page]).status_code == 302
    assert client_of(deactivated).get(pages(participant_a)[page]).status_code == 302


def test_notes_papers_and_waiting_values_stay_with_the_unit(
    scored: Campaign, participant_a: Participant, leader_a: User, leader_b: User
) -> None:
    own, other = client_of(leader_a), client_of(leader_b)
    explanation = pages(participant_a)["explanation"]
    assert CANARY in own.get(explanation).content.decode()
    assert "77,7777" in own.get(explanation).content.decode()
    for page in ("board", "unit", "explanation"):
        text = other.get(pages(participant_a)[page]).content.decode()
        assert CANARY not in text
        assert "77,7777" not in text


@pytest.mark.parametrize("query", ["ngay=x", "ngay=2001-01-01", "co-so=x", "khoi=x"])
def test_what_is_not_there_is_not_found(scored: Campaign, staff: User, query: str) -> None:
    assert client_of(staff).get(f"{reverse('scoring:leaderboard')}?{query}").status_code == 404


def test_a_campaign_without_scores_has_a_board_that_says_so(
    campaign: Campaign, participant_a: Participant, leader_a: User
) -> None:
    client, addresses = client_of(leader_a), pages(participant_a)
    assert client.get(addresses["board"]).status_code == 200
    assert client.get(addresses["unit"]).status_code == 200
    assert client.get(addresses["explanation"]).status_code == 404


def test_pages_cost_the_same_with_3_and_40_units(
    scored: Campaign, bloc: Bloc, participant_a: Participant, leader_a: User
) -> None:
    client, addresses = client_of(leader_a), pages(participant_a)
    indicator = participant_a.targets.order_by("pk")[0].indicator

    def costs(units: int) -> dict[str, int]:
        while bloc.participants.count() < units:
            make_measurement(make_target(indicator, make_participant(scored, bloc=bloc)), verdict="accepted")
        score_day(scored, 10)
        found = {}
        for name, address in addresses.items():
            client.get(address)  # what is read once a session
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found[name] = len(queries)
        return found

    assert costs(3) == costs(40)


@pytest.mark.parametrize(("name", "status"), [("staff", 302), ("auditor", 403), ("superuser", 403), ("leader_a", 302)])
def test_a_day_is_scored_again_from_the_history_by_staff_only(
    scored: Campaign, cast: Any, name: str, status: int
) -> None:
    first = ScoreRun.objects.get()
    person = cast[name]
    User.objects.filter(pk=person.pk).update(is_staff=name != "leader_a")
    answer = client_of(person).post(reverse("admin:scoring_scorerun_rerun", args=[first.pk]))
    assert answer.status_code == status
    queued = ScoreRun.objects.exclude(pk=first.pk)
    expected = [(first.day, RunTrigger.MANUAL, person.pk)] if name == "staff" else []
    assert list(queued.values_list("day", "trigger", "requested_by")) == expected


def test_the_history_is_read_only(scored: Campaign, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    client, run_id = client_of(staff), ScoreRun.objects.get().pk
    assert client.get(reverse("admin:scoring_scorerun_changelist")).status_code == 200
    assert client.get(reverse("admin:scoring_scorerun_change", args=[run_id])).status_code == 200
    assert client.get(reverse("admin:scoring_scorerun_add")).status_code == 403
    assert client.post(reverse("admin:scoring_scorerun_delete", args=[run_id])).status_code == 403


def test_only_the_provisional_basis_is_marked_provisional(scored: Campaign, staff: User) -> None:
    """The running day's official figures say until when they count, and are no less official for it."""
    ScoreRun.objects.update(cut_off=at(10, 14, 5))
    client, address = client_of(staff), reverse("scoring:leaderboard")
    mark = '<span class="status status-hold">'
    official = client.get(address).content.decode()
    assert "tính đến 14:05" in official
    assert mark not in official
    assert mark in client.get(address, {"co-so": "tam-tinh"}).content.decode()
