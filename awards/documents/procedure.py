"""Data of the documents of the procedure: Tờ trình, decision, notice of no commendation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from awards.enums import Outcome, ProposalState
from awards.models import (
    Award,
    AwardDecision,
    CouncilSession,
    CouncilTally,
    Decision,
    Dossier,
    DossierItem,
    Proposal,
    ProposalEvent,
)
from awards.queries.money import bonus_terms
from campaigns.calendar import local_day
from campaigns.display import number, points
from campaigns.documents import wording
from campaigns.enums import Role
from scoring.enums import Basis, ScoreClass
from scoring.models import UnitScore

from .common import COUNCIL, Data, common, counts, in_a_sentence, legal_bases, organiser, plan_basis, recipient
from .layouts import Layout

CHAIRMAN, VICE = ("CHỦ TỊCH",), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
_IN_A_SUBMISSION = (ProposalState.DOSSIER, ProposalState.APPROVED, ProposalState.ISSUED)


def submission(dossier: Dossier, layout: Layout, *, now: dt.datetime) -> Data:
    """Return the Tờ trình of a submission, with the list as it stands in it."""
    items = _items(dossier)
    proposals = [item.proposal for item in items]
    on = dossier.dated or local_day(now)
    tallies = _tallies(proposals)
    sessions = {tally.session_id: tally.session for tally in tallies.values()}
    bonuses = _bonuses(proposals, on=on)
    scores = _scores(proposals)
    rows = []
    for index, proposal in enumerate(proposals, start=1):
        rows.append(
            {
                **recipient(index, proposal),
                **_standing(scores.get(proposal.pk)),
                "phieu": _votes(tallies.get(proposal.pk)),
                "dieu_kien": str(Outcome(proposal.mark).label) if proposal.mark else "",
                "tien_thuong": _amount(bonuses[proposal.pk]),
            }
        )
    held = [_session_words(session) for session in sessions.values()]
    day = dossier.day or next((p.eligibility.day for p in proposals if p.eligibility), None)
    return {
        **common(
            kind="submission",
            campaign=dossier.campaign,
            layout=layout,
            number=dossier.number,
            dated=dossier.dated,
            year=on.year,
            bases=[*legal_bases(on=on), plan_basis(dossier.campaign), *(f"Căn cứ {words}" for words in held)],
        ),
        **counts(proposals),
        **_total(bonuses.values()),
        "tieu_de": dossier.title,
        "kinh_gui": f"Chủ tịch {organiser().name}",
        "hoi_dong": "; ".join(held),
        "ghi_chu": dossier.note,
        "ngay_so_lieu": f"{day:%d/%m/%Y}" if day else "",
        "danh_sach": rows,
    }


def decision_draft(dossier: Dossier, layout: Layout, *, now: dt.datetime) -> Data:
    """Return the decision to be signed for a submission: what was approved, or all while nothing is decided yet.

    Bonuses are by the terms in force today; the signed decision's own day settles them.
    """
    proposals = [item.proposal for item in _items(dossier) if item.proposal.state in _IN_A_SUBMISSION]
    approved = [p for p in proposals if p.state != ProposalState.DOSSIER]
    chosen = approved or proposals
    standing = Decision.objects.filter(proposal__in=chosen, superseded_at__isnull=True).select_related("decided_by")
    deciders = list(standing.order_by("decided_at", "pk"))
    by_vice = any(decision.decided_as == Role.VICE_CHAIRMAN for decision in deciders)
    today = local_day(now)
    return _decision(
        [dossier],
        chosen,
        _bonuses(chosen, on=today),
        layout,
        number_="",
        dated=None,
        on=today,
        titles=VICE if by_vice else CHAIRMAN,
        signer=deciders[-1].decided_by.full_name if deciders else "",
    )


def decision_issued(issue: AwardDecision, layout: Layout) -> Data:
    """Return the decision as it was issued, under its number and date, with the money that was frozen."""
    awards = issued_awards(issue)
    proposals = [award.proposal for award in awards]
    submissions = Dossier.objects.filter(items__decisions__awards__in=[award.pk for award in awards])
    return _decision(
        list(submissions.distinct().order_by("dated", "pk")),
        proposals,
        {award.proposal_id: award.bonus for award in awards},
        layout,
        number_=issue.number,
        dated=issue.signed_on,
        on=issue.signed_on,
        titles=VICE if issue.signer_title.strip().lower().startswith(("phó", "kt")) else CHAIRMAN,
        signer=issue.signer_name,
        issue=issue,
    )


def issued_awards(issue: AwardDecision) -> list[Award]:
    """Return the awards of a decision in the order of its list."""
    return list(
        Award.objects.filter(issue=issue)
        .select_related("proposal__category", "proposal__participant", "category", "participant")
        .order_by("category__position", "participant__sort_key", "recipient_name", "pk")
    )


def _submitted(submissions: Sequence[Dossier]) -> str:
    """Name the submissions a decision answers, each with its number and day; empty where none has a number yet."""
    named = [
        f"số {dossier.number}" + (f" {wording.official_day(dossier.dated)}" if dossier.dated else "")
        for dossier in submissions
        if dossier.number
    ]
    if not named:
        return ""
    return f"Tờ trình {named[0]}" if len(named) == 1 else f"các Tờ trình {', '.join(named[:-1])} và {named[-1]}"


def _decision(
    submissions: Sequence[Dossier],
    proposals: Sequence[Proposal],
    bonuses: dict[int, int | None],
    layout: Layout,
    *,
    number_: str,
    dated: dt.date | None,
    on: dt.date,
    titles: tuple[str, ...],
    signer: str,
    issue: AwardDecision | None = None,
) -> Data:
    campaign = issue.campaign if issue else proposals[0].campaign
    submitted = _submitted(submissions)
    staff = organiser().staff_unit_name or "cơ quan thường trực thi đua, khen thưởng"
    asked = f"Xét đề nghị của Trưởng {_lower_first(staff)}" + (f" tại {submitted}" if submitted else "")
    return {
        **common(
            kind="decision",
            campaign=campaign,
            layout=layout,
            number=number_,
            dated=dated,
            year=on.year,
            bases=[*legal_bases(on=on), plan_basis(campaign), asked],
            titles=layout.titles or titles,
            signer=signer,
        ),
        **counts(proposals),
        **_total(bonuses.values()),
        "ly_do": f"đã có thành tích xuất sắc trong {in_a_sentence(campaign)}",
        "to_trinh": submitted,
        "danh_sach": [
            {**recipient(index, proposal), "tien_thuong": _amount(bonuses[proposal.pk])}
            for index, proposal in enumerate(proposals, start=1)
        ],
    }


_REFUSED = {
    ProposalState.REFUSED: f"không đủ điều kiện trình {COUNCIL} theo kết quả thẩm định hồ sơ",
    ProposalState.NOT_PASSED: f"không được {COUNCIL} thông qua",
    ProposalState.REJECTED: "không được người có thẩm quyền đồng ý khen thưởng",
}
REFUSED_STATES = tuple(_REFUSED)


def refusal(proposal: Proposal, layout: Layout, *, now: dt.datetime) -> Data:
    """Return the notice to the unit that a proposal is not commended, with the reason given."""
    event = ProposalEvent.objects.filter(proposal=proposal, to_state=proposal.state).order_by("-pk").first()
    asked = ""
    if proposal.request_number and proposal.request_date:
        asked = f"Văn bản số {proposal.request_number} {wording.official_day(proposal.request_date)}"
    return {
        **common(kind="refusal", campaign=proposal.campaign, layout=layout, year=local_day(now).year),
        "kinh_gui": proposal.participant.name,
        "ten": proposal.recipient_name,
        "chuc_vu": proposal.address or proposal.position,
        "danh_muc": proposal.category.name,
        "van_ban_don_vi": asked,
        "buoc": _REFUSED[ProposalState(proposal.state)],
        "ly_do": event.reason if event else "",
    }


# --- shared ----------------------------------------------------------------------------------------------


def _items(dossier: Dossier) -> list[DossierItem]:
    return list(
        DossierItem.objects.filter(dossier=dossier, released_at__isnull=True)
        .select_related(
            "proposal__category", "proposal__participant", "proposal__eligibility", "proposal__campaign", "dossier"
        )
        .order_by(
            "proposal__category__position",
            "position",
            "proposal__participant__sort_key",
            "proposal__recipient_name",
            "proposal",
        )
    )


def _tallies(proposals: Sequence[Proposal]) -> dict[int, CouncilTally]:
    rows = CouncilTally.objects.filter(proposal__in=proposals, is_passed=True).select_related("session")
    return {tally.proposal_id: tally for tally in rows.order_by("session__held_on", "recorded_at", "pk")}


def _session_words(session: CouncilSession) -> str:
    numbered = f" số {session.minutes_number}" if session.minutes_number else ""
    return f"Biên bản họp {COUNCIL}{numbered} {wording.official_day(session.held_on)}"


def _votes(tally: CouncilTally | None) -> str:
    return f"{tally.votes_for}/{tally.members}" if tally else ""


def _scores(proposals: Sequence[Proposal]) -> dict[int, UnitScore]:
    wanted = {p.pk: (p.participant_id, p.eligibility.day) for p in proposals if p.eligibility is not None}
    rows = UnitScore.objects.filter(
        participant__in={unit for unit, _day in wanted.values()},
        day__in={day for _unit, day in wanted.values()},
        basis=Basis.OFFICIAL,
    )
    found = {(row.participant_id, row.day): row for row in rows}
    return {pk: found[key] for pk, key in wanted.items() if key in found}


def _standing(score: UnitScore | None) -> dict[str, str]:
    if score is None:
        return {"diem": "", "hang": "", "xep_loai": ""}
    return {
        "diem": points(score.total_bp),
        "hang": f"{score.rank}/{score.bloc_size}" if score.rank else "",
        "xep_loai": str(ScoreClass(score.score_class).label) if score.score_class else "",
    }


def _bonuses(proposals: Sequence[Proposal], *, on: dt.date) -> dict[int, int | None]:
    terms = {category: bonus_terms(category=category, on=on) for category in {p.category for p in proposals}}
    return {p.pk: found.amount if (found := terms[p.category]) else None for p in proposals}


def _amount(bonus: int | None) -> str:
    return "" if bonus is None else number(bonus)


def _total(bonuses: object) -> dict[str, str]:
    total = sum(filter(None, bonuses))  # type: ignore[call-overload]  # amounts and None
    return {"tong_tien": number(total), "tong_tien_chu": wording.amount_in_words(total)}


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
