"""What every page's frame shows: the organiser, the campaign, the menu of the person's roles, as of when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from awards.permissions import may_publish
from campaign_portal.work import menu_counts, unread_alone
from campaign_portal.work_sources import BELL
from campaigns.models import Organiser, User
from campaigns.permissions import Permission, access_of, can
from campaigns.views.campaign_choice import campaign_choice
from scoring.views.asked import chosen_snapshot


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu, or a group that opens to several."""

    label: str
    url: str  # empty for a group
    icon: str
    active: bool
    count: int = 0
    children: tuple[NavItem, ...] = ()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the page frame. Each value is read only when a template asks for it."""
    user = getattr(request, "user", None)
    now = timezone.now()
    values: dict[str, Any] = {"organiser": SimpleLazyObject(lambda: Organiser.objects.first()), "now": now}
    if not isinstance(user, User):
        return values
    campaign = campaign_choice(request).current
    snapshot = chosen_snapshot(request)
    return values | {
        "unread_count": SimpleLazyObject(lambda: menu_counts(request)[BELL]),
        "unread_alone": SimpleLazyObject(lambda: unread_alone(request)),
        "campaign": campaign,
        "campaign_closing": campaign is not None and campaign.is_awaiting_closure(now),
        "nav_items": SimpleLazyObject(lambda: menu_of(user, request.path, menu_counts(request))),
        "as_of": snapshot.as_of if snapshot else None,
    }


def menu_of(user: User, path: str, counts: Counter[str]) -> list[NavItem]:
    """Return the menu: only what the person's roles open, in the order of a working day, with what waits there."""
    items = [NavItem(_("Home"), "/", "house", path == "/")]
    following: list[NavItem] = []
    measuring: list[NavItem] = []
    commending: list[NavItem] = []

    def add(condition: bool, label: str, name: str, icon: str, *also: str, to: list[NavItem] = items) -> None:
        if condition:
            url = reverse(name)
            active = any(path.startswith(one) for one in (url, *map(reverse, also)))
            to.append(NavItem(label, url, icon, active, counts[name]))

    decides, verifies = can(user, Permission.DECIDE), can(user, Permission.VERIFY)
    of_unit, in_charge = can(user, Permission.DRAFT_REPORT), can(user, Permission.VIEW_PROPOSALS)
    add(decides, _("To decide"), "awards:dashboard", "patch-check")
    add(of_unit, _("Reporting"), "campaigns:reporting", "pencil-square")
    add(verifies, _("Verification"), "admin:campaigns_verification_queue", "clipboard-check")
    add(of_unit and not verifies, _("To verify"), "campaigns:verify_queue", "clipboard-check")

    follows, threads = can(user, Permission.VIEW_ALL_UNITS), can(user, Permission.VIEW_UNIT)
    follow = partial(add, to=following)
    follow(follows, _("Follow-up"), "campaigns:follow_board", "table")
    follow(threads, _("Explanations and appeals"), "campaigns:explanations", "chat-left-text", "campaigns:appeals")
    follow(can(user, Permission.PUBLISH), _("Announcements"), "campaigns:announcements", "megaphone")
    follow(threads, _("Incident ledgers"), "campaigns:ledgers", "shield-check")
    follow(threads, _("Activities"), "campaigns:activities", "calendar-event")
    items += _group(_("Following up"), "eye", following)

    measure = partial(add, to=measuring)
    measure(can(user, Permission.VIEW_BOARD), _("Scoreboard"), "scoring:leaderboard", "bar-chart")
    measure(follows, _("Early warning"), "scoring:early_warning", "exclamation-triangle")
    measure(can(user, Permission.EDIT_PLAN), _("What if"), "scoring:what_if", "calculator")
    measure(can(user, Permission.RECOMPUTE), _("Score runs"), "scoring:runs", "arrow-repeat")
    items += _group(pgettext("menu", "Scores"), "bar-chart", measuring)

    commend = partial(add, to=commending)
    commend(of_unit or can(user, Permission.VIEW_ELIGIBILITY), _("Eligibility"), "awards:eligibility", "list-check")
    commend(of_unit or in_charge, _("Award proposals"), "awards:proposals", "award")
    sits = can(user, Permission.VOTE) or can(user, Permission.RECORD_COUNCIL)
    commend(sits, _("Council"), "awards:sessions", "people")
    commend(can(user, Permission.PREPARE_DOSSIER), _("Submissions"), "awards:dossiers", "file-earmark-text")
    commend(in_charge, _("Documents"), "awards:documents", "file-earmark-text")
    commend(can(user, Permission.VIEW_BOARD), _("Awards given"), "awards:awards", "trophy")
    commend(of_unit or may_publish(user), _("Exemplars"), "awards:stories", "star")
    items += _group(_("Commendation"), "award", commending)

    add(of_unit and can(user, Permission.SUBMIT_PROPOSAL), _("Own audit trail"), "campaigns:own_trail", "journal-text")
    may_administer = user.is_staff and bool(access_of(user).permissions)
    add(may_administer, _("Administration"), "admin:index", "gear")
    return items


def _group(label: str, icon: str, children: list[NavItem]) -> list[NavItem]:
    """A group of two or more; one entry stands for itself."""
    if len(children) < 2:
        return children
    active = any(child.active for child in children)
    return [NavItem(label, "", icon, active, sum(child.count for child in children), tuple(children))]
