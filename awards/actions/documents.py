"""Write a document and keep it: its data, its template's version, its bytes under their hash.

The same source, template and data are one document, by a unique constraint: a form sent twice writes once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import override

from awards.documents import certificates, printed, procedure, reports
from awards.documents.achievement import achievement
from awards.documents.kinds import DOCX, KINDS, PDF
from awards.documents.layouts import Layout, layout_of
from awards.documents.minutes import minutes
from awards.documents.write import write
from awards.enums import DocumentKind as K
from awards.enums import ProposalState
from awards.models import AwardDecision, CouncilSession, DocumentTemplate, Dossier, GeneratedDocument, Proposal
from awards.permissions import may_write
from awards.workflow import Refusal
from campaigns import evidence
from campaigns.actions.audit import digest_of, record
from campaigns.chain import canonical_json
from campaigns.documents.placeholders import fill
from campaigns.files.names import display_name
from campaigns.models import Campaign, Period, User

from .templates import template_in_use

Data = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """What a document is written of: one row, which names its campaign."""

    word: str  # dossier, session, issue, proposal, campaign or period
    row: Any

    @property
    def key(self) -> str:
        return f"{self.word}:{self.row.pk}"

    @property
    def campaign(self) -> Campaign:
        found: Campaign = self.row if self.word == "campaign" else self.row.campaign
        return found


MODELS: dict[str, type[models.Model]] = {
    "dossier": Dossier,
    "session": CouncilSession,
    "issue": AwardDecision,
    "proposal": Proposal,
    "campaign": Campaign,
    "period": Period,
}
#: Which kind is written of which rows.
SOURCES: dict[str, tuple[str, ...]] = {
    K.SUBMISSION: ("dossier",),
    K.DECISION: ("issue", "dossier"),
    K.MINUTES: ("session",),
    K.REFUSAL: ("proposal",),
    K.ACHIEVEMENT: ("proposal",),
    K.SUMMARY: ("campaign",),
    K.BRIEFING: ("period",),
    K.LIST: ("issue",),
    K.CERTIFICATE: ("issue",),
}
_OF_PROPOSAL = ("category", "campaign", "participant__unit", "participant__bloc", "eligibility")


def write_document(*, kind: str, source: Source, by: User, now: dt.datetime) -> GeneratedDocument:
    """Write a .docx (or the list as PDF) from what is recorded now and return it; certificates are a job's.

    Raises PermissionDenied, Refusal("nothing_to_write"), EvidenceStoreFull.
    """
    may_write(by, kind, source.row, now=now)
    template = template_in_use(kind, now=now)
    with override("vi"):  # documents are Vietnamese, whoever writes them
        data = collect(kind, source, template, now=now)
    return keep(kind=kind, source=source, template=template, data=data, by=by, now=now)


def collect(kind: str, source: Source, template: DocumentTemplate, *, now: dt.datetime) -> Data:
    """Return a document's data. Raises Refusal where there is nothing to write."""
    row = source.row
    layout = layout_of(kind, template.layout, form_number=template.form_number) if kind in KINDS else None
    makers: dict[str, Callable[[Any], Data]] = {
        K.SUBMISSION: lambda layout: procedure.submission(row, layout, now=now),
        K.DECISION: lambda layout: _decision(source, layout, now),
        K.MINUTES: lambda layout: minutes(row, layout),
        K.REFUSAL: lambda layout: _refusal(row, layout, now),
        K.ACHIEVEMENT: lambda layout: achievement(row, layout, now=now),
        K.SUMMARY: lambda layout: reports.summary(row, layout, now=now),
        K.BRIEFING: lambda layout: reports.briefing(row, layout, now=now),
        K.LIST: lambda _layout: procedure.decision_issued(row, layout_of(K.DECISION, {})),
        K.CERTIFICATE: lambda _layout: printed.certificate_data(row),
    }
    if kind == K.SUBMISSION and not row.items.filter(released_at__isnull=True).exists():
        raise Refusal("nothing_to_write")
    if kind == K.MINUTES and not row.tallies.exists():
        raise Refusal("no_vote_yet")
    data = makers[kind](layout)
    if kind in (K.CERTIFICATE, K.LIST) and not data["danh_sach"]:
        raise Refusal("nothing_to_write")
    return data


