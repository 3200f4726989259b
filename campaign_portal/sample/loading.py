"""Load the sample: organiser, people, last year's closed campaign, the running one, and every night since.

Each step goes through the domain's own actions with the clock of its day, so that the trail, the runs and the
eligibility are what they would be. ``to`` is the day on which the running campaign is on its 60th day.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from campaign_portal.sample import awarding, documents, evidences, following, reminding
from campaign_portal.sample.award_settings import settings_of
from campaign_portal.sample.calendar import moment
from campaign_portal.sample.money import holidays
from campaign_portal.sample.people import AUTHORISATIONS, ORGANISER, SUBSTITUTE_UNIT, Grant, Person, people
from campaign_portal.sample.registrations import registrations
from campaign_portal.sample.shift import shift_workbook
from campaigns.actions import audit
from campaigns.actions.campaign import close_campaign
from campaigns.actions.clone import clone_campaign
from campaigns.actions.outbox_work import drain
from campaigns.actions.people import create_administrator, give_role, save_person, set_role_unit
from campaigns.actions.plan import save_campaign
from campaigns.actions.registers import save_register_row
from campaigns.enums import UNIT_ROLES, Role
from campaigns.models import (
    Authorisation,
    Campaign,
    Holiday,
    Organiser,
    Participant,
    Registration,
    RoleAssignment,
    Unit,
    User,
)
from campaigns.workbook.importer import import_workbook
from scoring.actions.requests import queue_missing_nights, request_final_run
from scoring.actions.runs import AFTER, work_queue

FOLDER = Path(__file__).parent
OFFICER = "noivu1"
IMPORTED_DAYS, CLOSED_DAYS = -320, -319  # last year's campaign
PASSWORD = "mau-{username}-quan-a"  # noqa: S105  # of the sample's accounts, on the local default only


@dataclass(frozen=True)
class Account:
    """One account of the tour, as it is printed."""

    username: str
    password: str
    name: str
    shows: str


def tour() -> list[Account]:
    """Return the accounts to be printed, one a role first."""
    return [
        Account(
            person.username,
            PASSWORD.format(username=person.username),
            f"{person.full_name}, {person.position}",
            person.shows,
        )
        for person in people()
        if person.tour
    ]


def load(*, to: dt.date, now: dt.datetime, say: Callable[[str], None]) -> list[Account]:
    """Load everything into an empty database, all of it or nothing, and return the accounts of the tour."""
    with audit.origin(command="load_sample"), transaction.atomic():
        admin = _people(to, now)
        save_register_row(row=Organiser(pk=1, **ORGANISER), by=admin, now=now)
        officer = User.objects.get(username=OFFICER)
        for row in holidays():
            save_register_row(row=Holiday(day=row.day, name=row.name), by=officer, now=now)
        say("Phong trào năm trước…")
        last_year = _import("last_year.xlsx", to, officer, moment(to, IMPORTED_DAYS, "08:00"))
        _roles_of_units(to, by=admin, now=now)
        settings_of(last_year, to=to, by=officer)
        _close(last_year, to)
        say("Phong trào đang diễn ra…")
        running = _import("running.xlsx", to, officer, now)
        _roles_of_units(to, by=admin, now=now)
        _registrations(running, to, officer)
        settings_of(running, to=to, by=officer)
        say("Tính điểm các đêm đã qua…")
        _score_nights(running, now)
        say("Hồ sơ khen thưởng…")
        awarding.proposals({last_year.code: last_year, running.code: running}, to=to, say=say)
        evidences.back_with_evidence(running, now=now)
        following.follow_up(running, to=to, now=now)
        documents.add_texts(running, now=now)
        say("Văn bản…")
        documents.write_documents([last_year, running], now=now)
        _next_campaign(running, officer, now)
        reminding.remind(running, to=to, now=now)
        with reminding.letters_kept():
            drain(clock=lambda: now, seconds=60)
    return tour()


def _next_campaign(running: Campaign, by: User, now: dt.datetime) -> None:
    """Prepare the campaign after the running one, so that the steps of a set-up have something to show."""
    starts_on = running.starts_on + dt.timedelta(days=364)
    code = f"TD90-{starts_on.year}"
    clone_campaign(
        source_id=running.pk,
        code=code,
        name="Phong trào thi đua 90 ngày chào mừng năm mới, phấn đấu hoàn thành vượt mức kế hoạch năm sau",
        starts_on=starts_on,
        key=f"mau-{code}-nhan-ban",
        by=by,
        now=now,
    )


def _people(to: dt.date, now: dt.datetime) -> User:
    """Create the accounts, the administrator's first, who creates the others; return the administrator.

    Roles of units follow when the units exist.
    """
    everybody = people()
    first = next(person for person in everybody if person.is_superuser)
    admin = create_administrator(person=_account(first), now=now)
    for person in everybody:
        if person is first:
            continue
        user = save_person(person=_account(person), by=admin, now=now)
        for grant in person.grants:
            if grant.role not in UNIT_ROLES:
                _grant(user, grant, None, to, by=admin, now=now)
    return admin


def _account(person: Person) -> User:
    password = PASSWORD.format(username=person.username) if person.tour else ""
    return User(
        username=person.username,
        email=person.email,
        full_name=person.full_name,
        position=person.position,
        password=make_password(password or None),
    )


def _grant(user: User, grant: Grant, unit: Unit | None, to: dt.date, *, by: User, now: dt.datetime) -> None:
    give_role(
        person_id=user.pk,
        role=Role(grant.role),
        unit_id=unit.pk if unit is not None else None,
        valid_from=to + dt.timedelta(days=grant.from_days),
        valid_to=None if grant.to_days is None else to + dt.timedelta(days=grant.to_days),
        document_number=grant.document,
        by=by,
        now=now,
    )


def _roles_of_units(to: dt.date, *, by: User, now: dt.datetime) -> None:
    """Give the roles whose units exist by now, and say whose member each officer and councillor is."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    users = {user.username: user for user in User.objects.all()}
    held = set(RoleAssignment.objects.filter(unit__isnull=False).values_list("user__username", "role", "unit__code"))
    for person in people():
        _roles_of(person, users[person.username], units, held, to, by=by, now=now)
    for row in AUTHORISATIONS:
        if row.unit in units:
            Authorisation.objects.get_or_create(
                unit=units[row.unit],
                reporter=users[row.reporter],
                leader=users[row.leader],
                valid_from=to + dt.timedelta(days=row.from_days),
                valid_to=to + dt.timedelta(days=row.to_days),
            )


