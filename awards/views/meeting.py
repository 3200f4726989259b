"""The meeting's screen for a projector: one nominee at a time, large, with the vote's count as it grows."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from awards.models import CouncilSession, Proposal
from awards.queries.council import agenda_of, bench_of
from awards.queries.duplicates import Where, matches_of
from awards.queries.proposal_page import score_behind
from awards.wording import shown_lines
from campaigns.permissions import Permission, can

from .access import signed_in
from .council import result_words, session_or_404, state_now


@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One nominee of the agenda, ``?ho-so=…``; without it the one the meeting is at."""
    found = session_or_404(request, pk)
    return render(request, "awards/meeting.html", _context(request, found, timezone.now()))


@require_GET
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the screen that changes while people vote."""
    found = session_or_404(request, pk)
    return render(request, "awards/_meeting_count.html", _context(request, found, timezone.now()))


def _context(request: HttpRequest, found: CouncilSession, now: dt.datetime) -> dict[str, object]:
    user = signed_in(request)
    bench = bench_of(session=found, user=user)
    rows = agenda_of(session=found, bench=bench)
    chosen = request.GET.get("ho-so", "")
    places = {str(row.proposal.pk): index for index, row in enumerate(rows)}
    if chosen and chosen not in places:
        raise Http404
    place = places.get(chosen, state_now(rows))
    row = rows[place] if rows else None
    return {
        "session": found,
        "bench": bench,
        "rows": rows,
        "row": row,
        "place": place + 1,
        "earlier": rows[place - 1] if place > 0 else None,
        "later": rows[place + 1] if place + 1 < len(rows) else None,
        "words": result_words(row, bench) if row else "",
        "score": score_behind(row.proposal) if row else None,
        "failed": _failed(row.proposal) if row else [],
        "awards_before": _earlier(row.proposal) if row else [],
        "may_record": can(user, Permission.RECORD_COUNCIL),
    }


def _failed(proposal: Proposal) -> list[dict[str, object]]:
    lines = proposal.eligibility.lines if proposal.eligibility else []
    return [line for line in shown_lines(lines) if line["result"] == "failed"]


def _earlier(proposal: Proposal) -> list[str]:
    found = matches_of([proposal])[proposal.pk]
    return [f"{match.what} ({match.year})" for match in found if match.where is not Where.SAME_CAMPAIGN]
