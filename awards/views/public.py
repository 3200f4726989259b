"""The public page: no sign-in, no score unless the organiser opens the board, nothing that was not published."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awards.models import Exemplar
from awards.queries.public import (
    public_announcements,
    public_areas,
    public_awards,
    public_board,
    public_campaigns,
    public_plan,
    published_stories,
)
from campaigns import evidence
from campaigns.models import Campaign
from campaigns.views.inert import attached, shown_picture

STORIES, AWARDS, FIRST = 12, 50, 6
PARAMETER = "phong-trao"


def _campaign(request: HttpRequest) -> tuple[Campaign | None, list[Campaign]]:
    """Return the campaign of ``?phong-trao=``, else the running one; 404 for one that is not launched."""
    campaigns = public_campaigns()
    code = request.GET.get(PARAMETER, "")
    if not code:
        return (campaigns[0] if campaigns else None), campaigns
    found = next((row for row in campaigns if row.code == code), None)
    if found is None:
        raise Http404
    return found, campaigns


def _chosen(request: HttpRequest) -> Campaign:
    found, _others = _campaign(request)
    if found is None:
        raise Http404
    return found


def _trail(here: str) -> list[dict[str, str]]:
    return [{"label": _("Public page"), "url": reverse("awards:public")}, {"label": here, "url": ""}]


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The plan, the latest stories and awards, announcements; the way to all of them."""
    campaign, campaigns = _campaign(request)
    context: dict[str, Any] = {"campaigns": campaigns, "campaign": campaign, "campaign_closing": False}
    if campaign is not None:
        context |= {
            "plan": public_plan(campaign),
            "areas": public_areas(campaign),
            "stories": published_stories().filter(campaign=campaign)[:FIRST],
            "awards": public_awards(campaign)[:FIRST],
            "announcements": public_announcements(campaign)[:3],
            "board": public_board(campaign),
        }
    return render(request, "awards/public.html", context)


@login_not_required
@require_safe
def stories(request: HttpRequest) -> HttpResponse:
    """All published stories of a campaign."""
    campaign = _chosen(request)
    rows = Paginator(published_stories().filter(campaign=campaign), STORIES).get_page(request.GET.get("page"))
    context = {"campaign": campaign, "page": rows, "campaign_closing": False, "breadcrumb": _trail(_("Exemplars"))}
    return render(request, "awards/public_stories.html", context)


def _published(pk: int) -> Exemplar:
    return get_object_or_404(published_stories().select_related("participant", "campaign", "picture"), pk=pk)


@login_not_required
@require_safe
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """One published story."""
    found = _published(pk)
    context = {
        "campaign": found.campaign,
        "campaign_closing": False,
        "story": found,
        "picture_url": reverse("awards:public_picture", args=[found.pk]) if found.picture_id else "",
        "breadcrumb": [
            *_trail("")[:1],
            {"label": _("Exemplars"), "url": f"{reverse('awards:public_stories')}?{PARAMETER}={found.campaign.code}"},
            {"label": found.title, "url": ""},
        ],
    }
    return render(request, "awards/public_story.html", context)


@login_not_required
@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a published story."""
    found = _published(pk)
    if found.picture is None:
        raise Http404
    return shown_picture(found.picture.sha256, found.picture.content_type)


@login_not_required
@require_safe
def small_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The small copy of a published story's picture."""
    found = _published(pk)
    if not found.picture_small:
        raise Http404
    return shown_picture(found.picture_small, "image/jpeg", shelf=evidence.PREVIEWS)


@login_not_required
@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """Who was commended: names after the decision is issued, neither money nor addresses."""
    campaign = _chosen(request)
    rows = Paginator(public_awards(campaign), AWARDS).get_page(request.GET.get("page"))
    context = {"campaign": campaign, "page": rows, "campaign_closing": False, "breadcrumb": _trail(_("Awards given"))}
    return render(request, "awards/public_awards.html", context)


@login_not_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Totals per bloc, where the organiser opened the board; else there is no such page."""
    campaign = _chosen(request)
    found = public_board(campaign)
    if found is None:
        raise Http404
    context = {"campaign": campaign, "board": found, "campaign_closing": False, "breadcrumb": _trail(_("Scoreboard"))}
    return render(request, "awards/public_board.html", context)


@login_not_required
@require_safe
def plan_file(request: HttpRequest) -> HttpResponse:
    """The published plan's file, hashed again on the way."""
    plan = public_plan(_chosen(request))
    if plan is None or not plan.file_sha256:
        raise Http404
    try:
        return attached(evidence.read(plan.file_sha256), plan.file_type, name=plan.file_name)
    except evidence.EvidenceDamaged as error:
        raise Http404 from error