def _roles_of(
    person: Person,
    user: User,
    units: dict[str, Unit],
    held: set[tuple[str, str, str]],
    to: dt.date,
    *,
    by: User,
    now: dt.datetime,
) -> None:
    for grant in person.grants:
        if grant.unit not in units or (person.username, grant.role, grant.unit) in held:
            continue
        if grant.role in UNIT_ROLES:
            _grant(user, grant, units[grant.unit], to, by=by, now=now)
            continue
        for row in RoleAssignment.objects.filter(user=user, role=grant.role, unit=None):
            set_role_unit(assignment_id=row.pk, unit_id=units[grant.unit].pk, by=by, now=now)


def _import(name: str, to: dt.date, by: User, now: dt.datetime) -> Campaign:
    with tempfile.TemporaryDirectory() as folder:
        shifted = Path(folder) / name
        shift_workbook(FOLDER / name, shifted, to=to)
        with shifted.open("rb") as file:
            result = import_workbook(file=file, file_name=name, by=by, now=now)
    campaign = Campaign.objects.get(code=result.campaign_code)
    campaign.substitute_verifier = Unit.objects.get(code=SUBSTITUTE_UNIT)
    return save_campaign(campaign=campaign, by=by, now=now)


def _close(campaign: Campaign, to: dt.date) -> None:
    closed = moment(to, CLOSED_DAYS, "16:30")
    run_until = moment(to, CLOSED_DAYS + 1, "00:15")
    close_campaign(campaign_id=campaign.pk, by=User.objects.get(username=OFFICER), now=closed)
    campaign.refresh_from_db()
    request_final_run(campaign=campaign, now=run_until)
    work_queue(clock=lambda: run_until, campaign_ids=[campaign.pk], seconds=600)
    drain(clock=lambda: run_until, topics=[AFTER], seconds=120)


def _score_nights(campaign: Campaign, now: dt.datetime) -> None:
    """Score every past night on this connection: what is loaded is not committed yet, so no other one sees it."""
    queue_missing_nights(now=now, campaign=campaign)
    work_queue(clock=lambda: now, campaign_ids=[campaign.pk], seconds=600)
    drain(clock=lambda: now, topics=[AFTER], seconds=120)


def _registrations(campaign: Campaign, to: dt.date, by: User) -> None:
    participants = {row.code: row for row in Participant.objects.filter(campaign=campaign)}
    Registration.objects.bulk_create(
        Registration(
            participant=participants[row.unit],
            plan_number=row.plan_number,
            plan_date=to + dt.timedelta(days=row.issued_days),
            launched_on=to + dt.timedelta(days=row.launched_days),
            focal_name=row.focal_person,
            focal_contact=f"{row.unit.lower()}@quan-a.example",
            deputy_name=row.deputy,
            head_name=row.deputy,
            updated_by=by,
        )
        for row in registrations()
        if row.unit in participants
    )
