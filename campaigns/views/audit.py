"""The audit trail: the unit's own part for its leaders; the whole of it in the administration."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache as kept
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.display import local_datetime
from campaigns.files.names import attachment_header
from campaigns.forms.audit import TrailForm
from campaigns.forms.picking import MOST
from campaigns.models import AuditEntry, AuditHead, Campaign, Unit, User
from campaigns.permissions import Permission, can, units_with
from campaigns.queries.audit import Trail, verify
from campaigns.queries.audit_trail import lines, subject_words, with_payload
from campaigns.vietnamese import sort_key
from campaigns.visibility import visible_to
from campaigns.workbook.trail import MOST_ROWS, XLSX, trail_workbook

from .reporting_access import signed_in

PAGE = 40
CHECKED = "audit-chain-checked"


@require_GET
def own_trail(request: HttpRequest) -> HttpResponse:
    """What happened to the units that the person leads."""
    user = signed_in(request)
    if not can(user, Permission.VIEW_AUDIT) and not units_with(user, Permission.SUBMIT_PROPOSAL):
        raise Http404
    context = {**trail_context(request, user), "frame": "campaigns/trail_frame.html"}
    return render(request, "campaigns/trail.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What the filters keep of the whole trail, as an Excel file; for those who oversee the portal."""
    user = _overseer(request)
    chosen = trail_context(request, user)["chosen"]
    rows = with_payload(chosen.narrow(visible_to(user, AuditEntry)))[:MOST_ROWS]
    response = HttpResponse(trail_workbook(lines(rows, with_origin=True)), content_type=XLSX)
    response["Content-Disposition"] = attachment_header(f"nhat-ky-{timezone.localtime():%Y%m%d-%H%M}.xlsx")
    return response


@require_GET
def check_chain(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say what was found; the page keeps saying it until the next check."""
    user, found = _overseer(request), verify()
    said = _found_words(found, moment=local_datetime(timezone.now()))
    kept.set(CHECKED, {"is_whole": found.fault is None, "words": said}, None)
    (messages.success if found.fault is None else messages.error)(request, said)
    return redirect("admin:campaigns_auditentry_changelist" if user.is_staff else "campaigns:own_trail")


def _overseer(request: HttpRequest) -> User:
    """The person, where they read the whole trail; a unit's leader reads a part, for others there is none."""
    user = signed_in(request)
    if can(user, Permission.VIEW_AUDIT):
        return user
    if units_with(user, Permission.SUBMIT_PROPOSAL):
        raise PermissionDenied
    raise Http404


def _found_words(found: Trail, *, moment: str) -> str:
    if found.fault is not None:
        return f"{_('The chain is damaged (checked at %(moment)s):') % {'moment': moment}} {found.fault.sentence}"
    number, _colon, code = found.head.partition(":")
    said = {"number": number, "code": code[:16], "moment": moment}
    return _("The chain is whole up to entry %(number)s, hash %(code)s… (checked at %(moment)s).") % said


def subject_choices() -> list[tuple[str, str]]:
    """What acts are on, by its noun; the trail's own vocabulary, not a list of rows."""
    return _subject_choices(get_language() or settings.LANGUAGE_CODE)


@cache
def _subject_choices(language: str) -> list[tuple[str, str]]:
    """The vocabulary in one language; it changes with the portal's version only."""
    models = (model for app in ("campaigns", "scoring", "awards") for model in apps.get_app_config(app).get_models())
    with override(language):
        named = {model._meta.label_lower: capfirst(subject_words(model._meta.label_lower)) for model in models}
    return sorted(named.items(), key=lambda pair: sort_key(pair[1]))


def chain_head() -> dict[str, Any]:
    """The head of the chain, and what the latest check on this machine found."""
    head = AuditHead.objects.get(pk=1)
    return {"sequence": head.sequence, "hash": head.hash, "checked": kept.get(CHECKED)}


def trail_context(request: HttpRequest, user: User) -> dict[str, Any]:
    """Return one page of the trail as far as the person sees it, with its filters."""
    rows = visible_to(user, AuditEntry)
    campaigns = list(visible_to(user, Campaign).values_list("pk", "name"))
    oversees = can(user, Permission.VIEW_AUDIT)
    units = visible_to(user, Unit) if oversees else Unit.objects.filter(pk__in=units_with(user, Permission.VIEW_UNIT))
    if units.count() > MOST:  # too many to list: the search finds them by their names
        asked = request.GET.get("unit", "")
        units = units.filter(pk=asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else units.none()
    form = TrailForm(
        request.GET, campaigns=campaigns, units=list(units.values_list("pk", "name")), subjects=subject_choices()
    )
    chosen = form.to_filter()
    page = Paginator(with_payload(chosen.narrow(rows)), PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "chosen": chosen,
        "page": page,
        "lines": lines(page.object_list, with_origin=oversees),
        "oversees": oversees,
        "head": chain_head() if oversees else None,
        "title": _("Audit trail"),
    }
