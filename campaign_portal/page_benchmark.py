"""What each main page costs, as a ratio to an empty page of the portal: the data, the pages, the clock.

The data is the sample with one unit brought to sixty targets. Every page is asked as somebody who really reads it,
and between two askings of a page stands one of the empty page, so that a busy machine weighs on both.
"""

from __future__ import annotations

import datetime as dt
import gc
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path, reverse
from django.utils import timezone, translation

from campaign_portal.rush.scene import Desk, set_scene
from campaign_portal.sample.loading import load
from campaign_portal.urls import handler400, handler500
from campaign_portal.urls import urlpatterns as portal
from campaigns.calendar import local_day
from campaigns.enums import UNIT_ROLES, CampaignStatus, Role
from campaigns.models import Campaign, Indicator, Participant, Period, RoleAssignment, Target, User
from scoring.actions.requests import request_run
from scoring.actions.runs import wait_for
from scoring.enums import RunTrigger

TARGETS = 60
EMPTY = "trang-trong/"
PLAN_LINES = 12
#: How many empty pages a page may cost. The grid's is a promise; the others' is where one would look into it.
GOAL_GRID, GOAL = 6.0, 8.0


@dataclass(frozen=True)
class Page:
    """One page that is measured."""

    name: str
    address: str
    username: str
    goal: float = GOAL


@dataclass(frozen=True)
class Cost:
    """What a page took."""

    page: Page
    queries: int
    seconds: float  # median
    ratio: float  # to the median of the empty page, asked in between
    size: int  # bytes before compression

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.page.goal


def empty(request: HttpRequest) -> HttpResponse:
    """The portal's frame with nothing in it."""
    return render(request, "base.html")


#: The portal's addresses and the empty page; the benchmark alone serves them.
urlpatterns = [*portal, path(EMPTY, empty, name="empty")]
__all__ = ["handler400", "handler500", "urlpatterns"]


def build() -> list[Page]:
    """Load the sample, bring one unit to sixty targets, and return the pages with their readers."""
    now = timezone.now()
    with translation.override("vi"):
        load(to=local_day(now), now=now, say=lambda words: None)
    return pages(now=now)


def pages(*, now: dt.datetime) -> list[Page]:
    """Return the main pages of the running campaign of the sample."""
    campaign = Campaign.objects.filter(status=CampaignStatus.OPEN).order_by("-starts_on")[0]
    unit = Participant.objects.get(campaign=campaign, code="P01")
    provider = Participant.objects.get(campaign=campaign, code="CCT")
    period = Period.objects.filter(campaign=campaign).current(on=local_day(now)).first() or campaign.periods.last()
    assert period is not None  # the sample has a calendar
    fill(unit)
    return [
        Page("home", "/", "truong.p01"),
        Page(f"grid, {TARGETS} targets", reverse("campaigns:grid", args=[unit.pk, period.pk]), "baocao.p01", GOAL_GRID),
        Page("grid turned", reverse("campaigns:grid", args=[provider.pk, period.pk]), "truong.cct"),
        Page("verification queue", reverse("admin:campaigns_verification_queue"), "noivu2"),
        Page("board", reverse("scoring:leaderboard"), "truong.p01"),
        Page("unit", reverse("scoring:unit", args=[unit.code]), "truong.p01"),
        Page("explanation", reverse("scoring:explanation", args=[unit.code]), "truong.p01"),
        Page("eligibility", reverse("awards:eligibility_unit", args=[unit.pk]), "truong.p01"),
        Page("dashboard", reverse("awards:dashboard"), "chutich"),
        Page("audit", reverse("admin:campaigns_auditentry_changelist"), "kiemtoan"),
    ]


