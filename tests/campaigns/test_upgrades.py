"""What a migration says where rows of an earlier version break its rule."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from campaigns.models import Appeal
from tests.factories import at, day, make_campaign, make_participant, make_user


@pytest.mark.postgres  # SQLite cannot drop a rule inside a transaction; what is asked of the rows is the same
@pytest.mark.owner
@pytest.mark.django_db
def test_appeals_settled_by_whoever_lodged_them_are_named_before_anything_changes():
    migration = importlib.import_module("campaigns.migrations.0008_appeal_settled_by_another")
    rule = next(rule for rule in Appeal._meta.constraints if rule.name == "appeal_settled_by_another")
    unit = make_participant(make_campaign())
    lodged = {"participant": unit, "score_day": day(9), "grounds": "Tính lại", "lodged_at": at(9), "answer_by": day(20)}
    settled = {"state": "upheld", "outcome": "Đúng", "settled_at": at(10)}
    own, other = make_user(), make_user()
    Appeal.objects.create(**lodged, **settled, lodged_by=own, settled_by=other)
    connection.check_constraints()  # what waits for the end of the transaction would forbid the change of the table
    with connection.schema_editor() as editor:
        migration.name_what_breaks_the_rule(apps, editor)  # nothing to name
        editor.remove_constraint(Appeal, rule)
        broken = Appeal.objects.create(**lodged, **settled, lodged_by=own, settled_by=own)
        with pytest.raises(SystemExit, match=rf"Kiến nghị số {broken.pk} do chính"):
            migration.name_what_breaks_the_rule(apps, editor)
        for statement in _of_the_manual(f"({broken.pk})"):
            editor.execute(statement)
        connection.check_constraints()
        migration.name_what_breaks_the_rule(apps, editor)
        editor.add_constraint(Appeal, rule)
    broken.refresh_from_db()
    assert (broken.state, broken.settled_by, broken.version) == ("open", None, 2)


def _of_the_manual(keys: str) -> list[str]:
    """The statement by which docs/operations.md opens such appeals again, with their keys in it."""
    told = re.findall(r"`(UPDATE campaigns_appeal [^`]+);`", Path("docs/operations.md").read_text("utf-8"))
    assert len(told) == 1
    return [statement.replace("(…)", keys) for statement in told]
