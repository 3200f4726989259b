"""Documents: writing one, downloading it, the list of a campaign's; a decision's certificates and their progress."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from awards.actions.certificates import number_awards, request_certificates
from awards.actions.documents import MODELS, SOURCES, Source, write_document
from awards.enums import DocumentKind
from awards.forms.documents import NumbersForm
from awards.models import Award, AwardDecision, DocumentJob, GeneratedDocument
from awards.permissions import WRITING, can_write
from awards.queries.register import next_golden_number
from awards.refusal_wording import refusal_sentence
from awards.workflow import Refusal
from campaigns import evidence
from campaigns.calendar import local_day
from campaigns.files.names import attachment_header
from campaigns.models import Campaign, Period, User
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to

from .access import attempt, campaigns_of, chosen_campaign, in_charge, signed_in, status_of, trail

PER_PAGE = 50


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """A campaign's documents: those of the campaign itself to be written, decisions, and everything written."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    campaign = chosen_campaign(request)
    rows = visible_to(user, GeneratedDocument).filter(campaign=campaign).select_related("generated_by", "template")
    kind = request.GET.get("loai", "")
    if kind:
        rows = rows.filter(kind=kind) if kind in DocumentKind.values else rows.none()
    today = local_day(timezone.now())
    begun = visible_to(user, Period).filter(campaign=campaign, starts_on__lte=today)
    context = {
        "campaign_chosen": campaign,
        "campaigns": campaigns_of(request),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": DocumentKind.choices,
        "kind": kind,
        "periods": begun.order_by("-ends_on") if can_write(user, DocumentKind.BRIEFING, campaign) else [],
        "may_summarise": can_write(user, DocumentKind.SUMMARY, campaign),
        "issues": visible_to(user, AwardDecision).filter(campaign=campaign),
        "breadcrumb": trail(here=_("Documents")),
    }
    return render(request, "awards/documents.html", context)


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Write the named document of the named row, and lead back to where it was asked for."""
    user = _writer(request)
    kind, word = request.POST.get("kind", ""), request.POST.get("source", "")
    if kind not in SOURCES or word not in SOURCES[kind] or kind == DocumentKind.CERTIFICATE:
        if not can(user, Permission.VIEW_PROPOSALS):
            raise Http404
        messages.error(request, _("Choose what is to be written."))
        return redirect("awards:documents")
    row = get_object_or_404(_rows(user, word), pk=request.POST.get("pk", "0")[:18] or 0)
    if not can_write(user, kind, row):
        raise PermissionDenied
    back = _page_of(word, row)
    try:
        document = write_document(kind=kind, source=Source(word, row), by=user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal_sentence(refusal))
    except evidence.EvidenceStoreFull:
        messages.error(request, _("The portal's disk is full: the file was not stored. Tell Internal Affairs staff."))
    except evidence.EvidenceDamaged:
        messages.error(request, _("The template's stored file is damaged. Put another version in use."))
    else:
        messages.success(request, _("“%(name)s” has been written.") % {"name": document.name})
    return redirect(back)


def _writer(request: HttpRequest) -> User:
    """The person, where there is any document they may write; refused by right before the form is looked at."""
    user = signed_in(request)
    if any(can(user, permission) for permissions in WRITING.values() for permission in permissions):
        return user
    if can(user, Permission.VIEW_PROPOSALS):
        raise PermissionDenied
    raise Http404


def _rows(user: User, word: str) -> Any:
    related = {
        "proposal": ("category", "campaign", "participant__campaign", "participant__bloc", "eligibility"),
        "campaign": (),
    }.get(word, ("campaign",))
    return visible_to(user, MODELS[word]).select_related(*related)


def _page_of(word: str, row: Any) -> str:
    named = {"dossier": "awards:dossier", "session": "awards:session", "proposal": "awards:proposal"}
    if word in named:
        return reverse(named[word], args=[row.pk])
    if word == "issue":
        return reverse("awards:issued", args=[row.pk])
    campaign: Campaign = row if word == "campaign" else row.campaign
    return f"{reverse('awards:documents')}?phong-trao={campaign.code}"


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """A stored document, hashed again, as something a browser can only save."""
    found = get_object_or_404(visible_to(signed_in(request), GeneratedDocument), pk=pk)
    try:
        content = evidence.read(found.file_sha256)
    except evidence.EvidenceDamaged:
        return render(request, "campaigns/evidence_damaged.html", {"file": found}, status=409)
    response = HttpResponse(content, content_type=found.content_type)
    response["Content-Disposition"] = attachment_header(found.name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


# --- an issued decision ----------------------------------------------------------------------------------


@require_GET
def issued(request: HttpRequest, pk: int) -> HttpResponse:
    """An issued decision: its documents, golden-book numbers, and the certificates with their progress."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    return _issued(request, user, _issue_or_404(user, pk), NumbersForm(initial={"first": next_golden_number()}))


def _issue_or_404(user: User, pk: int) -> AwardDecision:
    return get_object_or_404(visible_to(user, AwardDecision).select_related("campaign"), pk=pk)


def _issued(
    request: HttpRequest, user: User, issue: AwardDecision, form: NumbersForm, *, status: int = 200
) -> HttpResponse:
    awards = list(
        Award.objects.filter(issue=issue)
        .select_related("category", "participant")
        .order_by("category__position", "participant__sort_key", "recipient_name", "pk")
    )
    context = {
        "issue": issue,
        "awards": awards,
        "unnumbered": sum(not award.golden_book_number and award.revoked_on is None for award in awards),
        "total": sum(award.bonus for award in awards),
        "jobs": visible_to(user, DocumentJob).filter(issue=issue).select_related("document", "requested_by")[:5],
        "form": form,
        "may_issue": can(user, Permission.ISSUE),
        "breadcrumb": trail((_("Issued awards"), reverse("awards:awards")), here=issue.number),
    }
    return render(request, "awards/issued.html", context, status=status)


@require_POST
def numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """Give golden-book numbers in the order of the list."""
    user = in_charge(request, Permission.ISSUE)
    issue = _issue_or_404(user, pk)
    form = NumbersForm(request.POST)
    if not form.is_valid():
        return _issued(request, user, issue, form, status=422)
    try:
        given = number_awards(issue_id=issue.pk, first=form.cleaned_data["first"], by=user, now=timezone.now())
    except Refusal as refusal:
        form.add_error("first", refusal_sentence(refusal))
        return _issued(request, user, issue, form, status=status_of(refusal))
    messages.success(request, _("Golden-book numbers given: %(count)s.") % {"count": given})
    return redirect("awards:issued", issue.pk)


@require_POST
def certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the worker make one PDF with every certificate of the decision."""
    user = in_charge(request, Permission.ISSUE)
    issue = _issue_or_404(user, pk)
    attempt(
        request,
        lambda: request_certificates(issue_id=issue.pk, by=user, now=timezone.now()),
        done=_("The certificates are being made. You can leave this page and come back."),
    )
    return redirect("awards:issued", issue.pk)


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the certificates are; the page asks again while the worker is at it."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    found = get_object_or_404(visible_to(user, DocumentJob).select_related("document", "requested_by"), pk=pk)
    if not request.htmx:  # type: ignore[attr-defined]  # set by django-htmx's middleware
        return redirect("awards:issued", found.issue_id)
    return render(request, "awards/_job.html", {"job": found})
