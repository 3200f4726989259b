"""Evidence on a box: the panel, attaching, taking off, downloading."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import evidence
from campaigns.actions.drafts import ReportingRefused
from campaigns.actions.evidence import attach_evidence, detach_evidence
from campaigns.actions.evidence_scan import ask_for_check
from campaigns.enums import PreviewState
from campaigns.files.checks import MAX_BYTES
from campaigns.files.names import clean_name
from campaigns.files.refusals import Refusal
from campaigns.forms.reporting import EvidenceForm
from campaigns.models import EvidenceFile, Participant, Period, Preview, Target
from campaigns.permissions import Permission, can, require
from campaigns.queries.previews import shown_files
from campaigns.queries.reporting_grid import read_grid
from campaigns.visibility import visible_to

from .inert import download_of, picture_of
from .reporting_access import period_or_404, reporting_unit, signed_in, trail


@require_http_methods(["GET", "POST"])
def panel(request: HttpRequest, participant: int, period: int, target: int) -> HttpResponse:
    """The files of one box, and attaching one more; a page of its own without JavaScript."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    if request.method == "GET":
        return _panel(request, unit, the_period, target, EvidenceForm())
    # The action refuses too; here nothing of the file is looked at.
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _panel(request, unit, the_period, target, form, status=422)
    files: list[UploadedFile] = form.cleaned_data["file"]
    # Each is taken or refused by itself: one odd picture of five keeps the other four from nothing.
    answers = [_attach(unit, the_period, target, form, file, request, now=now) for file in files]
    status = max(answers)
    if status == 200 and not request.htmx:  # type: ignore[attr-defined]  # set by django-htmx's middleware
        words = ngettext("%(count)d file has been attached.", "%(count)d files have been attached.", len(files))
        messages.success(request, words % {"count": len(files)})
        return redirect("campaigns:evidence", unit.pk, the_period.pk, target)
    return _panel(request, unit, the_period, target, EvidenceForm() if status == 200 else form, status=status)


def _attach(
    unit: Participant,
    period: Period,
    target: int,
    form: EvidenceForm,
    file: UploadedFile,
    request: HttpRequest,
    *,
    now: Any,
) -> int:
    """Attach one file; return the status of the answer, with the reason on the form where it was refused."""

    def refuse(reason: str) -> None:
        named = _("%(name)s: %(reason)s") % {"name": clean_name(file.name or ""), "reason": reason}
        form.add_error(None, named if len(form.files.getlist("file")) > 1 else reason)

    if (file.size or 0) > MAX_BYTES:
        refuse(str(Refusal.TOO_LARGE.label))
        return 413
    try:
        attach_evidence(
            participant=unit,
            period=period,
            target=target,
            content=file.read(),
            name=file.name or "",
            by=signed_in(request),
            now=now,
        )
    except ReportingRefused as refused:
        refuse(str(refused.message))
        return 422
    except evidence.EvidenceStoreFull:
        refuse(_("The portal's disk is full: the file was not stored. Tell Internal Affairs staff."))
        return 507
    except Target.DoesNotExist as error:
        raise Http404 from error
    return 200


def _panel(
    request: HttpRequest, unit: Participant, period: Period, target: int, form: EvidenceForm, *, status: int = 200
) -> HttpResponse:
    box = read_grid(participant=unit, period=period, now=timezone.now(), only=target).box(target)
    if box is None:
        raise Http404
    context = {
        "unit": unit,
        "breadcrumb": trail(unit, period=period, here=_("Evidence")),
        "period": period,
        "box": box,
        "form": form,
        "may_draft": can(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id) and box.is_open,
    }
    template = "campaigns/_evidence.html" if request.htmx else "campaigns/evidence.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


@require_POST
def detach(request: HttpRequest, participant: int, period: int, target: int, file: int) -> HttpResponse:
    """Take a file off a draft."""
    unit = reporting_unit(request, participant)
    the_period = period_or_404(unit, period)
    form, status = EvidenceForm(), 200
    try:
        detach_evidence(
            participant=unit,
            period=the_period,
            target=target,
            file=file,
            by=signed_in(request),
            now=timezone.now(),
        )
    except (Target.DoesNotExist, EvidenceFile.DoesNotExist) as error:
        raise Http404 from error
    except ReportingRefused as refused:
        if not request.htmx:  # type: ignore[attr-defined]
            messages.error(request, str(refused.message))
        form, status = EvidenceForm({}), 409
        form.errors.clear()
        form.add_error(None, str(refused.message))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("campaigns:evidence", unit.pk, the_period.pk, target)
    return _panel(request, unit, the_period, target, form, status=status)


@require_GET
def download(request: HttpRequest, file: int) -> HttpResponse:
    """A stored file, hashed again, as something a browser can only save."""
    return download_of(request, get_object_or_404(visible_to(signed_in(request), EvidenceFile), pk=file))


@require_GET
def preview(request: HttpRequest, file: int) -> HttpResponse:
    """One file with its pages: a page of its own, or the part that takes the place of "being drawn"."""
    found = get_object_or_404(visible_to(signed_in(request), EvidenceFile), pk=file)
    shown = shown_files([found])[found.pk]
    whole = not request.htmx  # type: ignore[attr-defined]  # set by django-htmx's middleware
    template = "campaigns/evidence_preview.html" if whole else "campaigns/_file_preview.html"
    return render(request, template, {"shown": shown, "open": whole})


@require_GET
def page(request: HttpRequest, file: int, page: int) -> HttpResponse:
    """The picture of one page of a file; 0 is the small picture of the first."""
    found = get_object_or_404(visible_to(signed_in(request), EvidenceFile), pk=file)
    preview = get_object_or_404(Preview, sha256=found.sha256, state=PreviewState.READY)
    sha256 = preview.small if page == 0 else get_object_or_404(preview.pages, number=page).sha256
    try:
        return picture_of(sha256)
    except evidence.EvidenceDamaged:
        ask_for_check(sha256=found.sha256, now=timezone.now())
        raise Http404 from None
