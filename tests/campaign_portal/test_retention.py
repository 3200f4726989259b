"""What is deleted after its time, exactly; what a person who has left leaves behind; what every column holds."""

import datetime as dt
import re
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessFailureLog, AccessLog
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from campaign_portal.retention import KEPT, erase_person, overdue, purge
from campaigns.actions.departures import leave
from campaigns.actions.people import set_password
from campaigns.actions.records import PlanRefused
from campaigns.append_only import RULES
from campaigns.enums import CampaignStatus, MailState, NoticeKind, OutboxState, Role
from campaigns.models import (
    AuditEntry,
    Campaign,
    DraftValue,
    IdempotencyKey,
    Mail,
    Measurement,
    Notice,
    OutboxMessage,
    RoleAssignment,
    User,
)
from campaigns.queries.audit import verify
from tests.factories import at, give_role, make_measurement, make_report, make_target, make_user

pytestmark = pytest.mark.owner

NOW = at(400)
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
INVENTORY = Path(settings.BASE_DIR) / "docs" / "data-inventory.tsv"


def days(key):
    return next(kept.days for kept in KEPT if kept.key == key)


def at_age(kind, model, column, /, **columns):
    """Make one row that is just as old as it may be, and one a second older; return the first."""
    limit = NOW - dt.timedelta(days=days(kind))
    rows = []
    for number, moment in enumerate((limit, limit - SECOND)):
        said = {name: value(number) if callable(value) else value for name, value in columns.items()}
        row = model.objects.create(**said)
        model.objects.filter(pk=row.pk).update(**{column: moment})
        rows.append(row)
    return rows[0]


@pytest.fixture
def old(db):
    """Each kind once in time and once too old."""
    person = make_user("lan")
    log = {"username": "lan", "ip_address": "10.0.0.1", "user_agent": "", "http_accept": "", "path_info": "/"}
    notice = {"person": person, "kind": NoticeKind.VALUE, "key": lambda n: f"k{n}", "title": "t", "url": "/"}
    letter = {"person": person, "address": "a@b.vn", "subject": "s", "text": "t", "created_at": NOW}
    work = {"topic": "x", "payload": {}, "created_at": NOW, "available_at": NOW}
    session = {"session_key": lambda n: f"s{n}", "session_data": "", "expire_date": NOW}
    listed = {"user": person, "ip": "10.0.0.1", "session_key": lambda n: f"u{n}"}
    form = {"actor": person, "key": lambda n: f"f{n}" * 8, "request_digest": "", "result": {}, "created_at": NOW}
    done = {"key": lambda n: f"o{n}", "state": OutboxState.DONE, **work}
    staying = [
        at_age("sessions", Session, "expire_date", **session),
        at_age("session_list", UserSession, "last_seen_at", **listed),
        at_age("form_keys", IdempotencyKey, "created_at", **form),
        at_age("failed_sign_ins", AccessFailureLog, "attempt_time", **log),
        at_age("sign_ins", AccessLog, "attempt_time", **log),
        at_age("finished_work", OutboxMessage, "finished_at", **done),
        at_age("read_notices", Notice, "read_at", created_at=NOW, **notice),
        at_age("notices", Notice, "created_at", **{**notice, "key": lambda n: f"n{n}", "created_at": NOW}),
        at_age(
            "letters", Mail, "created_at", message_id=lambda n: f"m{n}", state=MailState.SENT, sent_at=NOW, **letter
        ),
    ]
    Mail.objects.create(message_id="waits", state=MailState.WAITING, **{**letter, "created_at": NOW - 999 * DAY})
    OutboxMessage.objects.create(key="dead", state=OutboxState.DEAD, **{**work, "created_at": NOW - 999 * DAY})
    return staying


def test_what_is_older_than_its_time_goes_to_the_row_and_leaves_an_entry(old):
    expected = {
        "sessions", "session_list", "form_keys", "failed_sign_ins", "sign_ins", "finished_work", "read_notices",
        "notices", "letters",
    }  # fmt: skip
    assert {key for key, count in overdue(now=NOW).items() if count} == expected
    assert purge(now=NOW) == dict.fromkeys(expected, 1)
    for row in old:
        assert type(row).objects.filter(pk=row.pk).exists(), row
    assert Mail.objects.filter(message_id="waits").exists()
    assert OutboxMessage.objects.filter(key="dead").exists()
    assert AuditEntry.objects.get().action == "retention.purged"
    assert purge(now=NOW) == {}
    assert AuditEntry.objects.count() == 1
    assert verify().fault is None


