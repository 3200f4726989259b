"""What awards keeps as it was written: past the models, the database itself refuses."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from awards.models import Award, CouncilTally, Decision, DossierItem, FundMovement, ProposalEvent
from campaigns.append_only import RULES, missing
from campaigns.models.report import AppendOnlyError
from tests.factories import at

from .makers import Office

pytestmark = pytest.mark.django_db

#: Raw changes of an issued proposal's records, each of which must be refused.
REFUSED = [
    "UPDATE awards_decision SET verdict = 'reject'",
    "UPDATE awards_decision SET decided_by_id = drafted_by_id",
    "DELETE FROM awards_decision",
    "UPDATE awards_proposalevent SET reason = 'khác'",
    "DELETE FROM awards_proposalevent",
    "UPDATE awards_counciltally SET votes_for = 0",
    "DELETE FROM awards_counciltally",
    "UPDATE awards_award SET bonus = bonus + 1",
    "UPDATE awards_award SET revoked_on = NULL, bonus = 0",
    "DELETE FROM awards_award",
    "UPDATE awards_awarddecision SET number = 'khác'",
    "DELETE FROM awards_awarddecision",
    "UPDATE awards_fundmovement SET amount = -1",
    "DELETE FROM awards_fundmovement",
    "UPDATE awards_dossier SET title = 'khác'",
    "UPDATE awards_dossier SET state = 'preparing', digest = ''",
    "DELETE FROM awards_dossier",
    "UPDATE awards_dossieritem SET digest = 'khác'",
    "DELETE FROM awards_dossieritem",
]


def test_raw_changes_are_refused_by_the_database() -> None:
    Office().issued()
    allowed = []
    for statement in REFUSED:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
            allowed.append(statement)
        except DatabaseError:
            continue
    assert allowed == []


def test_every_rule_has_its_triggers() -> None:
    assert {table for table in RULES if table.startswith("awards_")} >= {
        "awards_decision",
        "awards_proposalevent",
        "awards_award",
        "awards_fundmovement",
    }
    assert [name for name in missing(connection) if name.startswith("awards_")] == []


@pytest.mark.parametrize("model", [Decision, ProposalEvent, CouncilTally, Award, FundMovement])
def test_the_models_refuse_too(model: type) -> None:
    Office().issued()
    row = model.objects.first()  # type: ignore[attr-defined]  # a model
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        model.objects.all().delete()  # type: ignore[attr-defined]
    with pytest.raises(AppendOnlyError):
        model.objects.update(pk=1)  # type: ignore[attr-defined]


def test_what_is_written_once_cannot_be_written_again() -> None:
    office = Office()
    proposal = office.issued()
    decision = Decision.objects.get(proposal=proposal)
    assert Decision.objects.write_once(decision.pk, empty="superseded_at", superseded_at=at(60))
    assert not Decision.objects.write_once(decision.pk, empty="superseded_at", superseded_at=at(61))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE awards_decision SET superseded_at = NULL")
    assert DossierItem.objects.get(proposal=proposal).digest
