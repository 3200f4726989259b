"""Fixed vocabularies of the campaign domain. Pure: standard library and Django's choices only."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What a person may be; held with dates (product.md, roles)."""

    UNIT_REPORTER = "unit_reporter", _("Unit reporter")
    UNIT_LEADER = "unit_leader", _("Unit leader")
    INTERNAL_AFFAIRS = "internal_affairs", _("Internal Affairs staff")
    COUNCIL = "council", _("Council member")
    COUNCIL_SECRETARY = "council_secretary", _("Council secretary")
    CHAIRMAN = "chairman", _("Chairman")
    VICE_CHAIRMAN = "vice_chairman", _("Vice-chairman by delegation")
    PUBLISHER = "publisher", _("Publisher")
    VIEWER = "viewer", _("Viewer")
    AUDITOR = "auditor", _("Auditor")


#: Roles that belong to one unit; every other role belongs to the organiser as a whole.
UNIT_ROLES = (Role.UNIT_REPORTER, Role.UNIT_LEADER)


class OrganiserLevel(TextChoices):
    """Level of the body that launches campaigns (domain.md section 7)."""

    DISTRICT = "district", _("District")
    COMMUNE = "commune", _("Commune")
    WARD = "ward", _("Ward")
    PROVINCE = "province", _("Province or city")


class UnitKind(TextChoices):
    """Kind of a unit; the workbook's fixed choices of column "Loại"."""

    DIVISION = "division", _("Division")
    BOARD = "board", _("Board")
    WARD = "ward", _("Ward (phường)")
    COMMUNE = "commune", _("Commune (xã)")
    PUBLIC_SERVICE = "public_service", _("Public service unit")
    POLICE = "police", _("Police")
    MILITARY = "military", _("Military")
    VERTICAL = "vertical", _("Vertical agency")
    FRONT = "front", _("Fatherland Front and mass organisations")
    OTHER = "other", pgettext_lazy("unit kind", "Other")


class CampaignStatus(TextChoices):
    """Life of a campaign. PREPARATION → OPEN → CLOSED, back only with a reason."""

    PREPARATION = "preparation", pgettext_lazy("campaign", "In preparation")
    OPEN = "open", pgettext_lazy("campaign", "Running")
    CLOSED = "closed", pgettext_lazy("campaign", "Closed")


class IndicatorKind(TextChoices):
    """How achievement is computed (scoring.md, Achievement)."""

    INCREASE = "increase", pgettext_lazy("indicator kind", "Increase")
    DECREASE = "decrease", pgettext_lazy("indicator kind", "Decrease")
    MAINTAIN = "maintain", pgettext_lazy("indicator kind", "Maintain")
    MILESTONE = "milestone", pgettext_lazy("indicator kind", "Milestone")


class ReportingMode(TextChoices):
    """What a reported number means: the total so far, or the amount in the period."""

    CUMULATIVE = "cumulative", pgettext_lazy("reporting mode", "Cumulative")
    INCREMENT = "increment", pgettext_lazy("reporting mode", "In the period")


class Frequency(TextChoices):
    """In which periods a target is owed (scoring.md, reporting penalty)."""

    EVERY_PERIOD = "every_period", pgettext_lazy("frequency", "Every period")
    MONTHLY = "monthly", pgettext_lazy("frequency", "Monthly")
    AT_END = "at_end", pgettext_lazy("frequency", "At the end")


class VerdictOutcome(TextChoices):
    """The three verdicts on a measurement; written once."""

    ACCEPTED = "accepted", pgettext_lazy("verdict", "Accepted")
    ADJUSTED = "adjusted", pgettext_lazy("verdict", "Adjusted")
    RETURNED = "returned", pgettext_lazy("verdict", "Returned")


class GateForm(TextChoices):
    """A hold keeps awards waiting; an exclusion also takes the rank away."""

    HOLD = "hold", pgettext_lazy("gate", "On hold")
    EXCLUSION = "exclusion", pgettext_lazy("gate", "Excluded")


