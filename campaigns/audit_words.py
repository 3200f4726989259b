"""The acts of the audit trail and the names of their fields, in words. An act nobody entered here shows its code."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .display import local_date, local_datetime, number, points
from .enums import CampaignStatus, GateForm, IndicatorKind, Role, ThreadState, VerdictOutcome

ACTIONS: dict[str, str | Promise] = {
    "report.submitted": _("Report sent"),
    "evidence.attached": _("Evidence attached"),
    "evidence.detached": _("Evidence taken off a draft"),
    "evidence.refused": _("File refused"),
    "evidence.damaged": _("Stored evidence found damaged"),
    "evidence.mended": _("Stored evidence whole again"),
    "measurement.accepted": _("Value accepted"),
    "measurement.adjusted": _("Value adjusted"),
    "measurement.returned": _("Value returned"),
    "measurement.corrected": _("Correction entered"),
    "target.created": _("Target entered"),
    "target.edited": _("Target changed in preparation"),
    "target.removed": _("Target taken out in preparation"),
    "target.revised": _("Target revised"),
    "target.added": _("Target added"),
    "target.ended": _("Target ended"),
    "participant.created": _("Unit entered in the campaign"),
    "participant.edited": _("Unit changed in preparation"),
    "participant.removed": _("Unit taken out in preparation"),
    "participant.ended": _("Unit's last day and successor set"),
    "area.created": _("Content area entered"),
    "area.edited": _("Content area changed"),
    "area.removed": _("Content area taken out"),
    "bloc.created": _("Bloc entered"),
    "bloc.edited": _("Bloc changed"),
    "bloc.removed": _("Bloc taken out"),
    "indicator.created": _("Indicator entered"),
    "indicator.edited": _("Indicator changed"),
    "indicator.removed": _("Indicator taken out"),
    "period.created": _("Period entered"),
    "period.edited": _("Period changed"),
    "period.removed": _("Period taken out"),
    "campaign.created": _("Campaign created"),
    "campaign.edited": _("Campaign changed"),
    "campaign.cloned": _("Campaign made after an earlier one"),
    "calendar.generated": _("Reporting calendar generated"),
    "registration.saved": _("Registration saved"),
    "campaign.opened": _("Campaign opened"),
    "campaign.back_to_preparation": _("Campaign set back to preparation"),
    "campaign.closed": _("Campaign closed"),
    "campaign.reopened": _("Campaign reopened"),
    "workbook.imported": _("Workbook imported"),
    "late_exception.approved": _("Late exception approved"),
    "points.entered": _("Points entered"),
    "points.confirmed": _("Points confirmed"),
    "points.withdrawn": _("Points withdrawn"),
    "points.voided": _("Points voided"),
    "report_waiver.entered": _("Report waiver entered"),
    "report_waiver.confirmed": _("Report waiver confirmed"),
    "report_waiver.withdrawn": _("Report waiver withdrawn"),
    "milestone_waiver.entered": _("Milestone waiver entered"),
    "milestone_waiver.confirmed": _("Milestone waiver confirmed"),
    "milestone_waiver.withdrawn": _("Milestone waiver withdrawn"),
    "gate.entered": _("Gate entered"),
    "gate.confirmed": _("Gate confirmed"),
    "gate.withdrawn": _("Gate withdrawn"),
    "gate.voided": _("Gate voided"),
    "person.created": _("Account created"),
    "person.edited": _("Account changed"),
    "person.password_set": _("First password set"),
    "person.second_factor_reset": _("Second factor taken away"),
    "delegation.given": _("Chairman's decisions delegated"),
    "delegation.ended": _("Delegation taken back"),
    "role.given": _("Role given"),
    "role.ended": _("Role ended"),
    "role.unit_set": _("Unit of a role's holder set"),
    "unit.created": _("Unit created"),
    "unit.edited": _("Unit changed"),
    "organiser.created": _("Organiser entered"),
    "organiser.edited": _("Organiser changed"),
    "holiday.created": _("Public holiday entered"),
    "holiday.edited": _("Public holiday changed"),
    "holiday.removed": _("Public holiday taken out"),
    "exemplar.written": _("Story of an exemplar written"),
    "exemplar.changed": _("Story of an exemplar changed"),
    "exemplar.sent": _("Story of an exemplar sent for review"),
    "exemplar.sent_back": _("Story of an exemplar sent back"),
    "exemplar.published": _("Story of an exemplar published"),
    "exemplar.taken_down": _("Story of an exemplar taken down"),
    "public_plan.saved": _("Plan on the public page changed"),
    "announcement.created": _("Announcement published"),
    "announcement.edited": _("Announcement changed"),
    "reminder.sent": _("Unit reminded"),
    "reminder_rule.created": _("Rung of the reminder ladder entered"),
    "reminder_rule.edited": _("Rung of the reminder ladder changed"),
    "reminder_rule.removed": _("Rung of the reminder ladder taken away"),
    "mail.sent_again": _("E-mail sent again"),
    "explanation.asked": _("Explanation asked"),
    "explanation.answered": _("Explanation answered"),
    "explanation.asked_further": _("Explanation asked further"),
    "explanation.closed": _("Explanation closed"),
    "explanation.taken_back": _("Question taken back"),
    "appeal.lodged": _("Appeal lodged"),
    "appeal.written": _("Message in an appeal"),
    "appeal.upheld": _("Appeal upheld"),
    "appeal.dismissed": _("Appeal dismissed"),
    "appeal.withdrawn": _("Appeal withdrawn"),
    "incident.recorded": _("Incident recorded"),
    "incident.withdrawn": _("Incident withdrawn"),
    "activity.filed": _("Activity filed"),
    "activity.withdrawn": _("Activity withdrawn"),
    "scoring.run_requested": _("Scores asked for"),
    "scoring.final_run": _("Final scores settled"),
    "workflow.refused": _("Step refused"),
    "proposal.draft": _("Proposal drafted"),
    "proposal.edit": _("Proposal changed"),
    "proposal.submit": _("Proposal submitted"),
    "proposal.withdraw": _("Proposal withdrawn"),
    "proposal.appraise": _("Proposal appraised"),
    "proposal.refuse": _("Proposal refused at appraisal"),
    "proposal.return": _("Proposal returned"),
    "proposal.council": _("Proposal before the council"),
    "proposal.dossier": _("Proposal put into the dossier"),
    "proposal.approve": _("Proposal approved"),
    "proposal.reject": _("Proposal rejected"),
    "proposal.decide": _("Proposal decided"),
    "proposal.issue": _("Award issued"),
    "proposal.revoke": _("Award revoked"),
    "proposal.duplicate_reviewed": _("Possible duplicate reviewed"),
    "council.session": _("Council session recorded"),
    "council.session_edited": _("Council session changed"),
    "council.attendance": _("Attendance of a council session recorded"),
    "council.agenda": _("Agenda of a council session changed"),
    "council.conflict": _("Conflict of interest declared"),
    "council.vote_opened": _("Vote of the council opened"),
    "council.voted": _("Vote of a council member given"),
    "dossier.prepared": _("Dossier prepared"),
    "dossier.presented": _("Dossier presented"),
    "dossier.removed": _("Proposal taken out of the dossier"),
    "award.rule": _("Criterion of an award changed"),
    "award.awardcategory": _("Award category changed"),
    "award.awardpolicy": _("Procedure of awards changed"),
    "award.basesalary": _("Base salary changed"),
    "award.rewardcoefficient": _("Reward coefficient changed"),
    "award.roundingrule": _("Rounding rule changed"),
    "award.legalbasis": _("Legal basis changed"),
    "award.earlieraward": _("Earlier award changed"),
    "award.recovered": _("Award and money recovered"),
    "fund.moved": _("Fund movement recorded"),
    "award.numbered": _("Golden-book numbers given"),
    "document.written": _("Document written"),
    "document.certificates_asked": _("Certificates asked for"),
    "document.template_added": _("Document template added"),
    "document.template_used": _("Document template put in use"),
    "award.figure_ended": _("Figure ended by its successor"),
    "award.copied": _("Award categories and criteria copied"),
    "register.imported": _("Earlier register imported"),
}

FIELDS: dict[str, str | Promise] = {
    "value": _("value"),
    "values": _("values"),
    "verdict": pgettext_lazy("audit", "verdict"),
    "verified_value": _("verified value"),
    "seat": _("in the capacity of"),
    "status": _("status"),
    "period": _("period"),
    "ends_at": _("open until"),
    "indicator": _("indicator"),
    "unit": _("unit"),
    "completed_on": _("completed on"),
    "goal": _("goal"),
    "baseline": _("baseline"),
    "due_on": _("due date"),
    "starts_on": _("first day"),
    "ends_on": _("last day"),
    "ends_from": _("no longer in force from"),
    "effective_from": _("in force from"),
    "holds_from": _("holds from"),
    "voided_from": _("void from"),
    "document_number": _("document number"),
    "points_bp": _("points"),
    "form": pgettext_lazy("gate", "form"),
    "person": _("person"),
    "role": _("role"),
    "valid_from": _("valid from"),
    "valid_to": _("last day"),
    "successor": _("successor"),
    "name": _("name"),
    "code": _("code"),
    "weight": _("weight"),
    "closing_day": _("closing day"),
    "after_campaign": _("after campaign"),
    "not_taken_over": _("not taken over"),
    "plan_number": _("plan number"),
    "plan_date": _("plan date"),
    "plan_file": _("file of the plan"),
    "launched_on": _("launched on"),
    "head_name": _("head answerable"),
    "focal_name": _("focal person"),
    "focal_contact": _("focal person's contact"),
    "deputy_name": _("deputy focal person"),
    "areas": _("content areas"),
    "blocs": _("blocs"),
    "units": _("units"),
    "indicators": _("indicators"),
    "targets": _("targets"),
    "periods": _("reporting periods"),
    "opened_at": _("opened at"),
    "closed_at": _("closed at"),
    "accepted_together": _("accepted together"),
    "returned_together": _("returned together"),
    "corrects": _("corrects"),
    "full_name": _("full name"),
    "is_active": _("active"),
    "days_from_due": _("days from the due day"),
    "audience": _("to"),
    "question": _("question"),
    "answer_by": _("answer by"),
    "thread_state": _("state"),
    "text": _("text"),
    "grounds": _("grounds"),
    "outcome": _("outcome"),
    "measurement": _("value №"),
    "score_day": _("score of the day"),
    "day": _("day"),
    "count": _("count"),
    "description": _("description"),
    "title": _("what"),
    "held_on": _("when"),
    "people": _("people taking part"),
    "campaign": _("campaign"),
    "is_public": _("on the public page"),
    "username": _("user name"),
}


#: Fields whose values are words of a fixed vocabulary.
VOCABULARIES: dict[str, dict[str, str | Promise]] = {
    "status": dict(CampaignStatus.choices),
    "verdict": dict(VerdictOutcome.choices),
    "role": dict(Role.choices),
    "form": dict(GateForm.choices),
    "kind": dict(IndicatorKind.choices),
    "thread_state": dict(ThreadState.choices),
    "seat": {
        "verifying_unit": pgettext_lazy("seat", "as verifying unit"),
        "staff": pgettext_lazy("seat", "as Internal Affairs staff"),
        "substitute": pgettext_lazy("seat", "as substitute verifying unit"),
    },
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:\+\d\d:\d\d|Z)")
_DECIMAL = re.compile(r"-?\d{1,13}\.\d{1,4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def action_words(action: str) -> str:
    """Return an act in the reader's language."""
    return str(ACTIONS.get(action, action))


def field_words(name: str) -> str:
    """Return the name of a field in the reader's language."""
    return str(FIELDS.get(name, name))


def value_words(name: str, value: object) -> str:
    """Return a value of a field in the reader's language: words of vocabularies, local days and moments."""
    if value is None or value == "":
        return ""
    text = str(value)
    if text in VOCABULARIES.get(name, {}):
        return str(VOCABULARIES[name][text])
    if name.endswith("_bp") and isinstance(value, int):
        return points(value)
    if _DECIMAL.fullmatch(text):
        return number(Decimal(text))
    if _MOMENT.fullmatch(text):
        return local_datetime(dt.datetime.fromisoformat(text))
    if _DAY.fullmatch(text):
        return local_date(dt.date.fromisoformat(text))
    return {"nothing": str(_("nothing to report")), "True": str(_("yes")), "False": str(_("no"))}.get(text, text)
