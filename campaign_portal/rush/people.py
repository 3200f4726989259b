"""What people do in the last hour, as their browsers do it: sign in, fill in, attach, send, look; officers verify."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
from django.urls import reverse

from campaign_portal.rush.scene import PASSWORD, Desk, photograph, scan

BOXES = 12  # of 36; the rest was filled in on other days
#: Seconds between two boxes, and between two pages: shorter than real people, who also fetch tea.
TYPING, READING = (1.5, 4.0), (2.0, 6.0)
PATIENCE = 60  # seconds until a browser gives up


@dataclass(frozen=True)
class Answer:
    """One request as its browser saw it."""

    what: str
    status: int  # 0: no answer
    seconds: float


@dataclass
class Told:
    """What people were told is done, to be found in the database afterwards."""

    values: dict[int, str] = field(default_factory=dict)  # target: as typed, in sent reports
    submissions: list[int] = field(default_factory=list)
    files: int = 0
    verdicts: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # what should have been taken


class Browser:
    """One person's browser: cookies, the form's token, an address of its own behind the proxy."""

    def __init__(self, base: str, number: int, keep: Callable[[Answer], None]) -> None:
        self.base, self.keep = base, keep
        self.session = requests.Session()
        self.session.headers["X-Forwarded-For"] = f"10.{number // 250}.{number % 250}.7"
        self.token = ""

    def get(self, what: str, path: str) -> str:
        """Open a page and return its text."""
        return self._ask(what, "GET", path).text

    def post(
        self, what: str, path: str, fields: dict[str, str], *, file: tuple[str, bytes] | None = None, part: bool = False
    ) -> requests.Response:
        """Send a form; ``part`` as htmx does it."""
        headers = {"HX-Request": "true"} if part else {}
        files = {"file": file} if file else None
        return self._ask(
            what, "POST", path, data={"csrfmiddlewaretoken": self.token, **fields}, files=files, headers=headers
        )

    def sign_in(self, username: str) -> None:
        """Sign in by the form."""
        self.get("sign-in page", reverse("account_login"))
        self.post("sign in", reverse("account_login"), {"login": username, "password": PASSWORD})

    def _ask(self, what: str, method: str, path: str, **more: object) -> requests.Response:
        started = time.monotonic()
        try:
            answer = self.session.request(
                method,
                self.base + path,
                allow_redirects=False,
                timeout=PATIENCE,
                **more,  # type: ignore[arg-type]  # handed on as they come
            )
        except requests.RequestException:
            answer = requests.Response()
            answer.status_code = 0
        self.keep(Answer(what, answer.status_code, time.monotonic() - started))
        self.token = _field(answer.text, "csrfmiddlewaretoken") or self.token
        return answer


def _field(page: str, name: str) -> str:
    """The value of a field of a page, an empty text where it has none."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return value[1] if value else ""


class Leader:
    """A unit's leader: comes at a moment of the hour, does the week's report, looks at the board."""

    def __init__(self, desk: Desk, browser: Browser, told: Told, *, number: int, comes_at: float) -> None:
        self.desk, self.browser, self.told = desk, browser, told
        self.number, self.comes_at, self.chance = number, comes_at, random.Random(number)
        self.at = (desk.participant, desk.period)

    def __call__(self) -> None:
        """Do the report."""
        time.sleep(self.comes_at)
        self.browser.sign_in(self.desk.username)
        self.browser.get("home", "/")
        self._wait(READING)
        grid = self.browser.get("report", reverse("campaigns:grid", args=self.at))
        typed = self._fill_in(grid)
        self._attach(typed)
        self._send(typed)
        for what, path in (("board", reverse("scoring:leaderboard")), ("home", "/")):
            self.browser.get(what, path)
            self._wait(READING)

    def _fill_in(self, grid: str) -> dict[int, str]:
        boxes = re.findall(r'<input class="form-control number" name="o(\d+)-typed"', grid)
        targets = [int(pk) for pk in dict.fromkeys(boxes)]
        typed: dict[int, str] = {}
        for target in self.chance.sample(targets, min(BOXES, len(targets))):
            self._wait(TYPING)
            value = f"{self.chance.randint(60, 99)},{self.chance.randint(1, 9)}"
            form = {f"o{target}-typed": value, f"o{target}-version": "0", f"o{target}-note": "Số liệu tuần này"}
            path = reverse("campaigns:box", args=[*self.at, target])
            answer = self.browser.post("box", path, form, part=True)
            if answer.status_code == 200:
                typed[target] = value
            else:
                self.told.refused.append(f"box {target}")
        return typed

    def _attach(self, typed: dict[int, str]) -> None:
        for target, make in zip(typed, (scan, photograph), strict=False):
            file = make(self.number)
            self._wait(READING)
            path = reverse("campaigns:evidence", args=[*self.at, target])
            if self.browser.post("file", path, {}, file=file, part=True).status_code == 200:
                self.told.files += 1
            else:
                self.told.refused.append(f"file of {target}")

    def _send(self, typed: dict[int, str]) -> None:
        page = self.browser.get("check", reverse("campaigns:review", args=self.at))
        self._wait(READING)
        form = {"results": "Đạt", "difficulties": "Không", "proposals": "Không"}
        form |= {name: _field(page, name) for name in ("form_key", "seen")}
        form |= dict.fromkeys(re.findall(r'name="(note-\d+)"', page), "Theo hồ sơ")
        answer = self.browser.post("send", reverse("campaigns:submit", args=self.at), form)
        receipt = re.fullmatch(r"/bien-nhan/(\d+)/", answer.headers.get("Location", ""))
        if receipt is None:
            self.told.refused.append(f"report of {self.desk.username}")
            return
        self.told.values |= typed
        self.told.submissions.append(int(receipt[1]))
        self.browser.get("receipt", receipt[0])

    def _wait(self, between: tuple[float, float]) -> None:
        time.sleep(self.chance.uniform(*between))


class Officer:
    """A verifying officer: reads the queue, gives the first values on it their verdict, reads it again."""

    def __init__(self, username: str, browser: Browser, told: Told, *, number: int, over: threading.Event) -> None:
        self.username, self.browser, self.told = username, browser, told
        self.over, self.chance = over, random.Random(number)

    def __call__(self) -> None:
        """Verify until the hour is over."""
        self.browser.sign_in(self.username)
        while not self.over.is_set():
            page = self.browser.get("queue", reverse("admin:campaigns_verification_queue"))
            waiting = re.findall(r'id="gia-tri-(\d+)"[^>]*data-open', page)
            for pk in self.chance.sample(waiting, min(6, len(waiting))):
                if self.over.wait(self.chance.uniform(*TYPING)):
                    return
                form = {"outcome": "accepted"}
                path = reverse("admin:campaigns_verification_verdict", args=[pk])
                answer = self.browser.post("verdict", path, form, part=True)
                if answer.status_code == 200:
                    self.told.verdicts.append(int(pk))
                elif answer.status_code not in (409, 422):  # another officer was first
                    self.told.refused.append(f"verdict on {pk}")
            self.over.wait(self.chance.uniform(*READING))
