"""One value: its verdict, and the correction of a verified one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.corrections import correct_measurement
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.verification import VerdictGiven, VerdictRefused, give_verdict
from campaigns.enums import VerdictOutcome
from campaigns.forms.verification import CorrectionForm, VerdictForm
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.verdict_rules import Seat
from campaigns.views.form_key import run_once
from campaigns.views.reporting_access import signed_in

from .pages import Pages, Shown, refused_words, show


class VerdictPages(Pages):
    """What is done to one value."""

    def verdict(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one value its verdict; answer with its card, or go back to the queue without JavaScript."""
        if request.method != "POST":
            return redirect(self.place.url("queue"))
        now, user = timezone.now(), signed_in(request)
        desk = VerdictDesk.of(user, now=now)
        self.measurement(pk, user, desk)
        form = VerdictForm(request.POST)
        message, status = "", 200
        if not form.is_valid():
            status = 422
        else:
            said = form.cleaned_data
            try:
                give_verdict(
                    measurement_id=pk,
                    outcome=VerdictOutcome(said["outcome"]),
                    verified_value=said["verified_value"],
                    verified_completed_on=said["verified_completed_on"],
                    reason=said["reason"],
                    by=user,
                    now=now,
                )
            except VerdictGiven as given:
                message, status = str(given), 409
            except VerdictRefused as refused:
                message, status = str(refused), 422
        item = self.item(pk, user, desk, now)
        if status == 422 and not (item.standing and item.standing.seat):
            raise PermissionDenied
        shown = show(
            item,
            form=form if status == 422 else None,
            message=message,
            judged=status == 200,
        )
        return self._answer(request, shown, status)

    def _answer(self, request: HttpRequest, shown: Shown, status: int) -> HttpResponse:
        query = request.GET.urlencode()
        if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx's middleware
            context = {"judged": shown, "query": query, **self.names()}
            return render(request, "campaigns/_verify_item.html", context, status=status)
        if status == 422:
            return self.render(
                request, "campaigns/verification_one.html", {"one": shown, "query": query}, status=status
            )
        if status == 409:
            messages.warning(request, shown.message)
        else:
            messages.success(request, _("The verdict has been given."))
        return redirect(f"{self.place.url('queue')}?{query}")

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Enter what a verified value should have been; somebody else verifies it."""
        now, user = timezone.now(), signed_in(request)
        desk = VerdictDesk.of(user, now=now)
        self.measurement(pk, user, desk)
        item = self.item(pk, user, desk, now)
        if not (item.standing and item.standing.seat in (Seat.STAFF, Seat.SUBSTITUTE)):
            raise PermissionDenied
        form = CorrectionForm(request.POST or None)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid() and self._corrected(request, pk, form, now):
                messages.success(request, _("The correction waits for another officer's verdict."))
                return redirect(self.place.url("queue"))
        elif not show(item).may_correct:
            raise PermissionDenied
        return self.render(
            request, "campaigns/verification_correct.html", {"one": show(item), "form": form}, status=status
        )

    def _corrected(self, request: HttpRequest, pk: int, form: CorrectionForm, now: dt.datetime) -> bool:
        said, user = form.cleaned_data, signed_in(request)

        def act() -> dict[str, Any]:
            row = correct_measurement(
                measurement_id=pk,
                value=said["value"],
                nothing=said["nothing"],
                completed_on=said["completed_on"],
                reason=said["reason"],
                by=user,
                now=now,
            )
            return {"measurement": row.pk}

        try:
            run_once(request, act, now=now)
        except (VerdictRefused, IdempotencyMismatch) as refused:
            form.add_error(None, refused_words(refused))
            return False
        return True
