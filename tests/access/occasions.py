"""States of rows in which a page offers a form that it does not offer as the world stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from awards.actions.ballots import open_vote
from awards.actions.council import SessionData, council_members, plan_session
from awards.actions.templates import add_template
from awards.enums import Attendance, DocumentKind, PaperKind, VoteMode
from awards.models import DocumentJob, ProposalEvidence
from campaigns.enums import CampaignStatus, IndicatorKind
from campaigns.models import Campaign, User
from tests.awards.makers import Office
from tests.factories import (
    at,
    day,
    make_area,
    make_campaign,
    make_file,
    make_gate,
    make_indicator,
    make_measurement,
    make_participant,
    make_points,
    make_target,
    make_unit,
)

from .world import NOW, World


@dataclass(frozen=True)
class Occasion:
    """Pages as somebody meets them once the rows are so."""

    role: str
    prepare: Callable[[World], object]
    routes: tuple[str, ...]

    @contextmanager
    def on(self, world: World) -> Iterator[World]:
        """The world with those rows; afterwards they are as they were."""
        changed = dataclasses.replace(
            world, rows=dict(world.rows), a=dataclasses.replace(world.a, rows=dict(world.a.rows))
        )
        with transaction.atomic():
            self.prepare(changed)
            yield changed
            transaction.set_rollback(True)


def as_it_stands(_world: World) -> None:
    """For a page that wants to be told what it is about."""


def second_factor(world: World) -> None:
    Authenticator.objects.create(user=world.people["leader_b"], type=Authenticator.Type.TOTP, data={"secret": "X"})


def in_preparation(world: World) -> None:
    make_unit("X-Y", name="Xã Yên")
    Campaign.objects.filter(pk=world.campaign.pk).update(status=CampaignStatus.PREPARATION)


def without_reports(world: World) -> None:
    world.campaign = world.rows["preparing"]


def without_verdicts(world: World) -> None:
    world.campaign = make_campaign("PT-MO")


def over(world: World) -> None:
    world.campaign = make_campaign("PT-QUA", starts_on=day(-60))


def closed(world: World) -> None:
    world.campaign = make_campaign("PT-DONG", starts_on=day(-200), status=CampaignStatus.CLOSED)


def confirmed(world: World) -> None:
    world.a.rows["pointentry"] = make_points(world.a.participant)


def waiting_gate(world: World) -> None:
    world.a.rows["gate"] = make_gate(world.a.participant, confirmed=False, holds_from=day(59))


def milestone(world: World) -> None:
    area = make_area(world.campaign, 7)
    make_target(make_indicator(area, "CT7", kind=IndicatorKind.MILESTONE), world.a.participant, goal=1)


def nothing_asked(world: World) -> None:
    world.a.rows["target"] = world.a.rows["plain_target"]


def another_verdict(world: World) -> None:
    period = world.campaign.periods.order_by("ends_on")[1]
    world.a.rows["measurement"] = make_measurement(
        world.a.rows["target"], period, sent_by=world.a.leader, verdict="adjusted", verified_value=41
    )


def no_job(world: World) -> None:
    DocumentJob.objects.all().delete()


def two_templates(world: World) -> None:
    add_template(
        kind=DocumentKind.DECISION, name="Mẫu mới", form_number="", layout={}, by=world.people["staff"], now=NOW
    )


def with_papers(world: World) -> None:
    twin = world.a
    for kind in (PaperKind.REQUEST, PaperKind.REPORT, PaperKind.MINUTES):
        file = make_file(twin.participant, content=str(kind).encode(), name=f"{kind}.pdf", uploaded_by=twin.reporter)
        ProposalEvidence.objects.create(
            proposal=twin.rows["draft"], file=file, kind=kind, added_by=twin.reporter, added_at=at(58)
        )


def _office(world: World) -> Office:
    """The procedure's people, with a unit of their own."""
    office = Office(make_participant(world.campaign), category=world.rows["category"])
    office.with_outcome()
    return office


def submitted_alike(world: World) -> None:
    world.a.rows["proposal"] = _office(world).submitted(recipient_name="Lê Khen A")


def appraised(world: World) -> None:
    _office(world).appraised()


def before_the_council(world: World) -> None:
    _office(world).before_council()


def on_the_agenda(world: World, mode: VoteMode = VoteMode.SECRET, absent: Sequence[User] = ()) -> None:
    office = _office(world)
    attendance = {
        person.pk: Attendance.ABSENT if person in absent else Attendance.PRESENT
        for person in council_members(on=day(60))
    }
    world.a.rows["proposal"] = office.before_council()
    world.rows["session"] = plan_session(
        campaign_id=world.campaign.pk,
        data=SessionData(held_on=day(60), mode=mode),
        by=office.secretary,
        now=NOW,
        attendance=attendance,
        agenda=[world.a.rows["proposal"].pk],
    )


