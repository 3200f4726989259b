"""500 certificates in one PDF, made by the worker while people read pages.

The five hundred are people of one decision, walked through the procedure by its own acts. The reading alone and the
reading beside the work are measured in one run; a web process that shared the work would show it.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from tests.prove import Figure, Stage
from tests.prove._portal import Answer, Browser, Portal

DATABASES = ("postgres",)
PEOPLE, READERS = 500, 4
PAUSE = 0.5  # seconds a reader looks at a page
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ")
MIDDLE = ("Thị Thuỳ", "Văn", "Đức", "Ngọc", "Minh")
GIVEN = ("Dương", "Hoà", "Khuyên", "Quỳnh", "Thuý", "Uyển", "Vỹ", "Ưng", "Ấn", "Ẩn")


def run(stage: Stage) -> Iterator[Figure]:
    """Read, then read while the certificates are made."""
    from django.utils import timezone

    from awards.actions.certificates import request_certificates
    from awards.models import DocumentJob

    office, issue = decision_of_many()
    with closing(Portal(stage)) as portal:
        portal.redis.start()
        portal.start_web()
        alone = read(portal, office, until=threading.Event(), seconds=20)
        portal.start_worker()
        portal.start_beat()
        job = request_certificates(issue_id=issue.pk, by=office.staff, now=timezone.now())
        ended, started = threading.Event(), time.monotonic()
        steps = set[int]()

        def watch() -> None:
            from django.db import connection

            while time.monotonic() - started < 240 and not ended.is_set():
                now = DocumentJob.objects.get(pk=job.pk)
                steps.add(now.done)
                if now.finished_at is not None:
                    ended.set()
                time.sleep(0.1)
            ended.set()
            connection.close()

        watcher = threading.Thread(target=watch)
        watcher.start()
        beside = read(portal, office, until=ended, seconds=240)
        watcher.join()
        took = time.monotonic() - started
    job.refresh_from_db()
    assert job.document is not None, job.problem
    texts = pages_of(job.document.file_sha256)
    found = sum(any(full_name(number).casefold() in text for text in texts) for number in range(PEOPLE))
    yield Figure("pages of the one PDF", str(len(texts)), str(PEOPLE), len(texts) == PEOPLE)
    yield Figure("names found on them, with every diacritic", f"{found} of {PEOPLE}", "all", found == PEOPLE)
    yield Figure("seconds from asking to done", f"{took:.1f}", "≤ 120", took <= 120)
    yield Figure("steps of its progress that a page could show", str(len(steps)), "≥ 3", len(steps) >= 3)
    yield from reading(alone, beside)


def pages_of(sha256: str) -> list[str]:
    """The text of each page of a kept PDF, in one line."""
    import pypdfium2

    from campaigns.evidence import path_of

    with closing(pypdfium2.PdfDocument(path_of(sha256))) as document:
        return [" ".join(page.get_textpage().get_text_range().split()).casefold() for page in document]


def reading(alone: list[Answer], beside: list[Answer]) -> Iterator[Figure]:
    """What the readers met."""
    calm = all(answer.status == 200 for answer in [*alone, *beside])
    yield Figure("pages read alone and beside; all 200", f"{len(alone)}, {len(beside)}; {calm}", "True", calm)
    slow = [statistics.quantiles([answer.seconds for answer in answers], n=20)[-1] for answers in (alone, beside)]
    met = slow[1] <= max(2 * slow[0], 1.5)
    yield Figure(
        "95 % of pages within, alone and beside the work", f"{slow[0]:.2f} s, {slow[1]:.2f} s", "≤ 2 × or 1.5 s", met
    )


def read(portal: Portal, office: Any, *, until: threading.Event, seconds: float) -> list[Answer]:
    """Let readers open the board and the register until the event or the time."""
    first, over = len(portal.answers), time.monotonic() + seconds
    browsers = [Browser(portal, person) for person in (office.staff, office.leader, office.chairman, office.secretary)]

    def sit(browser: Browser) -> None:
        while not until.is_set() and time.monotonic() < over:
            for address in ("/", "/bang-xep-hang/"):
                browser.get("read", address)
                time.sleep(PAUSE)

    threads = [threading.Thread(target=sit, args=(browser,)) for browser in browsers[:READERS]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return portal.answers[first:]


def full_name(number: int) -> str:
    """The recipients' names: five hundred different ones."""
    family, rest = divmod(number, len(MIDDLE) * len(GIVEN))
    return f"{FAMILY[family]} {MIDDLE[rest // len(GIVEN)]} {GIVEN[rest % len(GIVEN)]}"


def decision_of_many() -> tuple[Any, Any]:
    """Walk five hundred people through the procedure; return the office and the issued decision."""
    from awards.actions import issue
    from awards.enums import RecipientKind
    from awards.models import AwardDecision
    from tests import factories as make
    from tests.awards.makers import Office, make_category
    from tests.factories import at

    make.make_organiser()
    unit = make.make_participant()
    office = Office(unit, category=make_category(unit.campaign, kind=RecipientKind.INDIVIDUAL))
    office.with_outcome()
    passed = [office.passed(recipient_name=full_name(number)) for number in range(PEOPLE)]
    office.present(*passed)
    for proposal in passed:
        office.decide(proposal)
    issue.issue(proposal_ids=[each.pk for each in passed], signed=office.signed(), by=office.staff, now=at(55))
    return office, AwardDecision.objects.get()
