"""The status vocabulary covers every state of the award enums, with the same word."""

import pytest
from django.db.models import TextChoices

from awards.enums import DossierState, JobState, LineResult, Outcome, ProposalState, SessionState, VoteChoice, VoteState
from campaigns.statuses import STATUSES


@pytest.mark.parametrize(
    ("group", "enum"),
    [
        ("eligibility", Outcome),
        ("rule", LineResult),
        ("proposal", ProposalState),
        ("session", SessionState),
        ("dossier", DossierState),
        ("vote", VoteChoice),
        ("agenda", VoteState),
        ("job", JobState),
    ],
)
def test_every_state_of_an_enum_has_its_look_and_the_same_word(group: str, enum: type[TextChoices]):
    assert {value: str(STATUSES[group][value].label) for value in enum.values} == dict(enum.choices)
