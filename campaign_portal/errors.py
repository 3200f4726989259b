"""Error pages that work where nothing else does.

Django's own 400 and 500 handlers touch the session for a form token; a refused address or
Host header fails before there is a session, and the error page would fail in turn. These
render a template that needs neither request nor database, and say nothing about the inside.
"""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from .api.problems import problem
from .away import away, is_away
from .busy import busy, is_busy
from .in_place import asks_for_a_part, say_in_place


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form holds something no page of ours sends."""
    if request.path.startswith("/api/"):
        return problem(400, "Bad Request", _("The request could not be understood."))
    return _page("400.html", 400, _("The request could not be understood."))


@sensitive_variables()
def server_error(request: HttpRequest) -> HttpResponse:
    """500: an error of ours, recorded in the log.

    A lock that a layer around the view could not have (the session at the end of a request) is no error of ours,
    nor is a database that restarts: that one says so on a page of its own.
    """
    if is_busy(sys.exc_info()[1]):
        return busy(request, with_form=False)
    is_api = request.path.startswith("/api/")
    if is_away(sys.exc_info()[1]):
        return problem(503, "Service Unavailable", _("Please try again shortly.")) if is_api else away(request)
    if is_api:
        return problem(500, "Internal Server Error", _("Something went wrong. It has been recorded."))
    return _page("500.html", 500, _("Something went wrong. It has been recorded; please try again later."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old, usually because the person signed in again elsewhere."""
    return _page("403_csrf.html", 403, _("The form has expired. Please go back, reload the page and send it again."))


def disk_full(request: HttpRequest) -> HttpResponse:
    """507: a sent file did not fit on the portal's disk; nothing of the form was looked at."""
    sentence = _("The portal's disk is full: the file was not stored. Tell Internal Affairs staff.")
    return say_in_place(sentence, status=507) if asks_for_a_part(request) else _page("507.html", 507, sentence)


def locked_out(request: HttpRequest, response: object = None, credentials: object = None) -> HttpResponse:
    """429: too many wrong passwords for this person from this address (the limits are AXES_* settings)."""
    return _page("account/locked.html", 429, _("Too many wrong passwords. Please try again in 15 minutes."))


def _page(template: str, status: int, sentence: str) -> HttpResponse:
    try:
        return HttpResponse(render_to_string(template, {"sentence": sentence}), status=status)
    except TemplateDoesNotExist:
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
