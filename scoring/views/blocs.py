"""Which bloc a page across units shows: all of them in a small campaign, one at a time in a large one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from campaigns.models import Bloc, Participant
from campaigns.permissions import access_of

from .asked import Asked

#: Units on one page. A campaign of more begins with one bloc, a bloc of more has pages: a page of a city with its
#: hundreds of units costs no more than a district's.
ROWS = 60
#: Of a bloc of more, where each unit's figures are worked out anew.
DEAR_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class BlocChoice:
    """The blocs of a campaign and the one that is shown."""

    blocs: Sequence[Bloc]
    chosen: str  # code; empty: all of them
    is_large: bool  # more units than one page holds

    def tabs(self, url: Callable[[str], str]) -> list[dict[str, Any]]:
        """Return a tab a bloc; all together only where one page holds them."""
        everything = [] if self.is_large else [{"label": _("All blocs"), "url": url(""), "active": not self.chosen}]
        return everything + [
            {"label": one.name, "url": url(one.code), "active": one.code == self.chosen} for one in self.blocs
        ]


def read_blocs(request: HttpRequest, asked: Asked) -> BlocChoice:
    """Return what ``?khoi=`` asks for; of a large campaign at least one bloc: the person's own, else the first.

    404 for a bloc that is not there.
    """
    counted = Bloc.objects.filter(campaign=asked.campaign).annotate(units=Count("participants"))
    blocs = list(counted.filter(units__gt=0).order_by("code"))
    chosen = request.GET.get("khoi", "")
    if chosen and chosen not in {one.code for one in blocs}:
        raise Http404
    is_large = sum(one.units for one in blocs) > ROWS
    if is_large and not chosen:
        own = Participant.objects.filter(campaign=asked.campaign, unit__in=access_of(request.user).own_units)
        chosen = own.order_by("bloc__code").values_list("bloc__code", flat=True).first() or blocs[0].code
    return BlocChoice(blocs=blocs, chosen=chosen, is_large=is_large)


def page_of(rows: Sequence[Any], number: str, *, is_dear: bool = False) -> Page[Any]:
    """Return one page of units; a dear one holds fewer where one page cannot hold all."""
    return Paginator(rows, DEAR_ROWS if is_dear and len(rows) > ROWS else ROWS).get_page(number)
