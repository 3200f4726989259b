"""``manage.py document_layouts``: measure every document's layout from a written file against Decree 30/2020."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from awards.documents.kinds import KINDS
from awards.documents.write import write
from awards.enums import DocumentKind
from campaigns.documents.measure import DECREE, measure

TABLE = Path(settings.BASE_DIR) / "docs" / "documents.md"
BEGIN, END = "<!-- measured -->", "<!-- end -->"


def measured_table() -> str:
    """Return the table as it stands in docs/documents.md: a row a figure, a column a document."""
    figures = {kind: measure(write(kind, own.sample(), body_size=14)) for kind, own in KINDS.items()}
    names = [str(DocumentKind(kind).label) for kind in figures]
    lines = [
        "| | Decree 30/2020 | " + " | ".join(names) + " |",
        "|---|---|" + "---|" * len(names),
    ]
    for name, (asked, holds, shown) in DECREE.items():
        cells = [_words(shown(found)) + ("" if holds(found) else " ✗") for found in figures.values()]
        lines.append(f"| {name} | {asked} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


_WORDS = {"bold": "đậm", "italic": "nghiêng", "both": "dàn đều", "PAGE ": "", "centre": "giữa", ".": ","}


def _words(text: str) -> str:
    for english, vietnamese in _WORDS.items():
        text = text.replace(english, vietnamese)
    return text


class Command(BaseCommand):
    help = "Measure every document's layout against Decree 30/2020; --write puts the table into docs/documents.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/documents.md")

    def handle(self, *args: Any, **options: Any) -> None:
        table = measured_table()
        if options["write"]:
            before, _begin, rest = TABLE.read_text("utf-8").partition(BEGIN)
            after = rest.partition(END)[2]
            TABLE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")
        print(table)