def build_plain(units: int) -> list[Page]:
    """Make a campaign of so many units in its tenth week, scored for three days, and return the pages that list them.

    The sample's people and papers would hide what grows with the units; here everything but their number is the same.
    """
    now = timezone.now()
    with override_settings(WAKE_WORKER=False):
        scene = set_scene(leaders=units, officers=1, now=now)
    campaign = Campaign.objects.get()
    for day in (local_day(now) - dt.timedelta(days=days) for days in (2, 1, 0)):
        trigger = RunTrigger.MANUAL
        run = request_run(campaign=campaign, day=day, trigger=trigger, by=None, now=now)
        wait_for(run=run, clock=timezone.now)
    seated = _seat(since=campaign.starts_on)
    with connection.cursor() as cursor:  # as the database does by itself in service
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")
    return [
        *_of_scores(campaign, scene.desks[1], scene.officers[0]),
        *_of_administration(campaign, scene.desks[1], scene.officers[0]),
        *(Page(f"home of the {role}".replace("_", " "), "/", name) for role, name in seated.items()),
        Page("decisions", reverse("awards:dashboard"), seated[Role.CHAIRMAN]),
        Page("audit", reverse("admin:campaigns_auditentry_changelist"), seated[Role.AUDITOR]),
    ]


def _seat(*, since: dt.date) -> dict[Role, str]:
    """One person for each role of the organiser as a whole; who is who, by name for signing in."""
    roles = [role for role in Role if role not in (*UNIT_ROLES, Role.INTERNAL_AFFAIRS)]
    people = User.objects.bulk_create(
        [
            User(username=role.value, full_name=str(role.label), is_staff=role is Role.AUDITOR, password="!")  # noqa: S106  # nobody signs in by it
            for role in roles
        ]
    )
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(
                user=person,
                role=role,
                valid_from=since,
                valid_to=since + dt.timedelta(days=365) if role is Role.VICE_CHAIRMAN else None,  # a delegation ends
                document_number="1/QĐ-UBND",
            )
            for person, role in zip(people, roles, strict=True)
        ]
    )
    return {role: person.username for role, person in zip(roles, people, strict=True)}


def _of_scores(campaign: Campaign, desk: Desk, officer: str) -> list[Page]:
    """What everybody reads."""
    unit, leader = Participant.objects.get(pk=desk.participant), desk.username
    area, indicator = campaign.areas.order_by("number")[0], campaign.indicators.order_by("code")[0]
    return [
        Page("home of a leader", "/", leader),
        Page("home of an officer", "/", officer),
        Page("grid", reverse("campaigns:grid", args=[unit.pk, desk.period]), leader),
        Page("board", reverse("scoring:leaderboard"), leader),
        Page("area", reverse("scoring:area", args=[area.number]), leader),
        Page("indicator", reverse("scoring:indicator", args=[indicator.code]), leader),
        Page("what changed", reverse("scoring:changes"), officer),
        Page("early warning", reverse("scoring:early_warning"), officer),
        Page("early warning of an area", reverse("scoring:early_warning") + f"?noi-dung={area.number}", officer),
        Page("screen of a meeting", reverse("scoring:meeting"), officer),
        Page("unit", reverse("scoring:unit", args=[unit.code]), leader),
        Page("explanation", reverse("scoring:explanation", args=[unit.code]), leader),
        Page("search", reverse("search") + "?q=unit+7", officer),
    ]


