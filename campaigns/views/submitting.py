"""Reviewing a report, sending it, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions.drafts import LONGEST_NOTE, ReportingRefused
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.reporting import shown_digest, submit_report
from campaigns.forms.reporting import SubmitForm
from campaigns.models import Measurement, Participant, Period, Submission
from campaigns.permissions import Permission, can, require
from campaigns.queries.report_box import Box, Grid
from campaigns.queries.reporting_grid import read_grid
from campaigns.report_wording import finding_words
from campaigns.visibility import visible_to

from .reporting_access import period_or_404, reporting_unit, signed_in, trail


@dataclass(frozen=True)
class Line:
    """One value on the review page."""

    box: Box
    note: str  # as typed there, else the draft's
    blocking: list[str]
    needing_note: list[str]
    information: list[str]

    @property
    def lacks_note(self) -> bool:
        return bool(self.needing_note) and not self.note.strip()


@require_GET
def review(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """What would be sent, with every check's finding, before it is sent."""
    unit = reporting_unit(request, participant)
    found = read_grid(participant=unit, period=period_or_404(unit, period), now=timezone.now())
    return _review_page(request, unit, found, _fresh_form(found), {})


def _fresh_form(found: Grid) -> SubmitForm:
    report = found.report
    texts = ("results", "difficulties", "proposals")
    initial = {name: getattr(report, name) if report else "" for name in texts}
    return SubmitForm(initial={**initial, "seen": shown_digest(found)}, texts_required=found.is_last_period)


@require_POST
def submit(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """Send the report; refused, the review page comes back with what was typed."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    require(signed_in(request), Permission.SUBMIT_REPORT, unit=unit.unit_id)
    found = read_grid(participant=unit, period=the_period, now=now)
    form, notes = SubmitForm(request.POST, texts_required=found.is_last_period), _notes(request)
    if not form.is_valid():
        return _review_page(request, unit, found, form, notes, status=422)
    try:
        submission = submit_report(
            participant=unit,
            period=the_period,
            texts=form.texts(),
            notes=notes,
            seen=form.cleaned_data["seen"],
            key=form.cleaned_data["form_key"],
            by=signed_in(request),
            now=now,
        )
    except IdempotencyMismatch as mismatch:
        return _again(request, unit, the_period, form, notes, mismatch.messages[0], status=422)
    except ReportingRefused as refused:
        return _again(request, unit, the_period, form, notes, str(refused.message), status=409)
    messages.success(request, _("The report has been sent. Receipt: %(number)s.") % {"number": submission.number})
    return redirect("campaigns:receipt", submission.pk)


def _again(
    request: HttpRequest,
    unit: Participant,
    period: Period,
    form: SubmitForm,
    notes: dict[int, str],
    refusal: str,
    *,
    status: int,
) -> HttpResponse:
    """The review page as things stand now, with the texts and notes that were typed."""
    found = read_grid(participant=unit, period=period, now=timezone.now())
    typed = {name: form.cleaned_data[name] for name in ("results", "difficulties", "proposals")}
    fresh = SubmitForm(initial={**typed, "seen": shown_digest(found)}, texts_required=found.is_last_period)
    return _review_page(request, unit, found, fresh, notes, refusal=refusal, status=status)


def _notes(request: HttpRequest) -> dict[int, str]:
    """The notes written on the review page, by target."""
    found = {}
    for name, value in request.POST.items():
        prefix, _dash, target = name.partition("-")
        if prefix == "note" and target.isdecimal() and len(target) < 19:
            found[int(target)] = str(value)[:LONGEST_NOTE]
    return found


def _review_page(
    request: HttpRequest,
    unit: Participant,
    found: Grid,
    form: SubmitForm,
    notes: dict[int, str],
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = [
        Line(
            box,
            notes.get(box.target.pk, box.entry.note),
            [finding_words(f) for f in box.blocking],
            [finding_words(f) for f in box.needing_note],
            [finding_words(f) for f in box.information],
        )
        for box in found.to_send
    ]
    context: dict[str, Any] = {
        "unit": unit,
        "breadcrumb": trail(unit, period=found.period, here=_("Check and send")),
        "grid": found,
        "period": found.period,
        "lines": lines,
        "blocked": [line for line in lines if line.blocking],
        "asking": [line for line in lines if line.needing_note and not line.blocking],
        "ready": [line for line in lines if not line.blocking and not line.needing_note],
        "form": form,
        "refusal": refusal,
        "texts_version": found.report.version if found.report else 0,
        "now": timezone.now(),
        "may_submit": can(signed_in(request), Permission.SUBMIT_REPORT, unit=unit.unit_id),
    }
    return render(request, "campaigns/review.html", context, status=status)


@require_GET
def receipt(request: HttpRequest, submission: int) -> HttpResponse:
    """What was sent, when and by whom, under its number; made to be printed."""
    user = signed_in(request)
    found = get_object_or_404(
        visible_to(user, Submission).select_related(
            "report__participant__campaign", "report__participant__unit", "report__period", "sent_by"
        ),
        pk=submission,
    )
    values = (
        Measurement.objects.filter(submission=found)
        .select_related("target__indicator__area", "target__participant")
        .prefetch_related("evidence__file")
        .order_by("target__indicator__area__number", "target__indicator__code", "target__participant__sort_key")
    )
    period: Period = found.report.period
    context = {
        "submission": found,
        "unit": found.report.participant,
        "breadcrumb": trail(found.report.participant, period=period, here=found.number),
        "period": period,
        "values": values,
        "is_late": found.sent_at > period.due_at,
        "by_unit": any(value.target.participant_id != found.report.participant_id for value in values),
    }
    return render(request, "campaigns/receipt.html", context)
