"""An answer to a part of a page that changes nothing of it: the sentence is shown, what was typed or chosen stays."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse


def asks_for_a_part(request: HttpRequest) -> bool:
    """Whether htmx asks; read from the header, so that it works where a middleware was never reached."""
    return request.headers.get("HX-Request") == "true"


def say_in_place(sentence: str, *, status: int) -> HttpResponse:
    """Answer htmx with a sentence that ``portal.js`` shows over the page."""
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"portal:refused": {"sentence": sentence}})
    return response
