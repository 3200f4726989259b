"""The list of values that wait, its filters, and the filters kept under a name."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.records import PlanRefused
from campaigns.actions.saved_views import remove_view, save_view
from campaigns.forms.picking import MOST
from campaigns.forms.verification import STATES, QueueForm, ViewForm
from campaigns.models import Area, Campaign, Indicator, Measurement, Participant, Period, SavedView
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_item import Item
from campaigns.queries.verification_queue import QueueFilter, in_order, inspect
from campaigns.report_wording import CHECK_NAMES
from campaigns.views.reporting_access import signed_in
from campaigns.visibility import visible_to

from .pages import Pages, chosen_campaign, show

PAGE = 30


class QueuePages(Pages):
    """The queue and the person's own views of it."""

    def queue(self, request: HttpRequest) -> HttpResponse:
        """List the values that wait, with what each is held against."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        now = timezone.now()
        user, desk = signed_in(request), VerdictDesk.of(signed_in(request), now=now)
        campaigns = self.campaigns(user, desk)
        campaign = chosen_campaign(campaigns, request.GET.get("campaign", ""))
        if campaign is None:
            return self.render(request, "campaigns/verification_none.html", {})
        chosen = QueueForm(request.GET).to_filter()
        rows = self.place.scope(user, desk, campaign)
        choices, many = _choices(rows, campaign, chosen.unit)
        page = _page(rows, chosen, request.GET.get("page", "1"), desk, now)
        context = {
            "campaigns": campaigns,
            "campaign_shown": campaign,
            "filter": chosen,
            "states": STATES,
            "checks": CHECK_NAMES.items(),
            "views": visible_to(user, SavedView),
            "view_form": ViewForm(),
            "choices": choices,
            "many_units": many,
            "page": page,
            "shown": [show(item) for item in page.object_list],
            "waiting_count": rows.filter(verdict="").count(),
            "query": request.GET.urlencode(),
            "now": now,
        }
        return self.render(request, "campaigns/verification.html", context)

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the filters of the address under a name, or forget a kept one; they are the person's own."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user, now = signed_in(request), timezone.now()
        if not self.campaigns(user, VerdictDesk.of(user, now=now)):
            raise Http404
        query = request.GET.copy()
        query.pop("page", None)
        if (removed := request.POST.get("remove", "")).isdecimal() and len(removed) < 19:
            view = get_object_or_404(visible_to(user, SavedView), pk=removed)
            remove_view(pk=view.pk, by=user)
            messages.success(request, _("The view has been removed."))
        else:
            try:
                row = save_view(name=request.POST.get("name", ""), query=query.urlencode(), by=user, now=now)
            except PlanRefused as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, _("The view “%(name)s” has been saved.") % {"name": row.name})
        return redirect(f"{self.place.url('queue')}?{query.urlencode()}")


def _page(
    rows: QuerySet[Measurement], chosen: QueueFilter, number: str, desk: VerdictDesk, now: dt.datetime
) -> Page[Item]:
    """One page of items; a filter on checks or standing looks at all waiting values first."""
    found = in_order(chosen.narrow(rows))
    if chosen.state == "done":
        found = found.order_by("-verdict_at", "-pk")
    elif chosen.state in ("attention", "mine") or chosen.check:
        kept = [item for item in inspect(list(found), now=now, desk=desk) if _is_kept(item, chosen)]
        return Paginator(kept, PAGE).get_page(number)
    page = Paginator(found, PAGE).get_page(number)
    page.object_list = inspect(list(page.object_list), now=now, desk=desk)  # type: ignore[assignment]
    return cast("Page[Item]", page)


def _is_kept(item: Item, chosen: QueueFilter) -> bool:
    if chosen.check and chosen.check not in item.failed_checks:
        return False
    if chosen.state == "mine":
        return item.may_judge
    return chosen.state != "attention" or not item.is_clean


def _choices(
    rows: QuerySet[Measurement], campaign: Campaign, unit: int | None
) -> tuple[dict[str, list[tuple[int, str]]], bool]:
    """What the filters offer: the parts of the plan that have values here; of very many units only the chosen one.

    The second is whether there are so many. Each part is asked whether it has a value, which an index answers;
    telling all values apart would read them all.
    """

    def having(model: type[Model], path: str) -> QuerySet[Any]:
        here = rows.filter(**{path: OuterRef("pk")})
        return model._default_manager.filter(Exists(here), campaign=campaign)

    of_units = having(Participant, "target__participant").order_by("sort_key").values_list("pk", "name")
    units = list(of_units[: MOST + 1])
    many = len(units) > MOST
    if many:
        units = list(of_units.filter(pk=unit or 0))
    offered = {
        "area": [(one.pk, f"{one.number} · {one.name}") for one in having(Area, "target__indicator__area")],
        "indicator": [
            (one.pk, f"{one.code} · {one.name}") for one in having(Indicator, "target__indicator").order_by("code")
        ],
        "unit": units,
        "period": list(having(Period, "period").order_by("-ends_on").values_list("pk", "code")),
    }
    return offered, many
