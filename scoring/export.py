"""Scores out (workbook.md): the figures of one campaign's day as data, and as JSON, CSV or an Excel file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from campaigns.models import Campaign, Indicator

from .enums import Basis, ScoreClass
from .models import UnitScore
from .queries import Scope, TargetFigure, target_figures

#: The format's own words, whatever the language of the reader.
CLASS_NAMES = {
    ScoreClass.EXCELLENT: "Hoàn thành xuất sắc",
    ScoreClass.GOOD: "Hoàn thành tốt",
    ScoreClass.COMPLETED: "Hoàn thành",
    ScoreClass.NOT_COMPLETED: "Chưa hoàn thành",
}
_FIGURES = (
    "total_bp",
    "base_bp",
    "bonus_bp",
    "penalty_bp",
    "fulfilled_bp",
    "coverage_bp",
    "late_reports",
    "missing_reports",
    "rank",
)
_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n")


def exported_scores(*, campaign: Campaign, day: dt.date, basis: Basis, cut_off: dt.datetime) -> dict[str, Any]:
    """Return what the run of the day stored, with the targets its expressions derive; units by code points."""
    codes = dict(Indicator.objects.filter(campaign=campaign).values_list("pk", "code"))
    targets: dict[int, dict[str, Any]] = defaultdict(dict)
    for figure in target_figures(Scope((campaign.pk,), day, cut_off), basis):
        targets[figure.participant_id][codes[figure.indicator_id]] = _target(figure)
    rows = UnitScore.objects.filter(campaign=campaign, day=day, basis=basis).select_related("participant__bloc")
    return {
        "campaign": campaign.code,
        "date": day.isoformat(),
        "basis": str(basis.value),
        "units": [
            _unit(row, targets.get(row.participant_id, {}))
            for row in sorted(rows, key=lambda row: row.participant.code)
        ],
    }


def _unit(row: UnitScore, targets: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": row.participant.code,
        "bloc": row.participant.bloc.code,
        **{name: getattr(row, name) for name in _FIGURES},
        "class": CLASS_NAMES.get(ScoreClass(row.score_class)) if row.score_class else None,
        "areas": {number: row.areas[number] for number in sorted(row.areas, key=int)},
        "targets": {code: targets[code] for code in sorted(targets)},
    }


def _target(figure: TargetFigure) -> dict[str, Any]:
    value = None if figure.value is None else decimal_text(Decimal(figure.value).scaleb(-4))
    return {"value": value, "achievement_bp": figure.achievement_bp}


def decimal_text(value: Decimal) -> str:
    """Return a number with a decimal point and without trailing zeros: ``95.5``."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


# --- files -----------------------------------------------------------------------------------------------


def as_json(scores: dict[str, Any]) -> str:
    """Return the scores as JSON, readable by people too."""
    return json.dumps(scores, ensure_ascii=False, indent=2) + "\n"


def as_csv(scores: dict[str, Any]) -> str:
    """One line a unit, areas and targets in further columns; UTF-8 with the mark Excel looks for."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    areas, targets = _numbers(scores["units"]), _codes(scores["units"])
    head = [*_unit_head(), *(f"area:{number}" for number in areas)]
    for code in targets:
        head += [f"value:{code}", f"achievement_bp:{code}"]
    writer.writerow([safe_text(name) for name in head])
    for unit in scores["units"]:
        cells = [*_unit_cells(unit), *(unit["areas"].get(number) for number in areas)]
        for code in targets:
            target = unit["targets"].get(code, {})
            cells += [target.get("value"), target.get("achievement_bp")]
        writer.writerow([_cell(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def as_xlsx(scores: dict[str, Any]) -> bytes:
    """A sheet of the units and a sheet of their targets; every text is typed as text."""
    book = Workbook()
    areas = _numbers(scores["units"])
    book.remove(book.worksheets[0])
    units = book.create_sheet("Đơn vị")
    _append(units, [*_unit_head(), *(f"area:{number}" for number in areas)])
    for unit in scores["units"]:
        _append(units, [*_unit_cells(unit), *(unit["areas"].get(number) for number in areas)])
    targets = book.create_sheet("Chỉ tiêu")
    _append(targets, ["code", "indicator", "value", "achievement_bp"])
    for unit in scores["units"]:
        for code, target in unit["targets"].items():
            value = None if target["value"] is None else Decimal(target["value"])
            _append(targets, [unit["code"], code, value, target["achievement_bp"]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_text(text: str) -> str:
    """Return a text no spreadsheet takes for a formula; a number stays as it is."""
    if text.startswith(_LEADS) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _cell(value: Any) -> Any:
    return safe_text(value) if isinstance(value, str) else "" if value is None else value


def _append(sheet: Any, values: Sequence[Any]) -> None:
    sheet.append(list(values))
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.quotePrefix = cell.value.startswith(_LEADS)


def _unit_head() -> list[str]:
    return ["code", "bloc", *_FIGURES, "class"]


def _unit_cells(unit: dict[str, Any]) -> list[Any]:
    return [unit["code"], unit["bloc"], *(unit[name] for name in _FIGURES), unit["class"]]


def _numbers(units: Iterable[dict[str, Any]]) -> list[str]:
    return sorted({number for unit in units for number in unit["areas"]}, key=int)


def _codes(units: Iterable[dict[str, Any]]) -> list[str]:
    return sorted({code for unit in units for code in unit["targets"]})
