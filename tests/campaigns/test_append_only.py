"""Kept records are refused by the database itself, whatever code asks; on PostgreSQL also by the role's rights."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from decimal import Decimal

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.utils import InternalError, NotSupportedError

from campaigns import app_role, append_only
from campaigns.actions import audit
from campaigns.models import (
    Activity,
    AuditEntry,
    AuditHead,
    AuditPayload,
    EvidenceFile,
    Explanation,
    Incident,
    Measurement,
    MeasurementEvidence,
    Reopening,
    Submission,
    TargetRevision,
    ThreadMessage,
)
from scoring.models import ScoreRun, TargetScore
from tests import factories as make

pytestmark = pytest.mark.owner

NOW = make.at(60)


def _measurement() -> Measurement:
    return make.make_measurement()


def _entry() -> AuditEntry:
    with transaction.atomic():
        return audit.record(action="test.act", subject=None, by=None, now=NOW, after={"a": 1})


def _message() -> ThreadMessage:
    asker = make.make_user()
    explanation = Explanation.objects.create(
        target=make.make_target(), question="Vì sao?", asked_by=asker, asked_at=NOW, answer_by=NOW.date()
    )
    return ThreadMessage.objects.create(explanation=explanation, text="Vì mưa", written_by=asker, written_at=NOW)


def _incident() -> Incident:
    return Incident.objects.create(
        target=make.make_target(), happened_on=NOW.date(), recorded_by=make.make_user(), recorded_at=NOW
    )


def _activity() -> Activity:
    return Activity.objects.create(
        participant=make.make_participant(),
        title="Ra quân",
        held_on=NOW.date(),
        entered_by=make.make_user(),
        entered_at=NOW,
    )


def _target_score() -> TargetScore:
    target = make.make_target()
    run = ScoreRun.objects.create(campaign=target.campaign, day=NOW.date(), trigger="final", requested_at=NOW)
    return TargetScore.objects.create(
        run=run, target=target, basis="official", is_fulfilled=True, is_counted=True, weight_e2=100
    )


#: What is kept for ever: how to make a row, and a column that somebody would like to change.
KEPT: dict[type[models.Model], tuple[Callable[[], models.Model], str, object]] = {
    Measurement: (_measurement, "value", Decimal(99)),
    Submission: (make.make_submission, "sent_at", NOW),
    MeasurementEvidence: (lambda: make.attach(_measurement()), "file_id", 0),
    EvidenceFile: (make.make_file, "sha256", "0" * 64),
    TargetRevision: (make.make_revision, "goal", Decimal(1)),
    Reopening: (
        lambda: Reopening.objects.create(measurement=_measurement(), until=NOW),
        "until",
        NOW + dt.timedelta(1),
    ),
    ThreadMessage: (_message, "text", "Vì nắng"),
    Incident: (_incident, "count", 5),
    Activity: (_activity, "people", 5),
    AuditEntry: (_entry, "action", "something.else"),
    AuditPayload: (lambda: _entry().payload, "content", '{"who":"somebody else"}'),
    TargetScore: (_target_score, "achievement_bp", 10000),
}


def _raw_update(row: models.Model, **columns: object) -> None:
    """An UPDATE past every model and queryset of ours."""
    models.QuerySet.update(models.QuerySet(type(row)).filter(pk=row.pk), **columns)


@pytest.mark.django_db
def test_every_protected_table_has_its_triggers() -> None:
    assert append_only.missing(connection) == []
    assert {model._meta.db_table for model in KEPT} <= append_only.RULES.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_a_kept_row_is_neither_changed_nor_deleted(model: type[models.Model]) -> None:
    create, column, value = KEPT[model]
    row = create()
    before = model._base_manager.filter(pk=row.pk).values().get()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _raw_update(row, **{column: value})
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")

    assert model._base_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.django_db
def test_without_the_triggers_the_same_statements_would_pass() -> None:
    """Else the test above proves nothing."""
    row = _measurement()
    append_only.drop(connection)
    _raw_update(row, value=Decimal(99))
    assert Measurement.objects.get().value == 99
    append_only.install(connection)


@pytest.mark.django_db
def test_a_verdict_is_written_once() -> None:
    row = _measurement()
    verdict = {"verdict": "accepted", "verdict_at": NOW, "verified_value": row.value}
    _raw_update(row, **verdict)
    for change in ({"verdict": "returned", "verified_value": None, "verdict_reason": "Sai"}, {"verdict_at": NOW}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            _raw_update(row, **change)
    assert Measurement.objects.values_list("verdict", "verdict_reason").get() == ("accepted", "")


@pytest.mark.django_db
def test_a_verdict_cannot_smuggle_another_value_in() -> None:
    row = _measurement()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _raw_update(row, verdict="accepted", verdict_at=NOW, verified_value=Decimal(99), value=Decimal(99))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _raw_update(row, verdict_reason="a verdict's column without a verdict")
    assert Measurement.objects.values_list("verdict", "value").get() == ("", 50)


@pytest.mark.django_db
def test_a_revision_learns_its_end_once() -> None:
    row = make.make_revision()
    _raw_update(row, superseded_from=make.day(50))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _raw_update(row, superseded_from=make.day(60))
    assert TargetRevision.objects.get().superseded_from == make.day(50)


@pytest.mark.django_db
def test_the_head_of_the_chain_only_goes_forward_by_one() -> None:
    _entry()
    head = AuditHead.objects.get()
    for step in (-1, 0, 2):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            _raw_update(head, sequence=head.sequence + step, hash="0" * 64)
    _entry()
    assert AuditHead.objects.get().sequence == head.sequence + 1


@pytest.mark.django_db
def test_a_payload_may_be_erased_whole_by_the_owner() -> None:
    entry = _entry()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _raw_update(entry.payload, content="")  # the salt would let the content be guessed
    _raw_update(entry.payload, content="", salt="")
    assert AuditPayload.objects.values_list("content", "salt").get() == ("", "")


@pytest.mark.django_db(transaction=True)
def test_triggers_and_head_are_back_after_the_tables_were_emptied_first() -> None:
    _entry()


@pytest.mark.django_db
def test_triggers_and_head_are_back_after_the_tables_were_emptied_then() -> None:
    assert append_only.missing(connection) == []
    assert AuditHead.objects.values_list("pk", "sequence").get() == (1, 0)


def test_two_rules_for_one_table_are_refused() -> None:
    with pytest.raises(ValueError, match="another rule"):
        append_only.protect(append_only.Rule("campaigns_measurement"))


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_command_says_that_sqlite_has_no_roles() -> None:
    with pytest.raises(CommandError, match="no roles"):
        call_command("secure_database", role="anybody")


# --- the application's role on PostgreSQL ----------------------------------------------------------------


@pytest.fixture
def app_connection(transactional_db: None) -> Iterator[object]:
    """The application role's own connection to the test database."""
    settings = connection.settings_dict
    link = psycopg2.connect(
        dbname=settings["NAME"],
        user=os.environ["DATABASE_APP_ROLE"],
        host=settings["OPTIONS"].get("host") or settings["HOST"],
        port=settings["PORT"] or None,
    )
    link.autocommit = True
    yield link
    link.close()


