"""``manage.py audit_verify [--json] [--head SEQ:HASH] [--against FILE] [--export FILE]``: nobody touched the trail."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.audit_heads import add_head, parse_head, read_heads
from campaigns.queries.audit import Trail, verify


def exported_head(text: str) -> tuple[int, str]:
    """Read ``SEQ:HASH`` as an earlier check printed it."""
    try:
        return parse_head(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Check the audit trail from its first entry; names the first thing that is wrong and then exits with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            type=exported_head,
            metavar="SEQ:HASH",
            help="a head exported earlier that must still stand in the trail (may be repeated)",
        )
        parser.add_argument(
            "--against",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a file of exported heads, each of which must still stand in the trail (may be repeated)",
        )
        parser.add_argument(
            "--export",
            type=Path,
            metavar="FILE",
            help="as --against, and where nothing is wrong the head of now is added to the file",
        )

    def handle(
        self, *, head: list[tuple[int, str]], against: list[Path], export: Path | None, json: bool, **_options: Any
    ) -> None:
        heads = [*head, *kept_heads(against, export)]
        last = dict(heads)
        for sequence, kept in heads:
            if last[sequence] != kept:
                raise CommandError(f"Two heads of entry {sequence} differ: one of them was never the trail's.")
        trail = verify(heads=[pair for pair in heads if pair[0]])
        if json:
            self.stdout.write(as_json(trail))
        if trail.fault is not None:
            raise CommandError(trail.fault.sentence)
        if export is not None:
            add_head(export, trail.head, now=timezone.now())
        if not json:
            self.stdout.write(sentence(trail))


def kept_heads(against: list[Path], export: Path | None) -> list[tuple[int, str]]:
    """Every head in the named files; the one to be exported to need not exist yet. Raises CommandError."""
    files = [*against, *([export] if export is not None and export.exists() else [])]
    try:
        return [pair for file in files for pair in read_heads(file)]
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error


def as_json(trail: Trail) -> str:
    """The result for a program: ``fault`` is null where the trail is whole."""
    return json.dumps({"ok": trail.fault is None, **asdict(trail)}, ensure_ascii=False)


def sentence(trail: Trail) -> str:
    """The result of a check that found nothing wrong, with the head to keep for a later one."""
    words = {"count": trail.entries, "head": trail.head}
    whole = ngettext(
        "The audit trail is whole: %(count)s entry, head %(head)s.",
        "The audit trail is whole: %(count)s entries, head %(head)s.",
        trail.entries,
    )
    erased = _(" Erased by law: the content of %(erased)s of them.") % {"erased": trail.erased} if trail.erased else ""
    return whole % words + erased
