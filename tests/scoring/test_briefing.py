"""The briefing board, the order of the board, how close ranks are, and the history of runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Bloc, Campaign, Explanation, Participant, User
from scoring.enums import Basis, RunStatus, RunTrigger
from scoring.fairness import fairness_of
from scoring.meeting import read_meeting
from scoring.models import ScoreRun, UnitScore
from tests.cast import client_of
from tests.factories import at, day, make_area, make_indicator, make_measurement, make_participant, make_target

from .test_views import score_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(campaign: Campaign, bloc: Bloc, participant_a: Participant, participant_b: Participant) -> Campaign:
    """Day 10: A has 80, B 40 and an explanation asked of it, a third unit nearly as much as A."""
    indicator = make_indicator(make_area(campaign, 1), "CT1.1")
    third = make_participant(campaign, bloc=bloc, code="P-Z", name="Phường Z")
    for participant, value in ((participant_a, 80), (participant_b, 40), (third, "79.9")):
        target = make_target(indicator, participant, baseline=0, goal=100)
        make_measurement(target, value=value, sent_at=at(7), verdict="accepted", verdict_at=at(8))
    make_target(make_indicator(make_area(campaign, 2), "CT2.1"), third, baseline=100, goal=100)
    score_day(campaign, 9)
    score_day(campaign, 10)
    return campaign


def asked_of(participant: Participant, staff: User) -> Explanation:
    return Explanation.objects.create(
        target=participant.targets.get(), question="Vì sao?", asked_by=staff, asked_at=at(9), answer_by=day(12)
    )


def test_red_units_come_first_with_what_is_asked_of_them(
    scored: Campaign, participant_b: Participant, staff: User
) -> None:
    explanation = asked_of(participant_b, staff)
    rows = read_meeting(campaign=scored, day=day(10), today=day(13))
    assert [one.row.participant.code for one in rows] == ["P-Z", "P-B", "P-A"]
    assert [one.is_red for one in rows] == [True, True, False]
    assert [(cell.area.number, cell.score_bp) for cell in rows[0].red] == [(2, 0)]
    assert (rows[1].explanations, rows[1].overdue) == ([explanation], 1)
    assert read_meeting(campaign=scored, day=day(10), today=day(12))[1].overdue == 0
    assert read_meeting(campaign=scored, day=day(10), bloc="x", today=day(12)) == []


def test_the_briefing_is_for_those_in_charge(scored: Campaign, cast: Any) -> None:
    for name, status in (("staff", 200), ("chairman", 200), ("auditor", 200), ("leader_a", 404), ("viewer", 404)):
        assert client_of(cast[name]).get("/bang-xep-hang/giao-ban/").status_code == status
    staff = client_of(cast["staff"])
    assert staff.get("/bang-xep-hang/giao-ban/?khoi=x").status_code == 404
    assert staff.get("/bang-xep-hang/giao-ban/?co-so=tam-tinh").status_code == 404


def order(client: Any, word: str) -> list[str]:
    response = client.get("/bang-xep-hang/", {"sap-xep": word})
    assert response.status_code == 200
    return [line.row.participant.code for bloc in response.context["blocs"] for line in bloc["lines"]]


def test_the_board_is_sorted_as_asked(scored: Campaign, leader_a: User) -> None:
    client = client_of(leader_a)
    assert order(client, "")[0] == "P-A"
    assert order(client, "noi-dung-1") == ["P-B", "P-Z", "P-A"]
    assert order(client, "noi-dung-2")[0] == "P-Z"  # the others have no such area
    assert order(client, "thap-truoc")[-1] == "P-A"
    assert client.get("/bang-xep-hang/", {"sap-xep": "x"}).status_code == 404


def test_gaps_between_ranks_and_targets_carried(scored: Campaign) -> None:
    UnitScore.objects.filter(participant__code="P-Z").update(total_bp=7970, rank=2)
    UnitScore.objects.filter(participant__code="P-B").update(rank=3)
    UnitScore.objects.filter(participant__code="P-A").update(total_bp=8000)
    UnitScore.objects.filter(participant__code="P-B").update(total_bp=4000)
    found = fairness_of(list(UnitScore.objects.board(campaign=scored, day=day(10), basis=Basis.OFFICIAL)))
    assert found is not None
    assert [(gap.upper.participant.code, gap.points_bp, gap.is_close) for gap in found.gaps] == [
        ("P-A", 30, True),
        ("P-Z", 3970, False),
    ]
    assert (found.fewest, found.middle, found.most, found.is_uneven) == (1, 1, 2, True)


def test_how_close_ranks_are_is_for_those_in_charge(scored: Campaign, chairman: User, leader_a: User) -> None:
    words = "cách nhau"
    assert words in client_of(chairman).get("/bang-xep-hang/").content.decode()
    assert words not in client_of(leader_a).get("/bang-xep-hang/").content.decode()


def test_the_history_says_how_runs_went(scored: Campaign, auditor: User) -> None:
    failed = ScoreRun.objects.create(
        campaign=scored,
        day=day(10),
        trigger=RunTrigger.MANUAL,
        status=RunStatus.FAILED,
        requested_at=at(11),
        finished_at=at(11),
        error="Hết thời gian",
    )
    again = score_day(scored, 10)
    ScoreRun.objects.filter(pk=again.pk).update(checksum="a" * 64)
    ScoreRun.objects.exclude(pk__in=(again.pk, failed.pk)).update(checksum="a" * 64, finished_at=at(10))
    response = client_of(auditor).get("/lan-tinh-diem/")
    lines = {line.run.pk: line for line in response.context["lines"]}
    assert lines[again.pk].agrees is True
    assert lines[failed.pk].agrees is None
    text = response.content.decode()
    assert "Hết thời gian" in text
    assert "tinh-lai" not in text  # the auditor looks only
    only_failed = client_of(auditor).get("/lan-tinh-diem/", {"trang-thai": "failed"})
    assert [line.run.pk for line in only_failed.context["lines"]] == [failed.pk]
    assert client_of(auditor).get("/lan-tinh-diem/", {"trang-thai": "x"}).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("staff", 302), ("auditor", 403), ("chairman", 403), ("leader_a", 404)])
def test_a_day_is_scored_again_by_staff_only(scored: Campaign, cast: Any, name: str, status: int) -> None:
    first = ScoreRun.objects.get(day=day(10))
    client = client_of(cast[name])
    form = {"form_key": "k" * 24}
    for _ in range(2):
        assert client.post(f"/lan-tinh-diem/{first.pk}/tinh-lai/", form).status_code == status
    queued = ScoreRun.objects.filter(status=RunStatus.QUEUED)
    expected = [(first.day, RunTrigger.MANUAL, cast[name].pk)] if name == "staff" else []
    assert list(queued.values_list("day", "trigger", "requested_by")) == expected
    assert client.get(f"/lan-tinh-diem/{first.pk}/tinh-lai/").status_code == 405


def test_pages_cost_the_same_with_3_and_20_units(scored: Campaign, bloc: Bloc, staff: User) -> None:
    client, indicator = client_of(staff), scored.indicators.get(code="CT1.1")

    def costs() -> list[int]:
        found = []
        for address in ("/bang-xep-hang/giao-ban/", "/lan-tinh-diem/", "/bang-xep-hang/"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    for _ in range(17):
        make_target(indicator, make_participant(scored, bloc=bloc))
    for number in range(11, 20):
        score_day(scored, number)
    assert costs() == few
