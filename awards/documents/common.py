"""What every document holds: its head, number, place and date, legal bases, signer and recipients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from awards.enums import RecipientKind
from awards.models import LegalBasis, Proposal
from campaigns.display import number
from campaigns.documents import wording
from campaigns.enums import UnitKind
from campaigns.models import Campaign, Organiser, Participant

from .kinds import KINDS
from .layouts import Layout

Data = dict[str, Any]
COUNCIL = "Hội đồng Thi đua - Khen thưởng"


def organiser() -> Organiser:
    """Return the body this installation serves; an empty one before it is set up."""
    return Organiser.objects.first() or Organiser(name="Ủy ban nhân dân", short_name="UBND", staff_unit_name="")


def lines(texts: Iterable[str]) -> list[dict[str, str]]:
    """Return lines as a list of a template."""
    found = [text.rstrip(" .;") for text in texts if text]
    return [{"noi_dung": text + ("." if text is found[-1] else ";")} for text in found]


def common(
    *,
    kind: str,
    campaign: Campaign,
    layout: Layout,
    number: str = "",
    dated: dt.date | None = None,
    year: int,
    bases: Sequence[str] = (),
    participant: Participant | None = None,
    titles: tuple[str, ...] = (),
    signer: str = "",
) -> Data:
    """Return the fields every document has."""
    body = organiser()
    superior, issuer = _head(KINDS[kind].head, body, participant)
    return {
        "co_quan_chu_quan": superior.upper(),
        "co_quan": issuer.upper(),
        "so_ky_hieu": wording.number_line(number, layout.symbol),
        "so_van_ban": number or f"        /{layout.symbol}",
        "ngay_ban_hanh": wording.official_day(dated, year=year),
        "nguoi_ban_hanh": f"Chủ tịch {body.name}",
        "ten_co_quan": issuer,
        "dia_danh_ngay": wording.place_and_day(body.place_name, dated, year=year),
        "mau_so": layout.form_number,
        "phong_trao": campaign.name,
        "ke_hoach": plan_of(campaign),
        "thoi_gian": f"từ ngày {campaign.starts_on:%d/%m/%Y} đến ngày {campaign.ends_on:%d/%m/%Y}",
        "co_quan_phat_dong": campaign.organiser_name,
        "tham_quyen": f"Chủ tịch {body.name}".upper(),
        "phong_thuong_truc": body.staff_unit_name or "Cơ quan thường trực",
        "chuc_vu_ky": "\n".join(titles or layout.titles or ("CHỦ TỊCH",)),
        "nguoi_ky": signer or layout.signer_name,
        "can_cu": lines(bases),
        "noi_nhan": lines(layout.recipients),
    }


def _head(whose: str, body: Organiser, participant: Participant | None) -> tuple[str, str]:
    """The superior's name and the issuing body's."""
    if whose == "staff" and body.staff_unit_name:
        return body.name, body.staff_unit_name
    if whose == "council":
        return body.name, COUNCIL
    if whose == "unit" and participant is not None:
        return body.name, committee_of(participant)
    return body.parent_name, body.name


def committee_of(participant: Participant) -> str:
    """Return the name a unit signs under: a ward's is its People's Committee."""
    first = participant.name[:1].lower() + participant.name[1:]
    if participant.kind in (UnitKind.WARD, UnitKind.COMMUNE) and not first.startswith(("ủy ban", "uỷ ban")):
        return f"Ủy ban nhân dân {first}"
    return participant.name


def plan_of(campaign: Campaign) -> str:
    """Return how a document names the campaign's plan."""
    if not campaign.plan_number:
        return f"Kế hoạch của {campaign.organiser_name}"
    day = f" {wording.official_day(campaign.plan_date)}" if campaign.plan_date else ""
    return f"Kế hoạch số {campaign.plan_number}{day} của {campaign.organiser_name}"


def in_a_sentence(campaign: Campaign) -> str:
    """Return the campaign's name as it stands inside a sentence."""
    name = campaign.name
    if name.lower().startswith(("phong trào", "đợt", "chiến dịch")):
        return name[:1].lower() + name[1:]
    return f"phong trào thi đua “{name}”"


def legal_bases(*, on: dt.date) -> list[str]:
    """Return the bases in force on the day, as documents cite them: laws by date, decrees by number."""
    rows = sorted(LegalBasis.objects.in_force(on=on), key=lambda row: (row.position, row.valid_from, row.pk))
    return [f"Căn cứ {_cited(row)}" for row in rows]


def _cited(row: LegalBasis) -> str:
    if row.issued_on is None or " ngày " in row.title:
        return row.title
    day = wording.official_day(row.issued_on)
    before, of, after = row.title.partition(" của ")
    return f"{before} {day}{of}{after}"


def plan_basis(campaign: Campaign) -> str:
    """Return the campaign's plan as a basis."""
    return f"Căn cứ {plan_of(campaign)} về phát động {in_a_sentence(campaign)}"


def counts(proposals: Sequence[Proposal]) -> Data:
    """Return how many of which kind of recipient, and the phrase that says it."""
    kinds = [proposal.recipient_kind for proposal in proposals]
    units, people, households = (kinds.count(kind) for kind in RecipientKind.values)
    parts = [
        f"{count:02d} {word}"
        for count, word in ((units, "tập thể"), (people, "cá nhân"), (households, "hộ gia đình"))
        if count
    ]
    phrase = " và ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]])) or "các trường hợp"
    return {
        "tong_so": str(len(kinds)),
        "so_tap_the": str(units),
        "so_ca_nhan": str(people),
        "so_ho": str(households),
        "doi_tuong": phrase,
    }


def recipient(number: int, proposal: Proposal) -> dict[str, Any]:
    """Return a recipient's row of a list; a unit proposed as a whole needs no unit beside its name."""
    own = proposal.recipient_name == proposal.participant.name
    return {
        "stt": str(number),
        "ten": proposal.recipient_name,
        "chuc_vu": proposal.address or proposal.position,
        "don_vi": "" if own else proposal.participant.name,
        "hinh_thuc": proposal.category.title,
        "danh_muc": proposal.category.name,
    }


def two_decimals(value: Decimal | None) -> str:
    """A value with at most two decimals, as people read it."""
    return number(None if value is None else value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
