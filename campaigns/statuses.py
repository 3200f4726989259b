"""The one status vocabulary: how every state of the product looks on screen.

A state's word comes from its enum (or from the caller); its tone and icon stand here, so that the same
state has the same colour and sign on every page. Tones: ok, info, warn, bad, hold, muted.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Status:
    """How one state is shown."""

    label: str | Promise  # the word people read
    tone: str  # ok, info, warn, bad, hold or muted: the colour pair
    icon: str  # name of a sprite symbol; colour is never the only sign


UNKNOWN = Status(pgettext_lazy("status", "Unknown"), "muted", "question-circle")

STATUSES: dict[str, dict[str, Status]] = {
    "campaign": {
        "preparation": Status(pgettext_lazy("campaign", "In preparation"), "muted", "pencil"),
        "open": Status(pgettext_lazy("campaign", "Running"), "ok", "flag"),
        "closing": Status(pgettext_lazy("campaign", "Figures being settled"), "warn", "hourglass-split"),
        "closed": Status(pgettext_lazy("campaign", "Closed"), "muted", "lock"),
    },
    "period": {
        "upcoming": Status(pgettext_lazy("period", "Not open yet"), "muted", "calendar-event"),
        "open": Status(pgettext_lazy("period", "Open"), "ok", "unlock"),
        "late": Status(pgettext_lazy("period", "Past due, still open"), "warn", "clock-history"),
        "locked": Status(pgettext_lazy("period", "Locked"), "muted", "lock"),
        "exception": Status(pgettext_lazy("period", "Open by exception"), "info", "unlock"),
    },
    "report": {
        "not_owed": Status(pgettext_lazy("report", "Nothing due"), "muted", "dash"),
        "not_started": Status(pgettext_lazy("report", "Not started"), "muted", "circle"),
        "draft": Status(pgettext_lazy("report", "Draft"), "info", "pencil"),
        "submitted": Status(pgettext_lazy("report", "Submitted"), "info", "send"),
        "returned": Status(pgettext_lazy("report", "Returned"), "warn", "arrow-return-left"),
        "verified": Status(pgettext_lazy("report", "Verified"), "ok", "check-circle"),
        "late": Status(pgettext_lazy("report", "Late"), "warn", "clock-history"),
        "overdue": Status(pgettext_lazy("report", "Past due"), "warn", "exclamation-circle"),
        "missing": Status(pgettext_lazy("report", "Missing"), "bad", "x-circle"),
        "waived": Status(pgettext_lazy("report", "Waived"), "muted", "shield-check"),
    },
    "timeliness": {
        "on_time": Status(pgettext_lazy("report", "On time"), "ok", "check-lg"),
        "late": Status(pgettext_lazy("report", "Late"), "warn", "clock-history"),
        "missing": Status(pgettext_lazy("report", "Missing"), "bad", "x-circle"),
        "waived": Status(pgettext_lazy("report", "Waived"), "muted", "shield-check"),
        "not_due": Status(pgettext_lazy("report", "Not due yet"), "muted", "calendar-event"),
    },
    "verdict": {
        "pending": Status(pgettext_lazy("verdict", "Waiting for a verdict"), "info", "hourglass-split"),
        "accepted": Status(pgettext_lazy("verdict", "Accepted"), "ok", "check-circle"),
        "adjusted": Status(pgettext_lazy("verdict", "Adjusted"), "warn", "pencil-square"),
        "returned": Status(pgettext_lazy("verdict", "Returned"), "bad", "arrow-return-left"),
    },
    "confirmation": {
        "pending": Status(pgettext_lazy("confirmation", "Waiting for confirmation"), "warn", "hourglass-split"),
        "confirmed": Status(pgettext_lazy("confirmation", "Confirmed"), "ok", "check-circle"),
        "refused": Status(pgettext_lazy("confirmation", "Refused"), "bad", "x-circle"),
        "voided": Status(pgettext_lazy("confirmation", "Voided"), "muted", "slash-circle"),
    },
    "basis": {
        "official": Status(pgettext_lazy("basis", "Official"), "ok", "patch-check"),
        "provisional": Status(pgettext_lazy("basis", "Provisional"), "hold", "hourglass-split"),
    },
    "class": {
        "excellent": Status(_("Completed with excellence"), "ok", "star"),
        "good": Status(_("Completed well"), "info", "check-circle"),
        "completed": Status(pgettext_lazy("class", "Completed"), "muted", "check-lg"),
        "not_completed": Status(_("Not completed"), "bad", "exclamation-triangle"),
    },
    "pace": {
        "fulfilled": Status(pgettext_lazy("pace", "Fulfilled"), "ok", "check-circle"),
        "on_track": Status(pgettext_lazy("pace", "On track"), "ok", "arrow-up-right"),
        "at_risk": Status(pgettext_lazy("pace", "At risk"), "warn", "exclamation-circle"),
        "behind": Status(pgettext_lazy("pace", "Behind"), "bad", "exclamation-triangle"),
        "within_limit": Status(pgettext_lazy("pace", "Within the limit"), "ok", "shield-check"),
        "over_limit": Status(pgettext_lazy("pace", "Over the limit"), "bad", "exclamation-triangle"),
        "no_data": Status(pgettext_lazy("pace", "Not reported"), "muted", "dash"),
        "stale": Status(pgettext_lazy("pace", "Out of date"), "warn", "clock-history"),
        "left_out": Status(pgettext_lazy("pace", "Left out"), "muted", "dash-circle"),
    },
    "gate": {
        "hold": Status(pgettext_lazy("gate", "On hold"), "hold", "pause-circle"),
        "exclusion": Status(pgettext_lazy("gate", "Excluded"), "bad", "slash-circle"),
    },
    "eligibility": {
        "eligible": Status(pgettext_lazy("eligibility", "Eligible"), "ok", "check-circle"),
        "not_eligible": Status(pgettext_lazy("eligibility", "Not eligible"), "bad", "x-circle"),
        "on_hold": Status(pgettext_lazy("eligibility", "On hold"), "hold", "pause-circle"),
    },
    "rule": {
        "passed": Status(pgettext_lazy("rule", "Passed"), "ok", "check-lg"),
        "failed": Status(pgettext_lazy("rule", "Not passed"), "bad", "x-lg"),
        "not_applicable": Status(pgettext_lazy("rule", "Not applicable"), "muted", "dash"),
    },
    "proposal": {
        "draft": Status(pgettext_lazy("proposal", "Draft"), "muted", "pencil"),
        "submitted": Status(pgettext_lazy("proposal", "Submitted"), "info", "send"),
        "appraised": Status(pgettext_lazy("proposal", "Appraised"), "info", "clipboard-check"),
        "council": Status(pgettext_lazy("proposal", "Before the council"), "info", "people"),
        "dossier": Status(pgettext_lazy("proposal", "Waiting for a decision"), "warn", "archive"),
        "approved": Status(pgettext_lazy("proposal", "Approved"), "ok", "check-circle"),
        "rejected": Status(pgettext_lazy("proposal", "Rejected"), "bad", "x-circle"),
        "refused": Status(pgettext_lazy("proposal", "Refused at appraisal"), "bad", "slash-circle"),
        "not_passed": Status(pgettext_lazy("proposal", "Not passed by the council"), "bad", "x-lg"),
        "returned": Status(pgettext_lazy("proposal", "Returned"), "warn", "arrow-return-left"),
        "withdrawn": Status(pgettext_lazy("proposal", "Withdrawn"), "muted", "dash-circle"),
        "issued": Status(pgettext_lazy("proposal", "Issued"), "ok", "award"),
        "revoked": Status(pgettext_lazy("proposal", "Revoked"), "bad", "slash-circle"),
    },
    "vote": {
        "for": Status(pgettext_lazy("vote", "For"), "ok", "check-lg"),
        "against": Status(pgettext_lazy("vote", "Against"), "bad", "x-lg"),
        "abstain": Status(pgettext_lazy("vote", "Abstained"), "muted", "dash"),
    },
    "agenda": {
        "waiting": Status(pgettext_lazy("agenda item", "Waiting"), "muted", "hourglass-split"),
        "open": Status(pgettext_lazy("agenda item", "Being voted on"), "info", "unlock"),
        "closed": Status(pgettext_lazy("agenda item", "Closed"), "ok", "lock"),
    },
    "ballot": {
        "passed": Status(pgettext_lazy("ballot", "Passed"), "ok", "check-lg"),
        "tie": Status(pgettext_lazy("ballot", "A tie: not passed"), "bad", "x-lg"),
        "no_majority": Status(pgettext_lazy("ballot", "Not passed"), "bad", "x-lg"),
        "no_quorum": Status(pgettext_lazy("ballot", "No quorum"), "warn", "people"),
    },
    "session": {
        "planned": Status(pgettext_lazy("session", "Planned"), "info", "calendar-event"),
        "held": Status(pgettext_lazy("session", "Held"), "ok", "calendar-check"),
    },
    "dossier": {
        "preparing": Status(pgettext_lazy("dossier", "In preparation"), "muted", "pencil"),
        "presented": Status(pgettext_lazy("dossier", "Submitted"), "info", "send"),
    },
    "run": {
        "queued": Status(pgettext_lazy("run", "Queued"), "muted", "hourglass-split"),
        "running": Status(pgettext_lazy("run", "Running"), "info", "arrow-repeat"),
        "done": Status(pgettext_lazy("run", "Done"), "ok", "check-circle"),
        "failed": Status(pgettext_lazy("run", "Failed"), "bad", "exclamation-triangle"),
    },
    "job": {
        "queued": Status(pgettext_lazy("job", "Queued"), "muted", "hourglass-split"),
        "working": Status(pgettext_lazy("job", "At work"), "info", "arrow-repeat"),
        "done": Status(pgettext_lazy("job", "Done"), "ok", "check-circle"),
        "failed": Status(pgettext_lazy("job", "Failed"), "bad", "exclamation-triangle"),
    },
    "thread": {
        "open": Status(pgettext_lazy("thread", "Waiting for an answer"), "warn", "hourglass-split"),
        "answered": Status(pgettext_lazy("thread", "Answered"), "info", "chat-left-text"),
        "upheld": Status(pgettext_lazy("thread", "Upheld"), "ok", "check-circle"),
        "dismissed": Status(pgettext_lazy("thread", "Dismissed"), "bad", "x-circle"),
        "closed": Status(pgettext_lazy("thread", "Closed"), "muted", "lock"),
        "withdrawn": Status(pgettext_lazy("thread", "Withdrawn"), "muted", "dash-circle"),
        "overdue": Status(pgettext_lazy("thread", "Overdue"), "bad", "exclamation-triangle"),
    },
    "appeal": {
        "open": Status(pgettext_lazy("appeal", "Waiting for its outcome"), "warn", "hourglass-split"),
    },
    "outbox": {
        "pending": Status(pgettext_lazy("outbox", "Pending"), "muted", "hourglass-split"),
        "claimed": Status(pgettext_lazy("outbox", "Claimed"), "info", "arrow-repeat"),
        "done": Status(pgettext_lazy("outbox", "Done"), "ok", "check-circle"),
        "dead": Status(pgettext_lazy("outbox", "Given up"), "bad", "exclamation-triangle"),
    },
    "save": {
        "saved": Status(pgettext_lazy("save", "Saved"), "ok", "cloud-check"),
        "saving": Status(pgettext_lazy("save", "Saving…"), "info", "arrow-repeat"),
        "failed": Status(pgettext_lazy("save", "Not saved"), "bad", "cloud-slash"),
    },
}


def status(group: str, value: str) -> Status:
    """Return how a state is shown; a state nobody has entered here reads "Unknown" and looks muted."""
    return STATUSES.get(group, {}).get(value, UNKNOWN)
