"""Somebody else holds the rows: the answer to a lock that could not be had, instead of a server error.

PostgreSQL gives up a lock after ``lock_timeout`` and ends one of two transactions that block each other; SQLite
gives up on the whole file. Whatever was being written is rolled back, so the person may simply send it again.
"""

from __future__ import annotations

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from .in_place import asks_for_a_part, say_in_place

#: PostgreSQL: lock not available, serialization failure, deadlock detected.
_POSTGRES = {"55P03", "40001", "40P01"}
_SQLITE = ("database is locked", "database table is locked", "database is busy")
#: Forms that are never written into a page: signing in, second factors, passwords of accounts.
_SECRET_PATHS, _SECRET_FIELD = ("/accounts/",), "password"
RETRY_SECONDS = 3


def is_busy(error: BaseException | None) -> bool:
    """Whether the database refused because somebody else was saving."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "pgcode", None)
    return code in _POSTGRES if code else str(error).startswith(_SQLITE)


@sensitive_variables()
def busy(request: HttpRequest, *, with_form: bool = True) -> HttpResponse:
    """409: nothing was written. The page sends the same form again; a part of a page stays as it is.

    htmx keeps what is on the page (``HX-Reswap: none``) and shows the sentence; ``Retry-After`` tells the grid
    that its box is still to be saved.
    """
    sentence = _("Somebody else is saving the same figures just now. Nothing was written; please send it again.")
    if asks_for_a_part(request):
        response = say_in_place(sentence, status=409)
    else:
        context = {"sentence": sentence, "path": request.get_full_path(), "is_post": request.method == "POST"}
        if with_form and request.method == "POST":
            context |= _typed(request)
        response = HttpResponse(render_to_string("409.html", context), status=409)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _typed(request: HttpRequest) -> dict[str, object]:
    """What was sent, to be sent again; with files, which a page cannot send again, what was typed is shown."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    if request.path.startswith(_SECRET_PATHS) or any(_SECRET_FIELD in name for name, _value in fields):
        return {}
    if request.FILES:
        hidden = ("csrfmiddlewaretoken", "form_key", "seen")
        return {"shown": [(name, value) for name, value in fields if value.strip() and name not in hidden]}
    return {"fields": fields}
