"""Fixed vocabularies of awards. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecipientKind(TextChoices):
    """Who may receive an award (Law on Emulation and Commendation)."""

    COLLECTIVE = "collective", _("Collective")
    INDIVIDUAL = "individual", _("Individual")
    HOUSEHOLD = "household", _("Household")


class AwardingAuthority(TextChoices):
    """Whose award it is; with the recipient's kind it decides the coefficient."""

    DISTRICT = "district", _("Chairman of the district People's Committee")
    COMMUNE = "commune", _("Chairman of the commune People's Committee")
    AGENCY = "agency", _("Head of a provincial agency or of a unit")
    PROVINCE = "province", _("Chairman of the provincial People's Committee")


class Basis(TextChoices):
    """From which run a dossier is made: the final one, or an interim day's (sơ kết)."""

    FINAL = "final", pgettext_lazy("basis day", "Final run")
    INTERIM = "interim", pgettext_lazy("basis day", "Interim day")


class RoundingMode(TextChoices):
    """How a bonus is rounded to the step in force."""

    UP = "up", pgettext_lazy("rounding", "Up")
    NEAREST = "nearest", pgettext_lazy("rounding", "To the nearest")
    DOWN = "down", pgettext_lazy("rounding", "Down")


class RuleKind(TextChoices):
    """What a rule asks (awards.md, Eligibility); each kind is one function in eligibility.py."""

    MIN_TOTAL = "min_total", _("Total of at least")
    MIN_AREA = "min_area", _("Content area of at least")
    MIN_FULFILLED_SHARE = "min_fulfilled_share", _("Share of fulfilled targets of at least")
    REQUIRED_INDICATORS = "required_indicators", _("Required indicators fulfilled")
    TOP_RANK = "top_rank", _("Rank in the bloc among the first")
    TOP_SHARE = "top_share", _("Rank in the bloc within the best share")
    CLASS_AT_LEAST = "class_at_least", _("Class of at least")
    OWN_PLAN_BY = "own_plan_by", _("Own plan launched by a day")
    MIN_COVERAGE = "min_coverage", _("Coverage of at least")
    MAX_LATE_REPORTS = "max_late_reports", _("Late and missing reports of at most")


class Audience(TextChoices):
    """For whom a rule is."""

    RANKED = "ranked", _("Ranked units")
    SUPPORTING = "supporting", _("Supporting units")
    INDIVIDUALS = "individuals", _("Individuals and households")


class Outcome(TextChoices):
    """What the machine says about a unit and a category; people decide."""

    ELIGIBLE = "eligible", pgettext_lazy("eligibility", "Eligible")
    NOT_ELIGIBLE = "not_eligible", pgettext_lazy("eligibility", "Not eligible")
    ON_HOLD = "on_hold", pgettext_lazy("eligibility", "On hold")


class LineResult(TextChoices):
    """How one rule came out."""

    PASSED = "passed", pgettext_lazy("rule", "Passed")
    FAILED = "failed", pgettext_lazy("rule", "Not passed")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("rule", "Not applicable")


