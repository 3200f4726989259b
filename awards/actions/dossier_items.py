"""What lies in a submission while it is being prepared: proposals added, and the order of its lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from awards.models import Dossier
from awards.workflow import Refusal
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission, require

from .dossier import add_item, preparing
from .transition import locked, one_transaction


@one_transaction
def add_to_dossier(*, dossier_id: int, proposal_ids: Sequence[int], by: User, now: dt.datetime) -> Dossier:
    """Add proposals that the council passed, or that came back to Internal Affairs.

    Raises PermissionDenied, WrongState, Refusal("empty_dossier", "already_in_dossier", "not_passed",
    "several_basis_days").
    """
    require(by, Permission.PREPARE_DOSSIER, on=local_day(now))
    dossier = preparing(dossier_id)
    ids = sorted(set(proposal_ids))
    if not ids:
        raise Refusal("empty_dossier")
    for proposal_id in ids:
        add_item(dossier, locked(proposal_id))
    record(action="dossier.added", subject=dossier, by=by, now=now, campaign=dossier.campaign, after={"proposals": ids})
    return dossier


@one_transaction
def order_dossier(*, dossier_id: int, numbers: Mapping[int, int], by: User, now: dt.datetime) -> Dossier:
    """Put the lists of a submission in order: ``numbers`` says each proposal's place (equal ones keep theirs).

    Raises PermissionDenied, WrongState, Refusal("order_missing").
    """
    require(by, Permission.PREPARE_DOSSIER, on=local_day(now))
    dossier = preparing(dossier_id)
    items = list(dossier.items.filter(released_at__isnull=True).order_by("position", "pk"))
    if {item.proposal_id for item in items} != set(numbers):
        raise Refusal("order_missing")
    items.sort(key=lambda item: numbers[item.proposal_id])
    for place, item in enumerate(items, start=1):
        item.position = place
        item.save(update_fields=["position"])
    order = [item.proposal_id for item in items]
    record(action="dossier.ordered", subject=dossier, by=by, now=now, campaign=dossier.campaign, after={"order": order})
    return dossier
