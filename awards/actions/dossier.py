"""The submission to the chairman: gather what the council passed, freeze it, put it before the chairman."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from awards.enums import Act, DossierState, ProposalState
from awards.models import (
    QUOTA_STATES,
    AwardCategory,
    CouncilTally,
    Decision,
    Dossier,
    DossierItem,
    Proposal,
)
from awards.queries.basis import basis_day_of
from awards.queries.contents import Content, contents_of, digest
from awards.workflow import STEPS, Clock, Refusal, WrongState
from campaigns.actions.audit import digest_of, record
from campaigns.calendar import local_day
from campaigns.chain import canonical_json
from campaigns.models import Campaign, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise
from scoring.models import ScoreRun

from .transition import check_step, deadline_for, locked, one_transaction, write_state


@one_transaction
def prepare_dossier(
    *, campaign_id: int, title: str, proposal_ids: Sequence[int], by: User, now: dt.datetime, note: str = ""
) -> Dossier:
    """Begin a submission with proposals that the council passed, or that came back to Internal Affairs.

    Raises PermissionDenied, Refusal("empty_dossier", "already_in_dossier", "not_passed", "several_basis_days").
    """
    require(by, Permission.PREPARE_DOSSIER, on=local_day(now))
    if not proposal_ids:
        raise Refusal("empty_dossier")
    campaign = Campaign.objects.get(pk=campaign_id)
    dossier = Dossier.objects.create(
        campaign=campaign, title=normalise(title), note=normalise(note), prepared_by=by, prepared_at=now
    )
    for proposal_id in sorted(set(proposal_ids)):
        add_item(dossier, locked(proposal_id))
    record(
        action="dossier.prepared",
        subject=dossier,
        by=by,
        now=now,
        campaign=campaign,
        after={"proposals": sorted(set(proposal_ids))},
    )
    return dossier


def has_passed(proposal: Proposal) -> bool:
    """Whether the council passed the proposal as it was last submitted (a vote before a return does not count)."""
    return CouncilTally.objects.filter(
        proposal=proposal, is_passed=True, recorded_at__gte=proposal.submitted_at
    ).exists()


def add_item(dossier: Dossier, proposal: Proposal) -> None:
    """Put a locked proposal that the council passed into a submission; nobody ordered it yet. Raises Refusal."""
    if proposal.campaign_id != dossier.campaign_id:
        raise Proposal.DoesNotExist
    where = ProposalState(proposal.state), proposal.return_step
    if where not in STEPS[Act.PRESENT].sources or not has_passed(proposal):
        raise Refusal("not_passed", name=proposal.recipient_name)
    _check_one_basis_day(dossier, proposal)
    try:
        with transaction.atomic():
            DossierItem.objects.create(dossier=dossier, proposal=proposal)
    except IntegrityError as error:
        raise Refusal("already_in_dossier", name=proposal.recipient_name) from error


def _check_one_basis_day(dossier: Dossier, proposal: Proposal) -> None:
    """A submission stands on one run, so on one basis day (awards.md, Eligibility). Raises Refusal."""
    other = dossier.items.filter(released_at__isnull=True).select_related("proposal__category").first()
    if other is None:
        return
    day, theirs = (
        basis_day_of(category, campaign=dossier.campaign) for category in (proposal.category, other.proposal.category)
    )
    if day != theirs:
        raise Refusal("several_basis_days", name=proposal.recipient_name, day=day, other=theirs)


@one_transaction
def remove_from_dossier(*, dossier_id: int, proposal_id: int, by: User, now: dt.datetime) -> None:
    """Take a proposal out of a submission that is being prepared. Raises PermissionDenied, WrongState."""
    require(by, Permission.PREPARE_DOSSIER, on=local_day(now))
    dossier = preparing(dossier_id)
    proposal = locked(proposal_id)
    item = DossierItem.objects.get(dossier=dossier, proposal=proposal, released_at__isnull=True)
    item.released_at = now
    item.save(update_fields=["released_at"])
    record(
        action="dossier.removed",
        subject=dossier,
        by=by,
        now=now,
        participant=proposal.participant,
        after={"proposal": proposal.pk},
    )


def preparing(dossier_id: int) -> Dossier:
    """Lock a submission that the chairman does not have yet. Raises WrongState."""
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=dossier_id)
    if dossier.state != DossierState.PREPARING:
        raise WrongState("wrong_state")
    return dossier


@one_transaction
def present_dossier(*, dossier_id: int, number: str, dated: dt.date, by: User, now: dt.datetime) -> Dossier:
    """Put a submission before the chairman under its number and date. In order:

    1. rights, locks (submission, categories, proposals by id), and that every proposal passed the council, is marked
       on its basis day by that day's run, is not on hold, and that quotas hold;
    2. an earlier decision that returned a proposal no longer stands;
    3. each proposal's content frozen with its digest, and the whole submission's;
    4. each proposal → dossier, with its log row and audit entry; the submission's own audit entry.

    Raises PermissionDenied, WrongState, Refusal.
    """
    require(by, Permission.PREPARE_DOSSIER, on=local_day(now))
    dossier = preparing(dossier_id)
    number = normalise(number)
    if not number:
        raise Refusal("number_missing")
    if dated > local_day(now):
        raise Refusal("date_in_future")
    if Dossier.objects.filter(campaign=dossier.campaign, number=number).exclude(pk=dossier.pk).exists():
        raise Refusal("number_taken")
    items = list(dossier.items.filter(released_at__isnull=True).order_by("proposal_id"))
    if not items:
        raise Refusal("empty_dossier")
    list(
        AwardCategory.objects.select_for_update(no_key=True)
        .filter(proposals__dossier_items__in=items)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    proposals = [locked(item.proposal_id) for item in items]
    steps = [check_step(proposal, Act.PRESENT, by=by, now=now) for proposal in proposals]
    contents = contents_of(proposals, on=local_day(now))
    run = _basis_run(dossier, proposals, contents)
    _check_quotas(dossier, proposals)
    for proposal in proposals:
        for decision in Decision.objects.filter(proposal=proposal, superseded_at__isnull=True):
            Decision.objects.write_once(decision.pk, empty="superseded_at", superseded_at=now)
    _freeze(dossier, items, contents, run, number=number, dated=dated, by=by, now=now)
    for proposal, step in zip(proposals, steps, strict=True):
        write_state(proposal, step, by=by, now=now, detail={"dossier": dossier.pk, "number": number})
    record(
        action="dossier.presented",
        subject=dossier,
        by=by,
        now=now,
        campaign=dossier.campaign,
        after={"number": number, "dated": dated, "digest": dossier.digest, "proposals": [p.pk for p in proposals]},
    )
    return dossier


def _basis_run(dossier: Dossier, proposals: Sequence[Proposal], contents: Mapping[int, Content]) -> ScoreRun:
    """Return the run all proposals stand on. Raises Refusal where one does not stand on its basis day."""
    days = set()
    for proposal in proposals:
        outcome = proposal.eligibility
        day = basis_day_of(proposal.category, campaign=proposal.campaign)
        if outcome is None or not outcome.is_basis or outcome.day != day or not proposal.mark:
            raise Refusal("not_on_basis", name=proposal.recipient_name)
        if proposal.mark == "on_hold" or contents[proposal.pk]["eligibility"]["gate_now"]:
            raise Refusal("on_hold", name=proposal.recipient_name)
        if not has_passed(proposal):
            raise Refusal("not_passed", name=proposal.recipient_name)
        days.add(outcome.day)
    if len(days) > 1:
        day, other = min(days), max(days)
        raise Refusal("several_basis_days", name=proposals[0].recipient_name, day=day, other=other)
    run = (
        ScoreRun.objects.good()
        .filter(campaign=dossier.campaign, day=days.pop())
        .order_by("-finished_at", "-pk")
        .first()
    )
    if run is None:
        raise Refusal("not_on_basis", name=proposals[0].recipient_name)
    return run


def quota_use(category: AwardCategory, proposals: Sequence[Proposal] = ()) -> list[tuple[str, str, int, int]]:
    """Return (what, which, used, quota) for each quota of a category, ``proposals`` counted as if presented."""
    taken = list(Proposal.objects.filter(category=category, state__in=QUOTA_STATES).select_related("participant__bloc"))
    counted = [*taken, *(p for p in proposals if p.category_id == category.pk and p not in taken)]
    used: list[tuple[str, str, int, int]] = []
    if category.quota_total is not None:
        used.append(("total", category.name, len(counted), category.quota_total))
    if category.quota_per_bloc is not None:
        blocs = Counter(p.participant.bloc.name for p in counted)
        used += [("bloc", bloc, count, category.quota_per_bloc) for bloc, count in sorted(blocs.items())]
    if category.quota_per_unit is not None:
        units = Counter(p.participant.name for p in counted)
        used += [("unit", unit, count, category.quota_per_unit) for unit, count in sorted(units.items())]
    return used


def _check_quotas(dossier: Dossier, proposals: Sequence[Proposal]) -> None:
    for category in {proposal.category for proposal in proposals}:
        for _what, which, count, quota in quota_use(category, proposals):
            if count > quota:
                raise Refusal("over_quota", what=which, used=count, quota=quota)


def _freeze(
    dossier: Dossier,
    items: Sequence[DossierItem],
    contents: Mapping[int, Content],
    run: ScoreRun,
    *,
    number: str,
    dated: dt.date,
    by: User,
    now: dt.datetime,
) -> None:
    dossier.number, dossier.dated = number, dated
    for item in items:
        content = {**contents[item.proposal_id], "dossier": {"number": number, "dated": dated}}
        item.content = json.loads(canonical_json(content))
        item.digest = digest(content)
        item.save(update_fields=["content", "digest"])
    frozen = {
        "title": dossier.title,
        "number": number,
        "dated": dated,
        "day": run.day,
        "run": run.pk,
        "scores": run.checksum,
        "items": [[item.proposal_id, item.digest] for item in items],
    }
    dossier.content, dossier.digest = canonical_json(frozen), digest_of(frozen)
    dossier.run, dossier.day = run, run.day
    dossier.state, dossier.presented_by, dossier.presented_at = DossierState.PRESENTED, by, now
    dossier.due_on = deadline_for(Clock.DECISION, campaign_id=dossier.campaign_id, now=now)
    dossier.version += 1
    # These columns only: the application's role may write no others.
    dossier.save(
        update_fields=[
            "number", "dated", "content", "digest", "run", "day", "state",
            "presented_by", "presented_at", "due_on", "version",
        ]
    )  # fmt: skip
