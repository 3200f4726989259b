"""Guessing at one name: 1 000 tries from 200 invented addresses, then the person on a device of theirs; enumeration.

The addresses stand in front of the one our own proxy wrote (``X-Forwarded-For: invented, real``), and the real one
changes too, as it would for a network of rented machines. Guesses come from eight threads at once.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.prove import Figure, Stage

DATABASES = ("postgres",)
GUESSES, ADDRESSES, SAMPLES = 1_000, 200, 200
PASSWORD = "bốn con voi đi bộ"  # of a person made for this proof
LOGIN = "/accounts/login/"


def run(stage: Stage) -> Iterator[Figure]:
    """Guess, then sign in as the person does."""
    from axes.models import AccessFailureLog
    from django.conf import settings
    from django.test import Client

    from tests import factories as make

    settings.TRUSTED_PROXY_COUNT = 1
    settings.ALLOWED_HOSTS = ["*"]
    unasked = "100000/m/ip"  # the limit of one address alone would stop most of it; here it is not the one in question
    settings.ACCOUNT_RATE_LIMITS = {"login": unasked, "login_failed": unasked}
    make.make_user("chutich", password=PASSWORD)
    own = Client()
    first = _try(own, "chutich", PASSWORD, 0)
    own.post("/accounts/logout/")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: _try(Client(), "chutich", "sai", n), range(GUESSES)))
    looked_at = AccessFailureLog.objects.filter(username="chutich").count()
    failed = sum(status >= 500 for status in answers)
    yield Figure(f"guesses looked at, of {GUESSES} from {ADDRESSES} addresses", str(looked_at), "≤ 10", looked_at <= 10)
    yield Figure("answers of 500 or above", str(failed), "0", failed == 0)
    tries = 0 if first != 302 else next((n for n in (1, 2, 3) if _try(own, "chutich", PASSWORD, 0) == 302), 9)
    yield Figure("tries of the person on a device of theirs", str(tries), "1", tries == 1)
    yield from _enumeration()


def _try(client, name: str, password: str, number: int) -> int:  # type: ignore[no-untyped-def]  # Django is imported later
    from django.db import close_old_connections

    own = f"198.51.100.{number % ADDRESSES}" if number else "10.0.0.7"
    forwarded = f"203.0.113.{number % ADDRESSES}, {own}"
    answer = client.post(LOGIN, {"login": name, "password": password}, headers={"X-Forwarded-For": forwarded})
    if number:
        close_old_connections()
    return int(answer.status_code)


def _enumeration() -> Iterator[Figure]:
    """Whether a name without an account is told from one with it by the time of the answer."""
    from axes.models import AccessFailureLog
    from django.test import Client

    from tests import factories as make

    make.make_user("coten", password=PASSWORD)
    times: dict[str, list[float]] = {"coten": [], "khongten": []}
    client = Client()
    client.get(LOGIN)
    for number in range(SAMPLES):
        for name in times:
            AccessFailureLog.objects.all().delete()
            began = time.perf_counter()
            _try(client, name, "sai", number + 1)
            times[name].append(time.perf_counter() - began)
    known, unknown = (statistics.median(times[name]) * 1_000 for name in times)
    apart = abs(known - unknown)
    met = apart <= 20 and apart <= 0.1 * max(known, unknown)
    yield Figure(
        "median answer of a known and an unknown name (200 each)",
        f"{known:.1f} ms and {unknown:.1f} ms",
        "≤ 10 % and ≤ 20 ms apart",
        met,
    )