def _decision(source: Source, layout: Layout, now: dt.datetime) -> Data:
    if source.word == "issue":
        return procedure.decision_issued(source.row, layout)
    drafted = source.row.items.filter(
        released_at__isnull=True,
        proposal__state__in=(ProposalState.DOSSIER, ProposalState.APPROVED, ProposalState.ISSUED),
    )
    if not drafted.exists():
        raise Refusal("nothing_to_write")
    return procedure.decision_draft(source.row, layout, now=now)


def _refusal(proposal: Proposal, layout: Layout, now: dt.datetime) -> Data:
    if proposal.state not in procedure.REFUSED_STATES:
        raise Refusal("nothing_to_write")
    return procedure.refusal(proposal, layout, now=now)


def content_of(
    kind: str, data: Data, template: DocumentTemplate, *, told: Callable[[int], None] | None = None
) -> bytes:
    """Return a document's bytes: of its data and its template's version alone."""
    if kind == K.CERTIFICATE:
        return certificates.certificates(
            data["danh_sach"],
            certificates.blank_of(template.layout),
            title=f"Giấy khen theo Quyết định số {data['so']}",
            author=data["co_quan"],
            made_on=dt.date.fromisoformat(data["ngay"]),
            told=told,
        )
    if kind == K.LIST:
        return printed.write_list(data)
    if template.is_own_file:
        return fill(evidence.read(template.sha256), data)
    return write(kind, data, body_size=layout_of(kind, template.layout).body_size)


def keep(
    *,
    kind: str,
    source: Source,
    template: DocumentTemplate,
    data: Data,
    by: User,
    now: dt.datetime,
    told: Callable[[int], None] | None = None,
) -> GeneratedDocument:
    """Store a document made of data and template, with its audit entry; the same one kept before is returned."""
    text = canonical_json(data)
    same = {"kind": kind, "source": source.key, "template": template, "data_digest": digest_of(data)}
    found = GeneratedDocument.objects.filter(**same).first()
    if found is not None:
        return found
    content = content_of(kind, json.loads(text), template, told=told)
    sha256 = evidence.store(content)
    try:
        with transaction.atomic():
            document = GeneratedDocument.objects.create(
                **same,
                campaign=source.campaign,
                **({source.word: source.row} if source.word != "campaign" else {}),
                data=text,
                file_sha256=sha256,
                name=_name(kind, source),
                content_type=DOCX if kind in KINDS else PDF,
                size=len(content),
                generated_by=by,
                generated_at=now,
            )
            record(
                action="document.written",
                subject=document,
                by=by,
                now=now,
                campaign=source.campaign,
                participant=source.row.participant if source.word == "proposal" else None,
                after={"kind": kind, "source": source.key, "sha256": sha256, "template": template.version_number},
            )
    except IntegrityError:  # somebody wrote the same at the same moment
        return GeneratedDocument.objects.get(**same)
    return document


def _name(kind: str, source: Source) -> str:
    row = source.row
    stem = KINDS[kind].stem if kind in KINDS else {K.LIST: "danh-sach-khen-thuong", K.CERTIFICATE: "giay-khen"}[K(kind)]
    what = {
        "dossier": lambda: row.number or f"to-trinh-{row.pk}",
        "session": lambda: f"{row.held_on:%d-%m-%Y}",
        "issue": lambda: row.number,
        "proposal": lambda: row.recipient_name,
        "campaign": lambda: row.code,
        "period": lambda: f"{row.campaign.code} {row.code}",
    }[source.word]()
    return display_name(f"{stem} {what}".replace("/", "-"), "docx" if kind in KINDS else "pdf", fallback=stem)[:200]
