"""``manage.py export_scores``: the reference's own JSON for the same campaign, files a spreadsheet takes, errors."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from campaigns.models import Campaign, Participant
from scoring.enums import Basis, RunStatus
from scoring.export import as_csv, as_xlsx, safe_text
from scoring.models import ScoreRun
from tests.factories import make_campaign
from tests.scoring.comparison import compare
from tests.scoring.generation import MEDIUM, SMALL, days_of_interest, random_campaign
from tests.scoring.loading import load
from tests.scoring.reference import score

pytestmark = pytest.mark.django_db


def exported(**options: Any) -> str:
    out = io.StringIO()
    call_command("export_scores", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(("seed", "size"), [*((seed, SMALL) for seed in range(200, 208)), (210, MEDIUM)])
def test_the_command_prints_what_the_reference_prints(seed: int, size: Any) -> None:
    source = random_campaign(seed, size)
    campaign = load(source)
    days = days_of_interest(source)
    for day in {days[0], days[len(days) // 2], days[-1]}:
        if not source.start <= day <= source.end:
            continue
        for basis in Basis.values:
            text = exported(campaign=campaign.code, date=day.isoformat(), basis=basis)
            assert compare(score(source, day, basis), json.loads(text)) == []


def test_a_day_without_a_run_is_computed_once() -> None:
    source = random_campaign(220, SMALL)
    campaign = load(source)
    asked = {"campaign": campaign.code, "date": source.end.isoformat()}
    first = exported(**asked)
    assert exported(**asked) == first
    assert [run.status for run in ScoreRun.objects.filter(campaign=campaign)] == [RunStatus.DONE]


def test_the_csv_holds_the_same_figures() -> None:
    source = random_campaign(221, SMALL)
    asked = {"campaign": load(source).code, "date": source.end.isoformat()}
    units = json.loads(exported(**asked))["units"]
    text = exported(**asked, format="csv")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["code"] for row in rows] == [unit["code"] for unit in units]
    for row, unit in zip(rows, units, strict=True):
        assert row["total_bp"] == ("" if unit["total_bp"] is None else str(unit["total_bp"]))
        for number, figure in unit["areas"].items():
            assert row[f"area:{number}"] == str(figure)
        for code, target in unit["targets"].items():
            assert row[f"value:{code}"] == (target["value"] or "")


def test_the_workbook_goes_to_a_file_and_types_texts_as_text(tmp_path: Path) -> None:
    source = random_campaign(222, SMALL)
    campaign = load(source)
    Participant.objects.filter(campaign=campaign, code=source.units[0].code).update(code='=HYPERLINK("x")')
    file = tmp_path / "scores.xlsx"
    exported(campaign=campaign.code, date=source.end.isoformat(), format="xlsx", output=str(file))
    cells = {cell.value: cell.data_type for cell in load_workbook(file)["Đơn vị"]["A"]}
    assert cells['=HYPERLINK("x")'] == "s"


@pytest.mark.parametrize("text", ["=1+1", "+84", "@x", "-x", "\tx", "\r=x"])
def test_no_text_of_a_csv_is_a_formula(text: str) -> None:
    scores = {"units": [{"code": text, "bloc": "A", "class": None, "areas": {}, "targets": {}, **_figures()}]}
    lines = csv.reader(io.StringIO(as_csv(scores).removeprefix("\ufeff"), newline=""))
    assert [line[0] for line in lines] == ["code", f"'{text}"]


def _figures() -> dict[str, int]:
    names = "total_bp base_bp bonus_bp penalty_bp fulfilled_bp coverage_bp late_reports missing_reports rank"
    return dict.fromkeys(names.split(), 0)


def test_negative_numbers_stay_numbers() -> None:
    assert safe_text("-12.5") == "-12.5"


def test_an_empty_campaign_gives_empty_files() -> None:
    assert as_csv({"units": []}).count("\r\n") == 1
    assert load_workbook(io.BytesIO(as_xlsx({"units": []}))).sheetnames == ["Đơn vị", "Chỉ tiêu"]


@pytest.fixture
def running(db: None) -> Campaign:
    return load(random_campaign(223, SMALL))


def test_an_unknown_campaign_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="KHONG-CO"):
        exported(campaign="KHONG-CO", date="2026-01-01")


def test_a_day_that_is_none_is_refused(running: Campaign) -> None:
    with pytest.raises(CommandError, match="31/02"):
        exported(campaign=running.code, date="31/02/2026")


def test_a_day_before_the_campaign_is_refused(running: Campaign) -> None:
    day = running.starts_on - dt.timedelta(days=1)
    with pytest.raises(CommandError, match=f"{day:%d/%m/%Y}"):
        exported(campaign=running.code, date=day.isoformat())


def test_a_day_to_come_is_refused(running: Campaign) -> None:
    with pytest.raises(CommandError, match="01/01/2999"):
        exported(campaign=running.code, date="2999-01-01")


def test_a_campaign_in_preparation_is_refused(db: None) -> None:
    campaign = make_campaign("CHUA-MO", status="preparation", opened_at=None)
    with pytest.raises(CommandError, match="CHUA-MO"):
        exported(campaign=campaign.code, date=campaign.starts_on.isoformat())
    assert not ScoreRun.objects.exists()