class ProposalState(TextChoices):
    """Where a proposal is (awards.md, Proposal)."""

    DRAFT = "draft", pgettext_lazy("proposal", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("proposal", "Submitted")
    APPRAISED = "appraised", pgettext_lazy("proposal", "Appraised")
    COUNCIL = "council", pgettext_lazy("proposal", "Before the council")
    DOSSIER = "dossier", pgettext_lazy("proposal", "Waiting for a decision")
    APPROVED = "approved", pgettext_lazy("proposal", "Approved")
    REJECTED = "rejected", pgettext_lazy("proposal", "Rejected")
    ISSUED = "issued", pgettext_lazy("proposal", "Issued")
    REFUSED = "refused", pgettext_lazy("proposal", "Refused at appraisal")
    NOT_PASSED = "not_passed", pgettext_lazy("proposal", "Not passed by the council")
    RETURNED = "returned", pgettext_lazy("proposal", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")
    REVOKED = "revoked", pgettext_lazy("proposal", "Revoked")


class PaperKind(TextChoices):
    """What a file of a proposal is: evidence, or one of the unit's own papers."""

    EVIDENCE = "evidence", pgettext_lazy("paper", "Evidence")
    REQUEST = "request", pgettext_lazy("paper", "The unit's request")
    REPORT = "report", pgettext_lazy("paper", "Confirmed achievement report")
    MINUTES = "minutes", pgettext_lazy("paper", "The unit's minutes")


class ReturnStep(TextChoices):
    """To whom a proposal is returned: the unit (all steps again) or Internal Affairs (no new vote)."""

    UNIT = "unit", pgettext_lazy("return", "The unit: all steps again")
    STAFF = "staff", pgettext_lazy("return", "Internal Affairs: no new vote")


class Act(TextChoices):
    """What is done to a proposal; each is one function in awards/actions/."""

    DRAFT = "draft", pgettext_lazy("proposal act", "Drafted")
    EDIT = "edit", pgettext_lazy("proposal act", "Edited")
    SUBMIT = "submit", pgettext_lazy("proposal act", "Submitted")
    WITHDRAW = "withdraw", pgettext_lazy("proposal act", "Withdrawn")
    APPRAISE = "appraise", pgettext_lazy("proposal act", "Appraised")
    REFUSE = "refuse", pgettext_lazy("proposal act", "Refused")
    SEND_BACK = "send_back", pgettext_lazy("proposal act", "Returned to the unit")
    CONVENE = "convene", pgettext_lazy("proposal act", "Put before the council")
    PASS = "pass", pgettext_lazy("proposal act", "Passed by the council")
    NOT_PASS = "not_pass", pgettext_lazy("proposal act", "Not passed by the council")
    PRESENT = "present", pgettext_lazy("proposal act", "Submitted to the chairman")
    APPROVE = "approve", pgettext_lazy("proposal act", "Approved")
    REJECT = "reject", pgettext_lazy("proposal act", "Rejected")
    RETURN = "return", pgettext_lazy("proposal act", "Returned by the chairman")
    ISSUE = "issue", pgettext_lazy("proposal act", "Decision issued")
    REVOKE = "revoke", pgettext_lazy("proposal act", "Revoked")
    FLAG = "flag", pgettext_lazy("proposal act", "Marked for checking")


class Verdict(TextChoices):
    """What the chairman decides; a revocation is a decision that revokes an earlier one."""

    APPROVE = "approve", pgettext_lazy("decision", "Approve")
    REJECT = "reject", pgettext_lazy("decision", "Reject")
    RETURN = "return", pgettext_lazy("decision", "Return")
    REVOKE = "revoke", pgettext_lazy("decision", "Revoke")


class Gender(TextChoices):
    """For the yearly statistics only; never a criterion."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class VoteMode(TextChoices):
    """Open votes are given in the portal; a secret ballot is held on paper and entered as a tally."""

    OPEN = "open", pgettext_lazy("vote", "Open vote")
    SECRET = "secret", pgettext_lazy("vote", "Secret ballot on paper")


class VoteChoice(TextChoices):
    """A member's vote."""

    FOR = "for", pgettext_lazy("vote", "For")
    AGAINST = "against", pgettext_lazy("vote", "Against")
    ABSTAIN = "abstain", pgettext_lazy("vote", "Abstained")


class Attendance(TextChoices):
    """How a member took part in a session."""

    PRESENT = "present", pgettext_lazy("attendance", "Present")
    ABSENT = "absent", pgettext_lazy("attendance", "Absent")
    WRITTEN = "written", pgettext_lazy("attendance", "Absent, opinion in writing")


class VoteState(TextChoices):
    """Where one item of a session's agenda is."""

    WAITING = "waiting", pgettext_lazy("agenda item", "Waiting")
    OPEN = "open", pgettext_lazy("agenda item", "Being voted on")
    CLOSED = "closed", pgettext_lazy("agenda item", "Closed")


class SessionState(TextChoices):
    """Life of a council session."""

    PLANNED = "planned", pgettext_lazy("session", "Planned")
    HELD = "held", pgettext_lazy("session", "Held")


class DossierState(TextChoices):
    """Life of a submission to the chairman."""

    PREPARING = "preparing", pgettext_lazy("dossier", "In preparation")
    PRESENTED = "presented", pgettext_lazy("dossier", "Submitted")


class DuplicateFinding(TextChoices):
    """What a person found on looking at two names that are alike."""

    DIFFERENT = "different", pgettext_lazy("duplicate", "Not a duplicate")
    SAME = "same", pgettext_lazy("duplicate", "A duplicate")


class FundKind(TextChoices):
    """Why the fund's balance moved."""

    OPENING = "opening", pgettext_lazy("fund", "Opening balance")
    ALLOCATION = "allocation", pgettext_lazy("fund", "Allocation")
    AWARD = "award", pgettext_lazy("fund", "Bonus")
    RECOVERY = "recovery", pgettext_lazy("fund", "Recovered bonus")
    CORRECTION = "correction", pgettext_lazy("fund", "Correction")


class ExemplarState(TextChoices):
    """Life of an exemplar's story."""

    DRAFT = "draft", pgettext_lazy("exemplar", "Draft")
    REVIEW = "review", pgettext_lazy("exemplar", "In review")
    PUBLISHED = "published", pgettext_lazy("exemplar", "Published")
    TAKEN_DOWN = "taken_down", pgettext_lazy("exemplar", "Taken down")


class DocumentKind(TextChoices):
    """The documents of awards.md."""

    SUBMISSION = "submission", _("Submission to the chairman (Tờ trình)")
    MINUTES = "minutes", _("Minutes of the council")
    DECISION = "decision", _("Commendation decision")
    REFUSAL = "refusal", _("Notice of no commendation")
    SUMMARY = "summary", _("Summary report")
    ACHIEVEMENT = "achievement", _("Achievement report")
    CERTIFICATE = "certificate", _("Certificate")
    BRIEFING = "briefing", _("Weekly briefing")
    LIST = "list", _("List of a decision")


class JobState(TextChoices):
    """How far a long piece of work on documents is."""

    QUEUED = "queued", pgettext_lazy("job", "Queued")
    WORKING = "working", pgettext_lazy("job", "At work")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")
