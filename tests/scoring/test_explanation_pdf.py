"""The explanation as a PDF: the page's figures, all of them, and nothing of others' papers."""

from __future__ import annotations

import pypdfium2
import pytest
from django.utils import translation

from campaigns.calendar import cut_off
from campaigns.display import points, signed_points
from scoring.enums import Basis
from scoring.explain import Explanation, explain
from scoring.explanation_pdf import explanation_pdf
from scoring.models import UnitScore
from tests.factories import make_organiser
from tests.scoring.generation import MEDIUM, random_campaign
from tests.scoring.loading import load, run

pytestmark = pytest.mark.django_db
SENDER = "Người Gửi Kín"


@pytest.fixture
def found() -> Explanation:
    """A unit with areas, formulas, points and reports in its explanation."""
    source = random_campaign(320, MEDIUM)
    campaign = load(source)
    run(campaign, source.end)
    rows = UnitScore.objects.filter(campaign=campaign, basis=Basis.OFFICIAL).select_related("participant__campaign")
    day, moment = source.end, cut_off(source.end)
    explained = [
        explain(participant=row.participant, score=row, day=day, cut_off=moment, basis=Basis.OFFICIAL) for row in rows
    ]
    found = max(explained, key=lambda one: (bool(one.reports), len(one.bonus) + len(one.penalties), len(one.areas)))
    for area in found.areas:
        for row in (row for line in area.lines for row in line.sources):
            row.measurement.sent_by, row.measurement.sent_by_name = None, SENDER
    return found


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return " ".join(" ".join(pages).split())


def test_every_figure_of_the_explanation_stands_in_it(found: Explanation) -> None:
    make_organiser()
    with translation.override("vi"):
        text = text_of(explanation_pdf(found, sees_records=True))
        assert found.areas
        assert found.reports
        for bp in (found.score.base_bp, found.score.total_bp, found.score.penalty_bp):
            assert points(bp) in text
        for area in found.areas:
            assert f"{area.area.number}. {area.area.name}: {points(area.score_bp)}" in text
            for line in area.lines:
                assert f"{line.formula} → {points(line.figure.achievement_bp)}" in text
                assert f"{points(line.contribution_bp)} / {points(line.potential_bp)}" in text
        assert all(signed_points(entry.points_bp) in text for entry in (*found.bonus, *found.penalties))
        assert SENDER in text


def test_who_sent_and_the_papers_are_for_those_who_may_see_them(found: Explanation) -> None:
    with translation.override("vi"):
        text = text_of(explanation_pdf(found, sees_records=False))
    assert points(found.score.total_bp) in text
    assert SENDER not in text
    for entry in (*found.bonus, *found.penalties):
        assert entry.reason not in text
        assert entry.document_number not in text


def test_the_same_explanation_is_the_same_file(found: Explanation) -> None:
    assert explanation_pdf(found, sees_records=True) == explanation_pdf(found, sees_records=True)