def _of_administration(campaign: Campaign, desk: Desk, officer: str) -> list[Page]:
    """What Internal Affairs works with."""
    unit = {"participant": desk.participant}
    pages = {
        "verification queue": reverse("admin:campaigns_verification_queue"),
        "follow-up": reverse("campaigns:follow_board"),
        "follow-up of a unit": reverse("campaigns:follow_unit", kwargs=unit),
        "a nudge": reverse("campaigns:follow_nudge", args=[desk.period]),
        "activities": reverse("campaigns:activities"),
        "eligibility": reverse("awards:eligibility"),
        "proposals": reverse("awards:proposals"),
        "documents": reverse("awards:documents"),
        "statistics": reverse("awards:statistics"),
        "workbooks": reverse("admin:campaigns_workbookimport_changelist"),
        "index of the administration": reverse("admin:index"),
        "path of setting up": reverse("admin:campaigns_campaign_setup", args=[campaign.pk]),
        "registrations": reverse("admin:campaigns_campaign_registrations", args=[campaign.pk]),
        "a period": reverse("admin:campaigns_lateexception_period", args=[desk.period]),
        "form of points": reverse("admin:campaigns_pointentry_enter"),
        "form of a late milestone": reverse("admin:campaigns_milestonewaiver_enter"),
        "form of a late exception": reverse("admin:campaigns_lateexception_enter"),
        "form of an added target": reverse("admin:campaigns_target_addition"),
        "list of units": reverse("admin:campaigns_unit_changelist"),
        "list of participants": reverse("admin:campaigns_participant_changelist"),
        "list of targets": reverse("admin:campaigns_target_changelist"),
        "list of measurements": reverse("admin:campaigns_measurement_changelist"),
        "list of people": reverse("admin:campaigns_user_changelist"),
        "a participant": reverse("admin:campaigns_participant_change", args=[desk.participant]),
    }
    return [Page(name, address, officer) for name, address in pages.items()]


def fill(unit: Participant) -> None:
    """Give the unit targets of new indicators until it has sixty; written past the frozen plan, for the benchmark."""
    own = Target.objects.filter(participant=unit, indicator__provider__isnull=True)
    model = own.exclude(indicator__kind="milestone").select_related("indicator").first()
    assert model is not None  # the sample gives every ward targets
    for number in range(TARGETS - own.count()):
        indicator = Indicator.objects.get(pk=model.indicator_id)
        indicator.pk, indicator.code, indicator.name = None, f"BM{number + 1}", f"Chỉ tiêu đo thử {number + 1}"
        indicator.save(force_insert=True)
        target = Target.objects.get(pk=model.pk)
        target.pk, target.indicator = None, indicator
        target.save(force_insert=True)


def measure(found: list[Page], *, runs: int) -> Iterator[Cost]:
    """Ask each page ``runs`` times with the empty page in between; yield what it took."""
    # Views and templates are loaded, and no garbage of the building is left: as in service (wsgi.py).
    for page in found:
        _asked(signed_in(page), page.address)
    gc.collect()
    gc.freeze()
    for page in found:
        client = signed_in(page)
        response = _asked(client, page.address)
        _asked(client, f"/{EMPTY}")
        with CaptureQueriesContext(connection) as queries:
            _asked(client, page.address)
        count = len(queries)  # the next request empties the log
        times, blanks = [], []
        for _turn in range(runs):
            blanks.append(_timed(client, f"/{EMPTY}"))
            times.append(_timed(client, page.address))
        yield Cost(
            page,
            count,
            statistics.median(times),
            statistics.median(times) / statistics.median(blanks),
            len(response.content),
        )


def slowest_plan(page: Page) -> tuple[float, str]:
    """Return the seconds of the page's slowest statement, and how PostgreSQL goes about it (its outer lines)."""
    client = signed_in(page)
    _asked(client, page.address)
    with CaptureQueriesContext(connection) as queries:
        _asked(client, page.address)
    asked = [query for query in queries if query["sql"].lstrip("(").startswith(("SELECT", "WITH"))]
    slowest = max(asked, key=lambda query: float(query["time"]))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF, SUMMARY OFF) {slowest['sql']}")
        lines = [line for (line,) in cursor.fetchall()]
    return float(slowest["time"]), "\n".join(line[:140] for line in lines[:PLAN_LINES])


def signed_in(page: Page) -> Client:
    """A browser of the person who reads the page."""
    client = Client()
    client.force_login(User.objects.get(username=page.username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _timed(client: Client, address: str) -> float:
    start = time.perf_counter()
    _asked(client, address)
    return time.perf_counter() - start


def _asked(client: Client, address: str) -> HttpResponse:
    response = cast(HttpResponse, client.get(address))
    if response.status_code != 200:
        raise AssertionError(f"{address} answered {response.status_code}")
    return response
