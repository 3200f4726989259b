"""How the data interface says no: RFC 9457, in the words of the portal, never as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, Throttled, ValidationError

from .security import OutOfScope

CONTENT_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a refusal."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JsonResponse(content, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def not_found() -> HttpResponse:
    """404: no such address, or nothing there that exists for the key."""
    return problem(404, "Not Found", _("There is nothing at this address for this key."))


def install(api: NinjaAPI) -> None:
    """Answer every refusal of the interface as a problem."""

    def on(error: Any, answer: Any) -> None:
        api.add_exception_handler(error, lambda request, exc: answer(exc))

    on(Http404, lambda exc: not_found())
    on(
        AuthenticationError,
        lambda exc: problem(
            401,
            "Unauthorized",
            _("Send a key that is in force: Authorization: Bearer …"),
            {"WWW-Authenticate": "Bearer"},
        ),
    )
    on(OutOfScope, lambda exc: problem(403, "Forbidden", _("The key may not read this.")))
    on(Throttled, _throttled)
    on(ValidationError, _invalid)


def _throttled(exc: Throttled) -> HttpResponse:
    wait = str(max(1, int(getattr(exc, "wait", None) or 60)))
    return problem(429, "Too Many Requests", _("Too many requests; try again later."), {"Retry-After": wait})


def _invalid(exc: ValidationError) -> HttpResponse:
    names = ", ".join(sorted({str(error["loc"][-1]) for error in exc.errors}))
    return problem(400, "Bad Request", _("These parameters cannot be read: %(names)s.") % {"names": names})


def catch_all(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below the interface."""
    return not_found()
