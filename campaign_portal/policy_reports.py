"""What browsers report against the content security policy: one log line a report, without personal data.

A browser reports by itself, with neither a token nor a choice of ours, so its request is answered before the check of
tokens; it changes nothing but the log. What is logged are words of the policy, hosts and our own routes: never an
address with its keys or query, never a piece of a page, nobody's name or network address.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST
from pydantic import BaseModel, Field, ValidationError

log = logging.getLogger("portal.policy")

#: Written into the policy; one address, known to the middleware and to the table of addresses.
ADDRESS = "/csp/"
MOST_BYTES = 16_384
#: Lines that all browsers together may write in a minute: one broken page on a hundred desks must not fill a disk.
LINES_A_MINUTE = 60
#: What stands in place of an address where nothing was fetched (CSP level 3, "blocked-uri").
WITHOUT_ADDRESS = {"inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-sink", "trusted-types-policy"}


class _Violation(BaseModel):
    """The parts of a report that are read; everything else in it is left alone."""

    directive: str = Field("", alias="effective-directive", max_length=2_000)
    violated: str = Field("", alias="violated-directive", max_length=2_000)
    blocked: str = Field("", alias="blocked-uri", max_length=MOST_BYTES)
    page: str = Field("", alias="document-uri", max_length=MOST_BYTES)
    line: int = Field(0, alias="line-number", ge=0, le=10_000_000)


class _Report(BaseModel):
    """The body a browser sends to a ``report-uri``."""

    violation: _Violation = Field(alias="csp-report")


class PolicyReports:
    """Answer browsers' reports before anything asks who sends them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take a report here; every other request goes its way."""
        return take_report(request) if request.path_info == ADDRESS else self.get_response(request)


@login_not_required
@require_POST
def take_report(request: HttpRequest) -> HttpResponse:
    """Log a report and answer 204, also where it is too long, no report, or one too many: nobody reads the answer.

    (An answer of 400 and above would be logged by Django, past the limit of lines.)
    """
    violation = _read(request)
    if violation is not None and _has_room(int(time.time()) // 60):
        log.warning("policy: %s blocked %s on %s line %d", *words(violation))
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> _Violation | None:
    """The violation that a browser reports; None if the request is too long, breaks off or says something else."""
    try:
        body = request.read(MOST_BYTES + 1)
        return _Report.model_validate_json(body).violation if len(body) <= MOST_BYTES else None
    except (UnreadablePostError, OSError, ValidationError):
        return None


def words(violation: _Violation) -> tuple[Any, ...]:
    """What may be logged: the directive, what was blocked, the page's route, the line of the page."""
    directive = (violation.directive or violation.violated).partition(" ")[0]
    return (
        directive if directive in _DIRECTIVES else "unknown directive",
        _place(violation.blocked),
        _route(violation.page),
        violation.line,
    )


_DIRECTIVES = {
    *("default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem"),
    *("style-src-attr", "img-src", "font-src", "connect-src", "media-src", "object-src", "frame-src", "child-src"),
    *("worker-src", "manifest-src", "form-action", "frame-ancestors", "base-uri", "sandbox"),
}


def _place(address: str) -> str:
    """The scheme and host of a blocked address, or the word that stands in its place."""
    if address in WITHOUT_ADDRESS:
        return address
    parts = _split(address)
    if parts is None or not (parts.hostname or "").isascii():
        return "something"
    return f"{parts.scheme[:20]}://{(parts.hostname or '')[:100]}" if parts.scheme else "something"


def _route(address: str) -> str:
    """The route of one of our pages, with the names of its parameters in place of what they were."""
    parts = _split(address)
    try:
        return "/" + resolve(parts.path if parts else "").route
    except Resolver404:
        return "no page of ours"


def _split(address: str) -> Any:
    try:
        return urlsplit(address)
    except ValueError:  # an address with brackets that close nothing
        return None


def _has_room(minute: int) -> bool:
    """Whether this minute may write one more line."""
    key = f"policy-reports:{minute}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) <= LINES_A_MINUTE
    except ValueError:  # thrown out of the cache meanwhile
        return False
