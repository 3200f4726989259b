"""The addresses of the data interface. Each reads as the key's owner: what that account cannot see does not exist.

Annotations are read at run time: they describe the parameters, so they are not postponed here.
"""

import datetime as dt
from typing import Annotated, Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET
from ninja import Field, NinjaAPI, Query, Schema
from ninja.pagination import LimitOffsetPagination, paginate

from awards.models import Award
from campaigns.enums import ApiScope, CampaignStatus
from campaigns.models import Campaign, Participant
from campaigns.visibility import visible_to
from scoring.enums import Basis
from scoring.models import UnitScore

from .problems import catch_all, install
from .schemas import AwardOut, CampaignOut, ScoreOut, UnitOut
from .security import KeyAuth, PerKey, reader

api = NinjaAPI(
    title="Emulation portal",
    version="1",
    description="Campaigns, units, official scores and decided awards. Read-only; docs/api.md explains it.",
    docs_url=None,  # its page would load scripts from elsewhere; views.py has one of our own
    urls_namespace="api",
    auth=KeyAuth(),
    throttle=[PerKey("120/m")],
)
install(api)


class Pages(LimitOffsetPagination):
    """``limit`` and ``offset``, within what a database takes."""

    class Input(Schema):
        limit: int = Field(100, ge=1, le=500)
        offset: int = Field(0, ge=0, le=1_000_000)


def _campaigns(request: HttpRequest, scope: ApiScope) -> QuerySet[Campaign]:
    rows = visible_to(reader(request, scope), Campaign)
    return rows.exclude(status=CampaignStatus.PREPARATION).order_by("-starts_on", "pk")


_CAMPAIGN = ("code", "name", "status", "starts_on", "ends_on", "plan_number", "plan_date")


@api.get("/campaigns", response=list[CampaignOut], summary=gettext_noop("Launched campaigns, the latest first"))
@paginate(Pages)
def campaigns(request: HttpRequest, **page: Any) -> list[dict[str, Any]]:
    """Return each campaign with its content areas."""
    return [_campaign(row) for row in _campaigns(request, ApiScope.CAMPAIGNS).prefetch_related("areas")]


def _campaign(row: Campaign) -> dict[str, Any]:
    areas = sorted(row.areas.all(), key=lambda area: area.number)
    return {**{name: getattr(row, name) for name in _CAMPAIGN}, "organiser": row.organiser_name, "areas": areas}


@api.get("/campaigns/{code}/units", response=list[UnitOut], summary=gettext_noop("Units of a campaign, by code"))
@paginate(Pages)
def units(request: HttpRequest, code: str, **page: Any) -> QuerySet[Participant, Any]:
    """Return the units that take part, those that ended included."""
    campaign = get_object_or_404(_campaigns(request, ApiScope.CAMPAIGNS), code=code)
    rows = visible_to(reader(request, ApiScope.CAMPAIGNS), Participant).filter(campaign=campaign)
    return rows.select_related("bloc").order_by("code")


@api.get(
    "/campaigns/{code}/scores",
    response=list[ScoreOut],
    summary=gettext_noop("Official figures, the latest day unless named"),
)
@paginate(Pages)
def scores(
    request: HttpRequest,
    code: str,
    day: Annotated[dt.date | None, Query(description=gettext_noop("One day; without it the latest scored one"))] = None,
    unit: Annotated[
        str | None, Query(description=gettext_noop("One unit's code; without a day, every scored day"))
    ] = None,
    **page: Any,
) -> QuerySet[UnitScore, Any]:
    """Return units' official figures of a day by bloc and rank, or one unit's day by day."""
    campaign = get_object_or_404(_campaigns(request, ApiScope.SCORES), code=code)
    rows = UnitScore.objects.filter(campaign=campaign, basis=Basis.OFFICIAL).select_related("participant__bloc")
    if unit is not None:
        rows = rows.filter(participant__code=unit)
    if day is None and unit is None:
        day = rows.order_by("-day").values_list("day", flat=True).first()
    if day is not None:
        rows = rows.filter(day=day)
    by_rank = F("rank").asc(nulls_last=True)
    return rows.order_by("-day", "participant__bloc__code", by_rank, "participant__code")


@api.get(
    "/campaigns/{code}/awards",
    response=list[AwardOut],
    summary=gettext_noop("Decided awards, the latest decision first"),
)
@paginate(Pages)
def awards(request: HttpRequest, code: str, **page: Any) -> QuerySet[Award, Any]:
    """Return the awards of signed decisions, revoked ones marked."""
    campaign = get_object_or_404(_campaigns(request, ApiScope.AWARDS), code=code)
    rows = visible_to(reader(request, ApiScope.AWARDS), Award).filter(issue__campaign=campaign)
    return rows.select_related("issue", "category", "participant", "proposal").order_by("-issue__signed_on", "pk")


def open_patterns() -> list[URLPattern]:
    """Return the interface's addresses. A key opens them, so nobody is sent to sign in."""
    patterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    for pattern in patterns:
        pattern.callback = login_not_required(require_GET(pattern.callback))
    nothing = login_not_required(catch_all)
    return [path("", nothing), *patterns, path("<path:rest>", nothing)]