STATEMENTS = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table} CASCADE",
    "DROP TRIGGER {table}_no_update ON {table}",
)


@pytest.mark.postgres
@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_the_role_has_no_right_to_it(model: type[models.Model], app_connection) -> None:
    KEPT[model][0]()
    with app_connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
        assert cursor.fetchone()[0] > 0
        for statement in STATEMENTS:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement.format(table=model._meta.db_table, column=KEPT[model][1]))


@pytest.mark.postgres
def test_the_role_may_write_a_verdict_and_nothing_else(app_connection) -> None:
    row = _measurement()
    with app_connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_measurement SET verdict = 'accepted', verdict_at = sent_at, verified_value = value"
        )
        assert cursor.rowcount == 1
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("UPDATE campaigns_measurement SET sent_at = sent_at")
        with pytest.raises(psycopg2.errors.IntegrityError):
            cursor.execute("UPDATE campaigns_measurement SET verdict = 'returned'")
    row.refresh_from_db()
    assert row.verdict == "accepted"


@pytest.mark.postgres
def test_the_role_creates_nothing(app_connection) -> None:
    with app_connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE stolen AS SELECT 1")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("ALTER FUNCTION portal_append_only() RENAME TO nothing")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SET session_replication_role = replica")  # would silence every trigger


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_command_binds_a_role_and_may_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLE_PASSWORD", "mot-mat-khau-rat-dai")
    assert call_command("secure_database", role="portal_other", password_env="ROLE_PASSWORD").startswith(
        "Role portal_other created; rights set on "
    )
    with connection.cursor() as cursor:  # whoever widened a right by hand finds it gone after the next time
        cursor.execute("GRANT DELETE, UPDATE (value) ON campaigns_measurement TO portal_other")
    assert "kept" in call_command("secure_database", role="portal_other")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('portal_other', 'campaigns_measurement', 'DELETE'),"
            " has_column_privilege('portal_other', 'campaigns_measurement', 'value', 'UPDATE'),"
            " has_column_privilege('portal_other', 'campaigns_measurement', 'verdict', 'UPDATE')"
        )
        assert cursor.fetchone() == (False, False, True)


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_owner_is_refused_as_the_applications_role(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    with pytest.raises(CommandError, match="cannot be the application's role"):
        call_command("secure_database", role=owner)
    monkeypatch.delenv("NO_SUCH_VARIABLE", raising=False)
    with pytest.raises(CommandError, match="NO_SUCH_VARIABLE is empty"):
        call_command("secure_database", role="portal_other", password_env="NO_SUCH_VARIABLE")


@pytest.mark.postgres
@pytest.mark.django_db
def test_kept_tables_cannot_be_truncated_even_by_the_owner() -> None:
    for table in append_only.RULES.keys() & set(connection.introspection.table_names()):
        with (
            pytest.raises((IntegrityError, InternalError, NotSupportedError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_every_right_is_on_a_table_that_exists() -> None:
    tables = set(connection.introspection.table_names())
    assert (app_role.DELETABLE | app_role.READ_ONLY | app_role.INSERT_ONLY) - tables == set()
    assert append_only.RULES.keys() - tables == set()
    assert app_role.DELETABLE & append_only.RULES.keys() == set()
