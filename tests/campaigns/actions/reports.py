"""A unit with a few targets in its first period, and short ways to type and send."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from campaigns.actions.drafts import DraftEntry, ReportTexts, save_draft
from campaigns.actions.reporting import shown_digest, submit_report
from campaigns.enums import EntryKind
from campaigns.models import DraftValue, Participant, Period, Submission, Target, User
from campaigns.queries.reporting_grid import read_grid
from tests.factories import at

#: Inside the first period: it ends on day 7, is due on day 8 at 17:00 and locks three days later.
NOW = at(3)
TEXTS = ReportTexts("Kết quả", "Khó khăn", "Kiến nghị")


@dataclass
class Desk:
    """One person at one unit's report."""

    participant: Participant
    period: Period
    by: User
    now: dt.datetime = NOW

    def type(
        self, target: Target, text: str = "60", *, version: int | None = None, **columns: Any
    ) -> DraftValue | None:
        entry = DraftEntry(kind=columns.pop("kind", EntryKind.NUMBER), typed=text, **columns)
        if version is None:
            version = self.version(target)
        return save_draft(
            participant=self.participant,
            period=self.period,
            target=target.pk,
            entry=entry,
            version=version,
            by=self.by,
            now=self.now,
        )

    def version(self, target: Target) -> int:
        draft = DraftValue.objects.filter(
            report__participant=self.participant, report__period=self.period, target=target
        ).first()
        return draft.version if draft else 0

    def seen(self) -> str:
        return shown_digest(read_grid(participant=self.participant, period=self.period, now=self.now))

    def send(self, **changes: Any) -> Submission:
        arguments: dict[str, Any] = {
            "participant": self.participant,
            "period": self.period,
            "texts": ReportTexts(),
            "notes": {},
            "seen": changes.pop("seen", None) or self.seen(),
            "key": "k" * 20,
            "by": self.by,
            "now": self.now,
        }
        return submit_report(**{**arguments, **changes})
