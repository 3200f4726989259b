"""A report by Excel: its sheet downloaded and uploaded, a column pasted. All of it lands as drafts."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.drafts import DraftEntry, save_drafts
from campaigns.enums import EntryKind
from campaigns.files.names import attachment_header
from campaigns.forms.reporting import PasteForm, SheetForm
from campaigns.models import Participant, Period
from campaigns.permissions import Permission, can, require
from campaigns.queries.paste_preview import PasteRow, preview
from campaigns.queries.report_box import Grid
from campaigns.queries.reporting_grid import read_grid
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.report_sheet import MOST_BYTES, read_report_sheet, write_report_sheet

from .reporting_access import period_or_404, reporting_unit, signed_in, trail

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Problems that the page lists; the rest is counted.
MOST_LINES = 200


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """The ways of Excel on one page; a filled-in sheet sent here is read, and is drafted whole or not at all."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    if request.method == "GET":
        return _page(request, unit, the_period, SheetForm())
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, unit, the_period, form, status=422)
    file: UploadedFile = form.cleaned_data["file"]
    if (file.size or 0) > MOST_BYTES:
        form.add_error("file", _("The file is larger than 5 MB. Upload the sheet that was downloaded here."))
        return _page(request, unit, the_period, form, status=413)
    found = read_grid(participant=unit, period=the_period, now=now)
    try:
        entries = read_report_sheet(found, io.BytesIO(file.read()))
    except WorkbookRefused as refused:
        lines = refused.problems.lines()
        problems = {"problems": lines[:MOST_LINES], "problem_count": len(lines)}
        return _page(request, unit, the_period, SheetForm(), status=422, **problems)
    return _save(request, unit, the_period, entries)


def _save(
    request: HttpRequest, unit: Participant, period: Period, entries: dict[int, tuple[DraftEntry, int]]
) -> HttpResponse:
    """Draft the entries; boxes somebody saved meanwhile stay as they are, and are named."""
    stale = save_drafts(participant=unit, period=period, entries=entries, by=signed_in(request), now=timezone.now())
    count = len(entries) - len(stale)
    words = ngettext("%(count)d value has been drafted.", "%(count)d values have been drafted.", count)
    messages.success(request, words % {"count": count})
    for conflict in stale.values():
        words = _("%(target)s: %(who)s saved “%(stored)s” meanwhile; “%(typed)s” was not taken over.")
        values = {
            "target": conflict.current.target,
            "who": conflict.current.updated_by,
            "stored": conflict.current.typed,
            "typed": conflict.typed.typed,
        }
        messages.warning(request, words % values)
    return redirect("campaigns:grid", unit.pk, period.pk)


def _page(
    request: HttpRequest, unit: Participant, period: Period, form: SheetForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    found = read_grid(participant=unit, period=period, now=timezone.now())
    context = {
        "unit": unit,
        "period": period,
        "grid": found,
        "breadcrumb": trail(unit, period=period, here=_("With Excel")),
        "form": form,
        "paste_form": PasteForm(),
        "takes_input": found.takes_input and can(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id),
        **more,
    }
    return render(request, "campaigns/sheet.html", context, status=status)


@require_GET
def sheet_file(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """The period's sheet with what is drafted so far."""
    unit = reporting_unit(request, participant)
    the_period = period_or_404(unit, period)
    content = io.BytesIO()
    write_report_sheet(read_grid(participant=unit, period=the_period, now=timezone.now()), content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = attachment_header(f"bao-cao-{unit.code}-{the_period.code}.xlsx")
    return response


@require_POST
def paste(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """A pasted column: shown box by box first, drafted when it comes back confirmed."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _page(request, unit, the_period, SheetForm(), status=422, paste_form=form)
    found = read_grid(participant=unit, period=the_period, now=now)
    rows = preview(found, form.cleaned_data["text"], start=form.cleaned_data["start"])
    if "confirm" not in request.POST:
        return _preview_page(request, unit, found, form, rows)
    entries = _confirmed(request, rows)
    if entries is None:
        return _preview_page(request, unit, found, form, rows, status=422, unanswered=True)
    return _save(request, unit, the_period, entries)


def _confirmed(request: HttpRequest, rows: list[PasteRow]) -> dict[int, tuple[DraftEntry, int]] | None:
    """What was ticked, each with the version its box was seen in; None while an ambiguous number is unanswered."""
    entries: dict[int, tuple[DraftEntry, int]] = {}
    for row in rows:
        box, line = row.box, row.line
        if not row.is_taken or box is None or f"take-{box.target.pk}" not in request.POST:
            continue
        value = request.POST.get(f"value-{box.target.pk}", "") if line.options else line.text
        if line.options and value not in line.options:
            return None
        version = request.POST.get(f"version-{box.target.pk}", "")
        entry = DraftEntry(
            kind=EntryKind.NOTHING if line.nothing else EntryKind.NUMBER,
            typed="" if line.nothing else value,
            completed_on=box.entry.completed_on,
            note=box.entry.note,
        )
        seen = int(version) if version.isdecimal() and len(version) < 10 else box.draft_version
        entries[box.target.pk] = (entry, seen)
    return entries


def _preview_page(
    request: HttpRequest,
    unit: Participant,
    found: Grid,
    form: PasteForm,
    rows: list[PasteRow],
    *,
    status: int = 200,
    unanswered: bool = False,
) -> HttpResponse:
    context = {
        "unit": unit,
        "period": found.period,
        "breadcrumb": trail(unit, period=found.period, here=_("Paste a column")),
        "form": form,
        "rows": rows,
        "taken": sum(row.is_taken for row in rows),
        "unanswered": unanswered,
        "chosen": {name: value for name, value in request.POST.items() if name.startswith("value-")},
    }
    return render(request, "campaigns/paste.html", context, status=status)
