"""The town of a load test: one campaign in its tenth week, each unit with a leader, officers who verify."""

from __future__ import annotations

import datetime as dt
import io
import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from fpdf import FPDF
from PIL import Image

from campaigns.calendar import local_day
from campaigns.enums import Role, UnitKind
from campaigns.models import Campaign, Organiser, Participant, Period, RoleAssignment, Unit, User
from campaigns.vietnamese import fold, sort_key
from scoring.benchmark import Size, build

PASSWORD = "bốn mươi chín con voi"  # noqa: S105  # of people who exist in the load test's own database only
WEEKS_REPORTED = 9


@dataclass(frozen=True)
class Desk:
    """Where one leader reports: who, and the numbers in the addresses."""

    username: str
    participant: int
    period: int


@dataclass(frozen=True)
class Scene:
    """Who is there."""

    desks: list[Desk]
    officers: list[str]


def set_scene(*, leaders: int, officers: int, now: dt.datetime) -> Scene:
    """Fill the empty database: nine weeks of verified reports, the tenth running, its report still to be sent."""
    today = local_day(now)
    Organiser.objects.get_or_create(
        pk=1, defaults={"name": "Ủy ban nhân dân thành phố B", "short_name": "UBND thành phố B", "is_sample": True}
    )
    first = today - dt.timedelta(days=7 * WEEKS_REPORTED + 3)
    build(Size("rush", 1, leaders), first_day=first, reported_until=today - dt.timedelta(days=1))
    campaign = Campaign.objects.get()
    period = Period.objects.get(campaign=campaign, starts_on__lte=today, ends_on__gte=today)
    hashed = make_password(PASSWORD)  # one for all: hashing a hundred takes longer than the rest
    participants = list(Participant.objects.filter(campaign=campaign).select_related("unit").order_by("pk"))
    heads = _people([f"truong{number}" for number in range(len(participants))], hashed)
    staff_unit = Unit(code="PNV", name="Phòng Nội vụ", kind=UnitKind.DIVISION)
    staff_unit.set_search_columns()
    staff_unit.save()
    staff = _people([f"canbo{number}" for number in range(officers)], hashed, is_staff=True)
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(user=head, role=Role.UNIT_LEADER, unit=unit.unit, valid_from=first)
            for head, unit in zip(heads, participants, strict=True)
        ]
        + [RoleAssignment(user=one, role=Role.INTERNAL_AFFAIRS, unit=staff_unit, valid_from=first) for one in staff]
    )
    desks = [Desk(head.username, unit.pk, period.pk) for head, unit in zip(heads, participants, strict=True)]
    return Scene(desks, [one.username for one in staff])


def _people(usernames: list[str], hashed: str, **columns: object) -> list[User]:
    people = [
        User(
            username=name,
            full_name=f"Nguyễn Thị {name}",
            search_text=fold(f"Nguyễn Thị {name}"),
            sort_key=sort_key(f"Nguyễn Thị {name}"),
            password=hashed,
            **columns,
        )
        for name in usernames
    ]
    return User.objects.bulk_create(people)


def scan(number: int) -> tuple[str, bytes]:
    """Return a PDF of a few pages as a scanner in an office makes it, about 300 KB, each different."""
    document = FPDF()
    for _page in range(3):
        document.add_page()
        document.image(io.BytesIO(_picture(number, 620, 880, quality=60)), x=10, y=10, w=190)
    return f"Báo cáo {number}.pdf", bytes(document.output())


def photograph(number: int) -> tuple[str, bytes]:
    """Return a photograph as a phone takes it, about 1 MB, each different."""
    return f"Ảnh {number}.jpg", _picture(number, 1_920, 1_440, quality=85)


def _picture(seed: int, width: int, height: int, *, quality: int) -> bytes:
    """Grain that does not compress well, enlarged so that it looks like one."""
    size = (width // 2, height // 2)
    grain = Image.frombytes("L", size, random.Random(seed).randbytes(size[0] * size[1]))
    file = io.BytesIO()
    grain.resize((width, height)).convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()
