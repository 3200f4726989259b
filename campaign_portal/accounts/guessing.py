"""Guessing passwords is slow for whoever guesses, and never locks out the person whose name it is (safety.md, row 42).

Two counts. axes counts per name and address: ten wrong ones close that pair for a quarter of an hour. Across all
addresses the waits below grow with each wrong guess at one name, so that changing the address gains nothing.
A device with which the person has signed in before is counted as an address of its own and never waits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets

from axes.models import AccessFailureLog
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from campaign_portal.origin import client_address
from campaigns.models import User

WINDOW = dt.timedelta(minutes=15)
#: Wrong guesses at one name, from wherever, before anybody has to wait.
FREE = 4
#: Seconds of the first wait; each further wrong guess doubles it. Ten guesses fit into a window at most.
FIRST_WAIT = 10

COOKIE = "known_device"
_SALT = "campaign_portal.known-device"
_KEPT = dt.timedelta(days=180)
_MOST_PEOPLE = 10  # of one office computer


def wait_for(name: str, *, now: dt.datetime) -> int:
    """Return the seconds until the next guess at a name is looked at; names without an account wait alike."""
    failed = AccessFailureLog.objects.filter(username=name, attempt_time__gt=now - WINDOW)
    times = list(failed.order_by("-attempt_time").values_list("attempt_time", flat=True)[:64])
    if len(times) < FREE:
        return 0
    wait = min(FIRST_WAIT * 2 ** (len(times) - FREE), int(WINDOW.total_seconds()))
    return max(0, wait - int((now - times[0]).total_seconds()))


def require_patience(name: str, *, now: dt.datetime) -> None:
    """Raise ValidationError with the seconds to wait, without looking at the password."""
    if seconds := wait_for(name, now=now):
        raise ValidationError(
            ngettext(
                "Wrong passwords were tried for this name. Please try again in %(count)d second.",
                "Wrong passwords were tried for this name. Please try again in %(count)d seconds.",
                seconds,
            )
            % {"count": seconds}
        )


def hold_account(name: str) -> None:
    """Let guesses at one account come one after the other, so that many at once do not share one count."""
    User.objects.select_for_update(of=("self",)).filter(username=name).values_list("pk").first()


def counted_address(request: HttpRequest) -> str:
    """Return what axes counts by: the address, or for a device the person has used, an address made up for it.

    The made-up one lies in fd00::/8, which no one on the internet can have.
    """
    device = device_of(request, request.POST.get("login", "").strip())
    if not device:
        return client_address(request)
    digest = hashlib.sha256(device.encode()).digest()
    return str(ipaddress.IPv6Address(b"\xfd" + digest[:15]))


def device_of(request: HttpRequest, name: str) -> str:
    """Return the name of the device if the person of this name has signed in with it before, else nothing."""
    device, people = _read(request)
    if not device or not name:
        return ""
    pk = User.objects.filter(username=name).values_list("pk", flat=True).first()
    return device if pk in people else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Note on the device, signed, that this person has signed in with it. It opens nothing by itself."""
    device, people = _read(request)
    people = [*(pk for pk in people if pk != user.pk), user.pk]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or secrets.token_urlsafe(16), people[-_MOST_PEOPLE:]], salt=_SALT),
        max_age=_KEPT,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    """Return the device's name and the ids of the people who have signed in with it; nothing of what is not ours."""
    try:
        device, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_KEPT)
    except signing.BadSignature:
        return "", []
    return device, people