def for_an_open_vote(world: World) -> None:
    on_the_agenda(world, VoteMode.OPEN)


def vote_is_open(world: World) -> None:
    on_the_agenda(world, VoteMode.OPEN, [User.objects.get(username="council1")])
    open_vote(
        session_id=world.rows["session"].pk,
        proposal_id=world.a.rows["proposal"].pk,
        by=world.people["secretary"],
        now=NOW,
    )


def passed(world: World) -> None:
    office = _office(world)
    world.a.rows["dossier"] = office.prepared(
        office.passed(recipient_name="Trần Một"), office.passed(recipient_name="Trần Hai")
    )
    office.passed(recipient_name="Trần Ba")


def approved(world: World) -> None:
    _office(world).approved()


_ADMIN = "admin/campaigns"
_PLAN = ("area", "bloc", "period", "participant", "indicator", "target")
_SESSION = ("khen-thuong/hoi-dong/<int:pk>/", "khen-thuong/hoi-dong/<int:pk>/man-hinh/")
_CALENDAR = "?last_weekday=6&due_weekday=2&due_time=17:00&lock_days=3&shortest=4&code_prefix=T"
OCCASIONS = (
    Occasion("superuser", second_factor, (f"{_ADMIN}/user/<int:pk>/xac-thuc-hai-lop/",)),
    Occasion(
        "staff",
        in_preparation,
        (
            f"{_ADMIN}/campaign/<int:pk>/kiem-tra/",
            f"{_ADMIN}/campaign/<int:pk>/giao-chi-tieu/",
            *(f"{_ADMIN}/{noun}/<path:object_id>/change/" for noun in ("campaign", *_PLAN)),
            *(f"{_ADMIN}/{noun}/add/?campaign=<campaign>" for noun in _PLAN),
        ),
    ),
    Occasion("staff", without_reports, (f"{_ADMIN}/campaign/<int:pk>/lich-bao-cao/{_CALENDAR}",)),
    Occasion("staff", without_verdicts, (f"{_ADMIN}/campaign/<int:pk>/ve-du-thao/",)),
    Occasion("staff", over, (f"{_ADMIN}/campaign/<int:pk>/chot/",)),
    Occasion("staff", closed, (f"{_ADMIN}/campaign/<int:pk>/mo-lai/",)),
    Occasion("staff", confirmed, (f"{_ADMIN}/pointentry/<int:pk>/huy/",)),
    Occasion("staff", milestone, (f"{_ADMIN}/milestonewaiver/nhap/",)),
    Occasion("staff", waiting_gate, (f"{_ADMIN}/gate/<int:pk>/xac-nhan/", f"{_ADMIN}/gate/<int:pk>/rut/")),
    Occasion("staff", nothing_asked, ("giai-trinh/chi-tieu/<int:target>/",)),
    Occasion("leader_a", another_verdict, ("kien-nghi/so-lieu/<int:measurement>/",)),
    Occasion("staff", no_job, ("khen-thuong/quyet-dinh/<int:pk>/",)),
    Occasion("staff", two_templates, ("admin/awards/documenttemplate/<int:pk>/dung/",)),
    Occasion("leader_a", with_papers, ("khen-thuong/de-nghi/<int:pk>/",)),
    Occasion("reporter_a", as_it_stands, ("khen-thuong/de-nghi/moi/?don-vi=<participant>&danh-muc=<category>",)),
    Occasion("staff", submitted_alike, ("khen-thuong/de-nghi/<int:pk>/",)),
    Occasion("staff", appraised, ("khen-thuong/de-nghi/", "khen-thuong/hoi-dong/")),
    Occasion("secretary", before_the_council, ("khen-thuong/hoi-dong/", "khen-thuong/hoi-dong/<int:pk>/")),
    Occasion("secretary", on_the_agenda, _SESSION),
    Occasion("secretary", for_an_open_vote, _SESSION),
    Occasion("secretary", vote_is_open, _SESSION),
    Occasion("council", for_an_open_vote, _SESSION),
    Occasion("council", vote_is_open, _SESSION),
    Occasion("staff", passed, ("khen-thuong/to-trinh/", "khen-thuong/to-trinh/<int:pk>/")),
    Occasion("staff", approved, ("khen-thuong/ban-hanh/",)),
)
