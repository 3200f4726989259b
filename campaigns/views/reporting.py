"""A unit's reporting: its page at a glance, the grid of a period, the boxes that save themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.drafts import ReportingRefused, StaleDraft, StaleTexts, save_draft, save_drafts, save_texts
from campaigns.calendar import local_day
from campaigns.enums import EntryKind
from campaigns.forms.reporting import BoxForm, TextsForm, prefix_of
from campaigns.models import Participant, Period, Registration, Target
from campaigns.numbers import NumberCode, NumberProblem
from campaigns.permissions import Permission, can, require, units_with
from campaigns.queries.registrations import missing_of
from campaigns.queries.report_box import Box, Grid, Group
from campaigns.queries.reporting_grid import read_grid
from campaigns.queries.unit_home import participants_of, read_home, receipts_of
from campaigns.report_wording import finding_words

from .reporting_access import period_or_404, reporting_unit, signed_in, trail


@dataclass(frozen=True)
class Row:
    """One box on the page: the box, its form, and what to say about it."""

    box: Box
    form: BoxForm
    stale: StaleDraft | None = None  # somebody else saved it first

    @property
    def prefix(self) -> str:
        return prefix_of(self.box.target.pk)

    @property
    def field_names(self) -> str:
        """The names an autosave of this box sends, for htmx."""
        return ",".join([*(f"{self.prefix}-{name}" for name in self.form.fields), "choose"])

    @property
    def problems(self) -> list[str]:
        """What must be mended: the box could not be saved, or holds what cannot be sent."""
        return self.form.problems if self.form.is_bound and self.form.errors else self._words("blocking")

    @property
    def questions(self) -> list[str]:
        """What needs a note."""
        return self._words("needing_note")

    @property
    def hints(self) -> list[str]:
        return self._words("information")

    def _words(self, kind: str) -> list[str]:
        return [finding_words(finding) for finding in getattr(self.box, kind)]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The two readings of an ambiguous number, each with the field it belongs to."""
        return [
            (f"{self.prefix}-{finding.box}", option)
            for finding in self.box.blocking
            if isinstance(finding.cause, NumberProblem) and finding.cause.code == NumberCode.AMBIGUOUS
            for option in finding.cause.options
        ]

    @property
    def state(self) -> str:
        """How the saving stands, for the save-state component."""
        if self.stale or (self.form.is_bound and self.form.errors):
            return "failed"
        return "saved" if self.box.draft else "idle"


@dataclass(frozen=True)
class RowGroup:
    """A group of the grid with the rows of its boxes."""

    group: Group
    asked: list[Row]
    optional: list[Row]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The way in: straight to the unit's page where there is one running, else a choice."""
    user = signed_in(request)
    participants = participants_of(units_with(user, Permission.DRAFT_REPORT))
    running = [p for p in participants if p.campaign.is_open]
    if len(running) == 1:
        return redirect("campaigns:unit_home", running[0].pk)
    if not participants and not can(user, Permission.DRAFT_REPORT):
        raise PermissionDenied
    return render(request, "campaigns/reporting_choice.html", {"participants": participants})


@require_GET
def unit_home(request: HttpRequest, participant: int) -> HttpResponse:
    """A unit's reporting at a glance."""
    unit, now = reporting_unit(request, participant), timezone.now()
    found = read_home(participant=unit, now=now)
    registers = can(signed_in(request), Permission.REGISTER_UNIT, unit=unit.unit_id) and unit.campaign.is_open
    context = {
        "unit": unit,
        "breadcrumb": trail(unit),
        "home": found,
        "now": now,
        "may_draft": can(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id),
        "may_register": registers,
        "missing": missing_of(Registration.objects.filter(participant=unit).first()) if registers else [],
    }
    return render(request, "campaigns/unit_home.html", context)


