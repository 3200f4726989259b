"""The portal works as the role that owns nothing, from a draft to a score (PostgreSQL)."""

from __future__ import annotations

import os

import pytest
from django.db import connection, transaction

from campaigns.actions import audit
from campaigns.actions.outbox import enqueue
from campaigns.actions.outbox_work import work
from campaigns.models import AuditEntry, DraftValue, Measurement, OutboxMessage
from scoring.models import ScoreRun
from tests import factories as make

NOW = make.at(60)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_normal_flows_work_as_the_role() -> None:
    """The whole of Django works as the application: locks, drafts, sending, a verdict, the trail, the outbox, a run."""
    draft = DraftValue.objects.create(report=make.make_report(), target=make.make_target(), typed="1.234,5")
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {os.environ['DATABASE_APP_ROLE']}")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == os.environ["DATABASE_APP_ROLE"]
        measurement = make.make_measurement()
        make.make_revision(make.make_revision().target, effective_from=make.day(50))
        draft.delete()
        with transaction.atomic():
            Measurement.objects.select_for_update(of=("self",)).get(pk=measurement.pk)
            assert Measurement.objects.write_verdict(
                measurement.pk, verdict="accepted", verdict_at=NOW, verified_value=measurement.value
            )
            enqueue(topic="score.refresh", key=str(measurement.target.campaign_id), now=NOW)
            audit.record(action="test.flow", subject=measurement, by=None, now=NOW)
        work(clock=lambda: NOW)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert OutboxMessage.objects.values_list("state", "last_error").get() == ("done", "")
    assert ScoreRun.objects.values_list("status", "error").get() == ("done", "")
    assert AuditEntry.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_test_has_the_rights_of_the_role_that_serves_requests():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == os.environ["DATABASE_APP_ROLE"]


@pytest.mark.owner
@pytest.mark.postgres
@pytest.mark.django_db
def test_a_test_marked_so_has_the_owners():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] != os.environ["DATABASE_APP_ROLE"]
