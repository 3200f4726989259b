"""The database is away: the answer while it restarts or cannot be reached, instead of a server error.

Nothing was written (a transaction that lost its connection is rolled back), or it was and the same form, sent again
under its key, leads to the same result. So the page says: in a moment, once more.
"""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .in_place import asks_for_a_part, say_in_place

#: PostgreSQL: connection exceptions; shut down, crashed, starting up; too many connections or no space.
_CODES = ("08", "57P0", "53")
#: What a lost connection is raised as, these themselves: a statement that is wrong is a subclass without code, too.
_KINDS = (DatabaseError, InterfaceError, OperationalError)
RETRY_SECONDS = 10


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached or left in the middle."""
    if error is None or type(error) not in _KINDS:
        return False
    # SQLite's errors have no code: a file that fails is an error to be looked at.
    code: str | None = getattr(error.__cause__, "pgcode", "")
    return code is None or code.startswith(_CODES)


def away(request: HttpRequest) -> HttpResponse:
    """503: try again in a moment. htmx keeps what is on the page and shows the sentence."""
    sentence = _("The portal cannot be reached for a moment. Please try again shortly; nothing you sent counts twice.")
    if asks_for_a_part(request):
        response = say_in_place(sentence, status=503)
    else:
        is_get = request.method in ("GET", "HEAD")
        context = {"sentence": sentence, "path": request.get_full_path() if is_get else ""}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