@require_GET
def receipts(request: HttpRequest, participant: int) -> HttpResponse:
    """Everything the unit has sent in the campaign."""
    unit = reporting_unit(request, participant)
    return render(
        request,
        "campaigns/receipts.html",
        {"unit": unit, "receipts": receipts_of(unit), "breadcrumb": trail(unit, here=_("Receipts"))},
    )


@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """The grid of a period; sent as a whole it saves every box, and leads on to the review."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    found = read_grid(participant=unit, period=the_period, now=now)
    if request.method == "GET":
        return _grid_page(request, unit, found, _rows(found), now=now)
    forms = {box.target.pk: BoxForm(_with_choice(request), box=box) for box in found.boxes if box.is_open}
    filled = {key: form for key, form in forms.items() if f"{form.prefix}-version" in request.POST}
    entries = {key: (form.entry(), form.cleaned_data["version"]) for key, form in filled.items() if form.is_valid()}
    stale = save_drafts(participant=unit, period=the_period, entries=entries, by=signed_in(request), now=now)
    saved = read_grid(participant=unit, period=the_period, now=now)
    broken = {key: form for key, form in filled.items() if form.errors}
    blocked = any(box.blocking for box in saved.to_send)
    if request.POST.get("next") == "review" and not (stale or broken or blocked):
        return redirect("campaigns:review", unit.pk, the_period.pk)
    status = 409 if stale else 422 if broken or blocked else 200
    return _grid_page(request, unit, saved, _rows(saved, broken, stale), now=now, status=status, tried=True)


def _with_choice(request: HttpRequest) -> Any:
    """The posted fields, with the reading of an ambiguous number the typist chose by its button."""
    name, _, value = request.POST.get("choose", "").partition("=")
    if not name:
        return request.POST
    data = request.POST.copy()
    data[name] = value
    return data


def _rows(
    found: Grid, broken: dict[int, BoxForm] | None = None, stale: dict[int, StaleDraft] | None = None
) -> list[RowGroup]:
    broken, stale = broken or {}, stale or {}

    def row(box: Box) -> Row:
        key = box.target.pk
        if key in stale:
            return _stale_row(box, stale[key])
        return Row(box, _rebound(broken[key], box) if key in broken else BoxForm(box=box))

    return [
        RowGroup(group, [row(box) for box in group.asked], [row(box) for box in group.optional])
        for group in found.groups
    ]


def _rebound(form: BoxForm, box: Box) -> BoxForm:
    """A form that could not be saved, with what was typed and the version it must name next time."""
    typed = {name: form.data.get(name, "") for name in form.data}
    again = BoxForm({**typed, f"{form.prefix}-version": str(box.draft_version)}, box=box)
    again.is_valid()
    return again


def _stale_row(box: Box, conflict: StaleDraft) -> Row:
    """The typist's own text stays in the box; the other one stands beside it."""
    typed = conflict.typed
    initial = {
        "typed": typed.typed,
        "numerator": typed.numerator,
        "denominator": typed.denominator,
        "nothing": typed.kind == EntryKind.NOTHING,
        "completed_on": typed.completed_on,
        "note": typed.note,
        "version": conflict.current.version,
    }
    return Row(box, BoxForm(box=box, initial=initial), stale=conflict)


def _grid_page(
    request: HttpRequest,
    unit: Participant,
    found: Grid,
    groups: list[RowGroup],
    *,
    now: Any,
    status: int = 200,
    tried: bool = False,
) -> HttpResponse:
    user = signed_in(request)
    may_draft = can(user, Permission.DRAFT_REPORT, unit=unit.unit_id)
    context = {
        "unit": unit,
        "breadcrumb": trail(unit, period=found.period),
        "grid": found,
        "groups": groups,
        "now": now,
        "tried": tried,
        "tabs": _tabs(unit, found, now=now),
        "may_draft": may_draft,
        "may_submit": can(user, Permission.SUBMIT_REPORT, unit=unit.unit_id),
        "takes_input": may_draft and found.takes_input,
    }
    return render(request, "campaigns/grid.html", context, status=status)