class ReportState(TextChoices):
    """State of one unit's report for one period, as the board shows it."""

    NOT_STARTED = "not_started", pgettext_lazy("report", "Not started")
    DRAFT = "draft", pgettext_lazy("report", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "Submitted")
    RETURNED = "returned", pgettext_lazy("report", "Returned")
    VERIFIED = "verified", pgettext_lazy("report", "Verified")


class EntryKind(TextChoices):
    """What a drafted box holds."""

    EMPTY = "empty", pgettext_lazy("entry", "Empty")
    NUMBER = "number", pgettext_lazy("entry", "Number")
    SHARE = "share", pgettext_lazy("entry", "Numerator and denominator")
    NOTHING = "nothing", pgettext_lazy("entry", "Nothing to report")


class OutboxState(TextChoices):
    """Life of an outbox row: the database is the queue of record."""

    PENDING = "pending", pgettext_lazy("outbox", "Pending")
    CLAIMED = "claimed", pgettext_lazy("outbox", "Claimed")
    DONE = "done", pgettext_lazy("outbox", "Done")
    DEAD = "dead", pgettext_lazy("outbox", "Given up")


class ThreadState(TextChoices):
    """State of an explanation or an appeal."""

    OPEN = "open", pgettext_lazy("thread", "Waiting for an answer")
    ANSWERED = "answered", pgettext_lazy("thread", "Answered")
    UPHELD = "upheld", pgettext_lazy("thread", "Upheld")
    DISMISSED = "dismissed", pgettext_lazy("thread", "Dismissed")
    CLOSED = "closed", pgettext_lazy("thread", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("thread", "Withdrawn")


class NoticeKind(TextChoices):
    """What a notice is about: what people choose by in their preferences."""

    VALUE = "value", _("Values returned or adjusted")
    EXPLANATION = "explanation", _("Explanations asked for and answered")
    APPEAL = "appeal", _("Appeals lodged and settled")
    REMINDER = "reminder", _("Reminders of reports")
    DEADLINE = "deadline", _("Deadlines: late exceptions, waivers, opening and closing")
    PROPOSAL = "proposal", _("Steps of award proposals")
    SCORE = "score", _("Changes of scores overnight")
    ANNOUNCEMENT = "announcement", _("Announcements to all units")
    OTHER = "other", pgettext_lazy("notice", "Other notices")


class NoticeChannel(TextChoices):
    """How a person wants to be told."""

    MAIL = "mail", pgettext_lazy("notice", "By e-mail and in the portal")
    PORTAL = "portal", pgettext_lazy("notice", "In the portal only")
    NONE = "none", pgettext_lazy("notice", "Not at all")


class MailState(TextChoices):
    """Life of an e-mail."""

    WAITING = "waiting", pgettext_lazy("mail", "Waiting")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    FAILED = "failed", pgettext_lazy("mail", "Failed")


class ReminderAudience(TextChoices):
    """Who a rung of the reminder ladder speaks to."""

    UNIT = "unit", _("The unit's leader and reporter")
    STAFF = "staff", _("Internal Affairs staff")


class PreviewState(TextChoices):
    """Whether a file's pages could be drawn."""

    READY = "ready", pgettext_lazy("preview", "Ready")
    FAILED = "failed", pgettext_lazy("preview", "Cannot be drawn")


class FaultKind(TextChoices):
    """What is wrong with a stored file."""

    MISSING = "missing", pgettext_lazy("evidence", "Missing on disk")
    CHANGED = "changed", pgettext_lazy("evidence", "Changed on disk")


class ApiScope(TextChoices):
    """What a key of the data interface may read."""

    CAMPAIGNS = "campaigns", _("campaigns and units")
    SCORES = "scores", _("scores")
    AWARDS = "awards", _("awards")
