"""Reading the sample's tables: tab-separated, one header line, Vietnamese numbers ("1,15")."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"

Row = dict[str, str]


def table(name: str) -> list[Row]:
    """Return the rows of ``data/<name>.tsv``; a line with too few or too many cells is a ValueError."""
    with (DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as handle:
        lines = list(csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    header = lines[0]
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            raise ValueError(f"{name}.tsv, line {number}: {len(line)} cells, {len(header)} expected")
    return [dict(zip(header, (cell.strip() for cell in line), strict=True)) for line in lines[1:]]


def number(text: str) -> Decimal | None:
    """Return a table's number (comma before decimals), or None for an empty cell."""
    return Decimal(text.replace(",", ".")) if text else None


def required(text: str) -> Decimal:
    """Return a number that must be there; an empty cell is a ValueError."""
    found = number(text)
    if found is None:
        raise ValueError("a number is missing")
    return found


def people_by_unit() -> dict[str, tuple[str, str]]:
    """Return unit code -> (full name of the head, full name of the reporter)."""
    return {row["Mã đơn vị"]: (row["Người đứng đầu"], row["Người báo cáo"]) for row in table("units")}
