"""``manage.py audit_verify [--json] [--head SEQ:HASH]``: check that nobody touched the audit trail."""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.queries.audit import Trail, verify


def exported_head(text: str) -> tuple[int, str]:
    """Read ``SEQ:HASH`` as an earlier check printed it."""
    match = re.fullmatch(r"(\d+):([0-9a-f]{64})", text.strip())
    if match is None:
        raise ArgumentTypeError("a head is SEQ:HASH, as an earlier check printed it")
    return int(match[1]), match[2]


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

    def handle(self, *, head: list[tuple[int, str]], json: bool, **_options: Any) -> None:
        trail = verify(heads=[pair for pair in head if pair[0]])
        if json:
            self.stdout.write(as_json(trail))
        if trail.fault is not None:
            raise CommandError(trail.fault.sentence)
        if not json:
            self.stdout.write(sentence(trail))


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