def _tabs(unit: Participant, found: Grid, *, now: Any) -> list[dict[str, Any]]:
    """Periods that have begun, and the one that is shown."""
    today = local_day(now)
    return [
        {
            "url": reverse("campaigns:grid", args=[unit.pk, period.pk]),
            "label": _("Period %(code)s") % {"code": period.code},
            "active": period.pk == found.period.pk,
        }
        for period in found.periods
        if period.starts_on <= today or period.pk == found.period.pk
    ]


@require_http_methods(["GET", "POST"])
def box(request: HttpRequest, participant: int, period: int, target: int) -> HttpResponse:
    """One box: its row as stored (GET), or saved as it is typed (POST), answered with its state."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    found = _box_or_404(unit, the_period, target, now=now)
    if request.method == "GET":
        return _box_page(request, unit, the_period, Row(found, BoxForm(box=found)), now=now)
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = BoxForm(_with_choice(request), box=found)
    if not form.is_valid():
        if form.has_error("version"):
            raise Http404
        return _state(request, unit, the_period, Row(found, _rebound(form, found)), status=422)
    try:
        save_draft(
            participant=unit,
            period=the_period,
            target=target,
            entry=form.entry(),
            version=form.cleaned_data["version"],
            by=signed_in(request),
            now=now,
        )
    except StaleDraft as conflict:
        now_stored = _box_or_404(unit, the_period, target, now=now)
        return _state(request, unit, the_period, _stale_row(now_stored, conflict), status=409)
    except ReportingRefused as refused:
        form.add_error(None, str(refused.message))
        return _state(request, unit, the_period, Row(found, form), status=409)
    except Target.DoesNotExist as error:
        raise Http404 from error
    saved = _box_or_404(unit, the_period, target, now=now)
    return _state(request, unit, the_period, Row(saved, BoxForm(box=saved)), status=422 if saved.blocking else 200)


def _box_or_404(unit: Participant, period: Period, target: int, *, now: Any) -> Box:
    found = read_grid(participant=unit, period=period, now=now, only=target).box(target)
    if found is None:
        raise Http404
    return found


def _box_page(request: HttpRequest, unit: Participant, period: Period, row: Row, *, now: Any) -> HttpResponse:
    context = {"unit": unit, "period": period, "row": row, "now": now, "may_draft": _may_draft(request, unit)}
    return render(request, "campaigns/_box.html", context)


def _may_draft(request: HttpRequest, unit: Participant) -> bool:
    return can(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)


def _state(request: HttpRequest, unit: Participant, period: Period, row: Row, *, status: int) -> HttpResponse:
    context = {"unit": unit, "period": period, "row": row, "fresh": True}
    return render(request, "campaigns/_box_state.html", context, status=status)


@require_POST
def texts(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """The three texts, saved as they are typed; answered with their state."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = TextsForm(request.POST)
    version = request.POST.get("texts-version", "")
    context: dict[str, Any] = {"unit": unit, "period": the_period, "state": "failed", "version": version}
    if not form.is_valid() or not version.isdecimal() or len(version) > 9:
        context["problems"] = [_("A text is longer than 5000 characters.")]
        return render(request, "campaigns/_texts_state.html", context, status=422)
    try:
        report = save_texts(
            participant=unit,
            period=the_period,
            texts=form.texts(),
            version=int(version),
            by=signed_in(request),
            now=now,
        )
    except StaleTexts as conflict:
        context |= {"current": conflict.current, "version": conflict.current.version}
        return render(request, "campaigns/_texts_state.html", context, status=409)
    except ReportingRefused as refused:
        context["problems"] = [str(refused.message)]
        return render(request, "campaigns/_texts_state.html", context, status=409)
    context |= {"state": "saved", "version": report.version}
    return render(request, "campaigns/_texts_state.html", context)
