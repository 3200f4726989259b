"""What the page frame leads to on every page: the search, and the keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaign_portal.search import LONGEST, search
from campaigns.models import User
from campaigns.views.campaign_choice import campaign_choice


@require_GET
def found(request: HttpRequest) -> HttpResponse:
    """What the words of ``?q=`` are found in, of what the person may see."""
    user = request.user
    assert isinstance(user, User)  # LoginRequiredMiddleware lets nobody else through
    asked = request.GET.get("q", "")[:LONGEST]
    groups = search(user=user, campaign=campaign_choice(request).current, asked=asked)
    context = {"asked": asked.strip(), "groups": groups, "breadcrumb": [{"label": _("Search"), "url": ""}]}
    return render(request, "search.html", context)


@require_GET
def keyboard(request: HttpRequest) -> HttpResponse:
    """The keys of every page; the frame's script shows them in a dialog where one stands."""
    return render(request, "keyboard.html", {"breadcrumb": [{"label": _("Keyboard"), "url": ""}]})
