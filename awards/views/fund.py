"""The emulation and commendation fund: balance, movements, what staff enter, money of revoked awards that came back."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from awards.actions.issue import move_fund, record_recovery
from awards.enums import FundKind
from awards.forms.steps import FundForm, RecoveryForm
from awards.models import Award
from awards.queries.money import fund_balance, fund_movements, fund_year, fund_years, recovered_of
from campaigns.calendar import local_day
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to

from .access import attempt_once, in_charge, signed_in, trail

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
def fund(request: HttpRequest) -> HttpResponse:
    """Balance and movements, by year; staff enter an allocation or a correction."""
    user = in_charge(request, Permission.VIEW_PROPOSALS if request.method != "POST" else Permission.ISSUE)
    today = local_day(timezone.now())
    form, status = FundForm(request.POST or None, initial={"day": today}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = {**form.cleaned_data, "kind": FundKind(form.cleaned_data["kind"])}
            status = attempt_once(
                request,
                lambda: move_fund(by=user, now=timezone.now(), **typed),
                done=_("The movement has been entered."),
            )
        if status == 200:
            return redirect("awards:fund")
    years = fund_years()
    asked = request.GET.get("nam", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else (years[0] if years else today.year)
    shown = fund_year(year=year)
    context = {
        "form": form,
        "may_enter": can(user, Permission.ISSUE),
        "balance": fund_balance(),
        "year": shown,
        "years": years,
        "page": Paginator(fund_movements(year=shown), PER_PAGE).get_page(request.GET.get("page")),
        "breadcrumb": trail((_("Issued awards"), reverse("awards:awards")), here=_("Fund")),
    }
    return render(request, "awards/fund.html", context, status=status)


@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """Record money of a revoked award that came back after the revocation."""
    user = in_charge(request, Permission.ISSUE)
    rows = visible_to(signed_in(request), Award).filter(revoked_on__isnull=False)
    award = get_object_or_404(rows.select_related("participant", "issue"), pk=pk)
    back = recovered_of(award)
    form = RecoveryForm(
        request.POST or None, initial={"day": local_day(timezone.now()), "amount": max(award.bonus - back, 0)}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data
            status = attempt_once(
                request,
                lambda: record_recovery(award_id=award.pk, by=user, now=timezone.now(), **typed),
                done=_("The recovered money has been recorded."),
            )
        if status == 200:
            return redirect("awards:fund")
    context = {
        "award": award,
        "recovered": back,
        "owed": award.bonus - back,
        "form": form,
        "breadcrumb": trail((_("Fund"), reverse("awards:fund")), here=_("Recovered money")),
    }
    return render(request, "awards/recovery.html", context, status=status)
