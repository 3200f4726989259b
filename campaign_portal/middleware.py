"""What holds for every request: headers, no caching, clean input, session limits, the person's language."""

import datetime as dt
import re
import time
import unicodedata
from collections.abc import Callable, Iterator

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from .busy import busy, is_busy
from .errors import disk_full
from .uploads import disk_was_full

GetResponse = Callable[[HttpRequest], HttpResponse]

#: A part of an address that is a number beyond 64 bits: SQLite would stop at it with an error of its own.
_LONGER_THAN_ANY_KEY = re.compile(r"/[0-9]{19,}(?:/|$)")

#: A session's expiry is written at most this often, so that reading a page rarely writes.
REFRESH_SECONDS = 60


class SecurityHeaders:
    """Headers Django has no setting for, on every response. Stands outermost."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers a deeper layer has not set."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Set by Django's own middleware too; a refused Host header never reaches that one.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        return response


class NoStore:
    """No page is kept by a browser or a proxy: after signing out the back button shows nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forbid storing; static files are answered further out and stay cacheable."""
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store, private"
        return response


class RejectInvalidInput:
    """Answer 400 to characters no keyboard sends and PostgreSQL cannot store."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check address, cookies, query, form fields and file names; raise ``BadRequest``."""
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in request.path_info):
            raise BadRequest("control character in the address")
        if any(has_invalid_character(text) for text in _texts(request)):
            raise BadRequest("control character in the input")
        if disk_was_full(request):  # known now that the form has been read; no view would see that file
            return disk_full(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Find nothing under a number no database takes: raise ``Http404``, once the page of it can be drawn."""
        if _LONGER_THAN_ANY_KEY.search(request.path_info):
            raise Http404("a number in the address that no database takes")


def has_invalid_character(text: str) -> bool:
    """Whether ``text`` has a NUL, a lone surrogate or a control character other than tab and line ends."""
    if text.isprintable():
        return False
    return any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\t\n\r" for char in text)


def _texts(request: HttpRequest) -> Iterator[str]:
    yield from request.COOKIES.values()
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))
    for name, files in request.FILES.lists():
        yield name
        yield from (file.name or "" for file in files)


class SessionLimits:
    """End a session 12 hours after sign-in; keep the idle limit moving while it is used."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out after the absolute limit, else push the idle limit at most once a minute."""
        if request.user.is_authenticated:
            now = int(time.time())
            session = request.session
            if now - session.setdefault("signed_in_at", now) >= settings.SESSION_ABSOLUTE_AGE:
                logout(request)
            elif now - session.get("seen_at", 0) >= REFRESH_SECONDS:
                if "seen_at" in session:  # at the first request the sign-in has just noted it
                    seen = dt.datetime.fromtimestamp(now, tz=dt.UTC)
                    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=seen)
                session["seen_at"] = now
        return self.get_response(request)


class Language:
    """The language is the person's own; Vietnamese for everybody else, whatever the browser says."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for this request only."""
        language = getattr(request.user, "language", "") or settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class Busy:
    """Answer 409, with what was typed, where a view could not have a lock. Stands innermost."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a lock that could not be had; every other error takes its way."""
        return busy(request) if is_busy(exception) else None
