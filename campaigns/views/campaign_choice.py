"""Which campaign a person is looking at: the running one, or another they chose (remembered in the session)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest

from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, User
from campaigns.visibility import visible_to

PARAMETER = "dot"
_SESSION_KEY = "campaign"
_ORDER = {CampaignStatus.OPEN: 0, CampaignStatus.CLOSED: 1, CampaignStatus.PREPARATION: 2}


@dataclass(frozen=True)
class CampaignChoice:
    """What a person can look at, and what they do."""

    campaigns: list[Campaign]  # visible ones: running, then closed, then in preparation; the newest first
    current: Campaign | None
    is_unknown: bool  # the address names a campaign that does not exist for this person

    @property
    def is_default(self) -> bool:
        """Whether the campaign is the one shown without being asked for."""
        return not self.campaigns or self.current == self.campaigns[0]


def campaign_choice(request: HttpRequest) -> CampaignChoice:
    """Return the choice of this request (one query, once); ``?dot=CODE`` is remembered for the session."""
    found = request.__dict__.get("_campaign_choice")
    if found is None:
        found = request.__dict__["_campaign_choice"] = _choose(request)
    return cast(CampaignChoice, found)


def _choose(request: HttpRequest) -> CampaignChoice:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return CampaignChoice([], None, False)
    campaigns = sorted(
        visible_to(user, Campaign), key=lambda c: (_ORDER[CampaignStatus(c.status)], -c.starts_on.toordinal(), c.code)
    )
    by_code = {campaign.code: campaign for campaign in campaigns}
    default = campaigns[0] if campaigns else None
    asked = request.GET.get(PARAMETER)
    if asked is None:
        return CampaignChoice(campaigns, by_code.get(request.session.get(_SESSION_KEY, ""), default), False)
    if asked not in by_code:
        return CampaignChoice(campaigns, default, True)
    if by_code[asked] == default:
        request.session.pop(_SESSION_KEY, None)
    else:
        request.session[_SESSION_KEY] = asked
    return CampaignChoice(campaigns, by_code[asked], False)


def chosen_campaign(request: HttpRequest) -> Campaign:
    """Return the campaign the page is about; 404 where it does not exist for this person or there is none."""
    choice = campaign_choice(request)
    if choice.current is None or choice.is_unknown:
        raise Http404
    return choice.current
