"""The status vocabulary covers every state of the enums and names icons that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextChoices

from campaigns import enums
from campaigns.statuses import STATUSES, UNKNOWN, status
from scoring.enums import Basis, Pace, RunStatus, ScoreClass

SPRITE = Path(settings.BASE_DIR, "static/vendor/bootstrap-icons-1.13.2/icons.svg").read_text("utf-8")
ICONS = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
TONES = {"ok", "info", "warn", "bad", "hold", "muted"}


@pytest.mark.parametrize(
    ("group", "enum"),
    [
        ("campaign", enums.CampaignStatus),
        ("report", enums.ReportState),
        ("verdict", enums.VerdictOutcome),
        ("gate", enums.GateForm),
        ("outbox", enums.OutboxState),
        ("thread", enums.ThreadState),
        ("basis", Basis),
        ("class", ScoreClass),
        ("pace", Pace),
        ("run", RunStatus),
    ],
)
def test_every_state_of_an_enum_has_its_look_and_the_same_word(group: str, enum: type[TextChoices]):
    assert {value: str(STATUSES[group][value].label) for value in enum.values} == dict(enum.choices)


def test_tones_and_icons_exist():
    shown = [state for group in STATUSES.values() for state in group.values()] + [UNKNOWN]
    assert {state.tone for state in shown} == TONES
    assert {state.icon for state in shown} <= ICONS


def test_icons_named_in_templates_exist():
    named = set()
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        named |= set(re.findall(r'{% icon "([^"]+)"', text)) | set(re.findall(r'icon(?:_name)?="([^"]+)"', text))
    assert "house" in named
    assert named - ICONS == set()


def test_a_state_nobody_entered_looks_unknown():
    assert status("report", "dreaming") is UNKNOWN
    assert status("weather", "sunny") is UNKNOWN