def test_a_draft_goes_a_year_after_the_closing_and_what_was_sent_never(db):
    target = make_target()
    measurement = make_measurement(target)
    draft = DraftValue.objects.create(report=make_report(target.participant), target=target, typed="5")
    DraftValue.objects.update(updated_at=at(1))
    closed = NOW - dt.timedelta(days=days("drafts"))
    Campaign.objects.update(status=CampaignStatus.CLOSED, closed_at=closed, closing_day=closed.date())
    assert purge(now=NOW) == {}
    assert purge(now=NOW + SECOND) == {"drafts": 1}
    assert not DraftValue.objects.filter(pk=draft.pk).exists()
    assert Measurement.objects.filter(pk=measurement.pk).exists()


def test_no_rule_names_a_record():
    tables = {kept.older(NOW).model._meta.db_table for kept in KEPT}
    assert not tables & set(RULES)


def test_the_page_for_operators_tells_the_same_times():
    page = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text()
    section = page.split("## What is kept how long")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|", section, re.M) == [(kept.key, str(kept.days)) for kept in KEPT]


def test_the_command_shows_first_and_deletes_when_told(old, capsys, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    call_command("retention")
    assert "Nothing was deleted" in capsys.readouterr().out
    assert Notice.objects.count() == 4
    call_command("retention", "--do")
    assert Notice.objects.count() == 2


# ---- a person who has left


@pytest.fixture
def left(superuser):
    person = make_user("lan", full_name="Phạm Thị Lan", email="lan@example.vn", position="Chuyên viên")
    give_role(person, Role.VIEWER)
    make_measurement(sent_by=person, sent_by_name="Phạm Thị Lan")
    set_password(person_id=person.pk, password="mười lăm con cò", by=superuser, now=at(10))
    Notice.objects.create(person=person, kind=NoticeKind.VALUE, key="k", title="t", url="/", created_at=at(10))
    AccessLog.objects.create(username="lan", user_agent="", http_accept="", path_info="/")
    leave(person_id=person.pk, reason="Nghỉ hưu", by=superuser, now=at(20))
    return person


def erase(**said):
    return erase_person(**{"username": "lan", "document_number": "7/QĐ", "reason": "Theo đề nghị", "now": NOW, **said})


def test_a_person_is_erased_and_what_they_did_stands_under_a_pseudonym(left):
    erase()
    person = User.objects.get(pk=left.pk)
    assert person.full_name == f"Người dùng đã rời đơn vị {left.pk}"
    assert (person.username, person.email, person.position) == (f"da-roi-{left.pk}", "", "")
    assert "lan" not in person.search_text.split()
    assert not Notice.objects.exists()
    assert not AccessLog.objects.exists()
    assert RoleAssignment.objects.filter(user=person).exists()
    measurement = Measurement.objects.get()
    assert (measurement.sent_by, measurement.sent_by_name) == (person, "Phạm Thị Lan")  # who signed a report, as signed
    entries = {entry.action: entry.payload.content for entry in AuditEntry.objects.select_related("payload")}
    assert entries["person.password_set"] == entries["person.left"] == ""
    assert "7/QĐ" in entries["person.erased"]
    assert "Lan" not in "".join(entries.values())
    trail = verify()
    assert (trail.fault, trail.erased) == (None, 2)


@pytest.mark.parametrize("said", [{"document_number": " "}, {"reason": ""}])
def test_an_erasure_is_ordered_by_a_document_with_a_reason(left, said):
    with pytest.raises(PlanRefused):
        erase(**said)


def test_who_works_here_is_not_erased(superuser):
    make_user("lan")
    with pytest.raises(PlanRefused):
        erase()
    with pytest.raises(CommandError):
        call_command("erase_person", "nobody", "--document", "1", "--reason", "x")


# ---- the inventory


def test_every_column_is_classified_once():
    rows = [line.split("\t") for line in INVENTORY.read_text().splitlines() if line and not line.startswith("#")]
    assert rows[0] == ["model", "public", "personal", "secret", "operational"]
    told = {row[0]: [name for cell in row[1:] for name in cell.split() if name != "-"] for row in rows[1:]}
    there = {
        model._meta.label: sorted(field.name for field in model._meta.concrete_fields)
        for model in apps.get_models(include_auto_created=True)
    }
    assert {label: sorted(names) for label, names in told.items()} == there


def test_nothing_asks_for_what_the_portal_must_not_know():
    """No identity number, birthday, health or faith: such a column is not there to be filled."""
    forbidden = re.compile(r"cccd|cmnd|identity_number|birth|passport|health|religion|ethnic|phone", re.I)
    names = {field.name for model in apps.get_models() for field in model._meta.concrete_fields}
    assert not [name for name in names if forbidden.search(name)]
