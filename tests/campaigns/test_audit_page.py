"""The audit page: found without diacritics, said in words, taken away as text, and the state of its chain."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.actions.audit import record
from campaigns.audit_words import ACTIONS
from campaigns.models import Holiday, Participant, User
from tests.cast import client_of
from tests.factories import at

pytestmark = pytest.mark.django_db
PAGE = "campaigns:own_trail"
FORMULAS = ('=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "＝1+1", "\t=1")


def leave(by: User, participant: Participant | None = None, *, action: str = "points.entered", **said: Any) -> None:
    with transaction.atomic():
        record(action=action, subject=None, by=by, now=at(10), participant=participant, **said)


@pytest.mark.parametrize("text", ["hoa an", "HOÀ AN", "diem", "nhap diem hoa"])
def test_words_are_found_without_diacritics(staff: User, auditor: User, participant_a: Participant, text: str) -> None:
    Participant.objects.filter(pk=participant_a.pk).update(name="Phường Hoà An")
    unit = participant_a.unit
    unit.name = "Phường Hoà An"
    unit.set_search_columns()
    unit.save()
    leave(staff, participant_a, reason="tìm thấy")
    leave(staff, action="holiday.created", reason="không liên quan")
    page = client_of(auditor).get(reverse(PAGE), {"text": text}).content.decode()
    assert "tìm thấy" in page
    assert "không liên quan" not in page


def test_the_kind_of_object_narrows_the_trail(staff: User, auditor: User) -> None:
    holiday = Holiday.objects.create(day=dt.date(2026, 9, 2), name="Quốc khánh")
    with transaction.atomic():
        record(action="holiday.created", subject=holiday, by=staff, now=at(10), reason="ngày lễ")
    leave(staff, reason="chuyện khác")
    page = client_of(auditor).get(reverse(PAGE), {"subject_type": "campaigns.holiday"}).content.decode()
    assert "ngày lễ" in page
    assert "chuyện khác" not in page


def test_the_page_costs_the_same_with_1_and_60_entries(
    staff: User, auditor: User, participant_a: Participant, django_assert_num_queries: Any
) -> None:
    client = client_of(auditor)
    leave(staff, participant_a)
    client.get(reverse(PAGE))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(PAGE))
    for _turn in range(59):
        leave(staff, participant_a)
    with django_assert_num_queries(len(few)):
        client.get(reverse(PAGE))


@pytest.mark.parametrize("name", ["staff", "auditor"])
def test_the_filtered_trail_is_taken_away_as_text(
    cast: Any, staff: User, participant_a: Participant, name: str
) -> None:
    for text in FORMULAS:
        leave(staff, participant_a, reason=text, after={"name": text})
    leave(staff, action="holiday.created", reason="không lấy")
    answer = client_of(cast[name]).get(reverse("campaigns:trail_export"), {"action": "points.entered"})
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(isinstance(cell.value, int) for cell in cells if cell.data_type == "n")
    said = [row[8].value for row in sheet.iter_rows(min_row=2)]
    assert sorted(text.strip() for text in said) == sorted(text.strip() for text in FORMULAS)


@pytest.mark.parametrize(
    ("name", "status"), [("leader_a", 403), ("chairman", 404), ("superuser", 404), ("viewer", 404)]
)
def test_nobody_else_takes_it_away(cast: Any, name: str, status: int) -> None:
    for address in ("campaigns:trail_export", "campaigns:trail_check"):
        assert client_of(cast[name]).get(reverse(address)).status_code == status


def test_the_chain_is_checked_and_its_state_is_said(staff: User, auditor: User) -> None:
    leave(staff)
    client = client_of(auditor)
    assert "chưa kiểm tra" in client.get(reverse(PAGE)).content.decode()
    client.get(reverse("campaigns:trail_check"))
    assert "Chuỗi nguyên vẹn đến" in client.get(reverse(PAGE)).content.decode()


def test_a_unit_reads_no_head_and_no_addresses(leader_a: User, staff: User, participant_a: Participant) -> None:
    leave(staff, participant_a, reason="của đơn vị")
    page = client_of(leader_a).get(reverse("campaigns:own_trail")).content.decode()
    assert "của đơn vị" in page
    assert "Mã băm" not in page


def test_every_act_of_the_sources_has_words() -> None:
    """An act that shows its code on the page was forgotten in audit_words.py."""
    root = Path(__file__).resolve().parents[2]
    written = re.compile(r'\baction="([a-z_]+\.[a-z_]+)"')
    acts = {
        act
        for app in ("campaigns", "scoring", "awards", "campaign_portal")
        for path in (root / app).rglob("*.py")
        for act in written.findall(path.read_text("utf-8"))
    }
    assert len(acts) > 20
    assert acts - ACTIONS.keys() == set()
