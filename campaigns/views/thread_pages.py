"""What the pages of explanations, appeals, ledgers and activities share: an act with its refusals, lists by tabs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import evidence
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.threads import ThreadRefused
from campaigns.actions.uploads import EvidenceRefused
from campaigns.queries.threads import OVERDUE, RUNNING, SETTLED, tab_counts, tab_filter

PAGE = 30


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> int:
    """Do what the form asks for; return the status of the answer, with the refusal's sentence on the form."""
    if not form.is_valid():
        return 422
    try:
        act(form.cleaned_data)
    except ThreadRefused as refused:
        form.add_error(None, refused.message)
        return 409
    except EvidenceRefused as refused:
        form.add_error("papers", str(refused.message))
        return 422
    except IdempotencyMismatch as mismatch:
        form.add_error(None, mismatch.messages[0])
        return 422
    except evidence.EvidenceStoreFull:
        form.add_error("papers", _("The portal's disk is full: the file was not stored. Tell Internal Affairs staff."))
        return 507
    return 200


def shown_again(form: forms.Form, *, version: int) -> forms.Form:
    """Return a refused form with what was typed and its refusals, ready to be sent on what is stored now."""
    data = {name: form.data.get(name, "") for name in form.data} | {"version": str(version)}
    again = type(form)(data, auto_id=form.auto_id)
    again.is_valid()
    again.errors.clear()
    for name, errors in form.errors.items():
        again.errors[name] = errors
    return again


def tabbed(request: HttpRequest, rows: QuerySet[Any], *, address: str, today: dt.date) -> dict[str, Any]:
    """Return one page of a list with its tabs; 404 for a tab that there is not. Three queries."""
    chosen = request.GET.get("muc", RUNNING)
    labels = {RUNNING: _("Being handled"), OVERDUE: _("Overdue"), SETTLED: _("Settled")}
    if chosen not in labels:
        raise Http404
    counts = tab_counts(rows, on=today)
    page = Paginator(rows.filter(tab_filter(chosen, on=today)), PAGE).get_page(request.GET.get("page"))
    tabs = [
        {
            "label": label,
            "url": f"{reverse(address)}?muc={tab}",
            "active": tab == chosen,
            "count": counts[tab],
        }
        for tab, label in labels.items()
    ]
    return {"page": page, "rows": list(page.object_list), "tabs": tabs, "today": today}


def sections(here: str) -> list[dict[str, Any]]:
    """Return the two lists that the menu's entry leads to."""
    return [
        {"label": label, "url": reverse(f"campaigns:{name}"), "active": name == here}
        for name, label in (("explanations", _("Explanations")), ("appeals", _("Appeals")))
    ]
