"""Records of the procedure: looked at here, written by its pages only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.actions.issue import move_fund
from awards.enums import FundKind
from awards.models import Award, AwardDecision, CouncilSession, Decision, Dossier, FundMovement, Proposal
from awards.refusal_wording import refusal_sentence
from awards.workflow import Refusal
from campaigns.actions.records import PlanRefused
from campaigns.admin.base import PortalAdmin, ReadOnlyAdmin, person
from campaigns.display import vnd
from campaigns.permissions import Permission

ENTERED_BY_STAFF = (FundKind.OPENING, FundKind.ALLOCATION, FundKind.CORRECTION)


class RecordAdmin(ReadOnlyAdmin):
    """For those who see every proposal."""

    view_permissions = (Permission.VIEW_PROPOSALS,)


@admin.register(Proposal)
class ProposalAdmin(RecordAdmin):
    list_display = ("recipient_name", "participant", "category", "mark", "state", "due_on")
    list_filter = ("state", "category", "mark")
    ordering = ("-drafted_at",)
    list_select_related = ("participant", "category")
    exclude = ("recipient_key", "figures", "gender")


@admin.register(CouncilSession)
class CouncilSessionAdmin(RecordAdmin):
    list_display = ("held_on", "campaign", "minutes_number", "mode", "state")
    ordering = ("-held_on",)


@admin.register(Dossier)
class DossierAdmin(RecordAdmin):
    list_display = ("number", "title", "dated", "state", "due_on")
    list_filter = ("state",)
    ordering = ("-prepared_at",)


@admin.register(Decision)
class DecisionAdmin(RecordAdmin):
    list_display = ("proposal", "verdict", "decided_by", "decided_at", "superseded_at")
    list_filter = ("verdict",)
    ordering = ("-decided_at",)
    list_select_related = ("proposal__participant", "decided_by")


@admin.register(AwardDecision)
class AwardDecisionAdmin(RecordAdmin):
    list_display = ("number", "signed_on", "signer_name", "campaign")
    ordering = ("-signed_on",)


@admin.register(Award)
class AwardAdmin(RecordAdmin):
    list_display = ("recipient_name", "title", "participant", "issue", "bonus", "revoked_on")
    list_filter = ("recipient_kind",)
    ordering = ("-issue__signed_on",)
    exclude = ("recipient_key",)
    list_select_related = ("participant", "issue")


@admin.register(FundMovement)
class FundMovementAdmin(PortalAdmin):
    """The fund's ledger: staff enter what comes in or is corrected; bonuses and recoveries write themselves."""

    view_permissions = (Permission.VIEW_PROPOSALS,)
    edit_permissions = (Permission.ISSUE,)
    list_display = ("day", "kind", "money", "document_number", "note")
    list_filter = ("kind",)
    ordering = ("-day", "-pk")
    fields = ("day", "kind", "amount", "document_number", "note")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = [(kind.value, kind.label) for kind in ENTERED_BY_STAFF]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @admin.display(description=_("amount (đ)"))
    def money(self, obj: FundMovement) -> str:
        return vnd(obj.amount)

    def save_row(self, request: HttpRequest, obj: FundMovement, seen: str) -> None:
        try:
            movement = move_fund(
                kind=FundKind(obj.kind),
                amount=obj.amount,
                day=obj.day,
                document_number=obj.document_number,
                note=obj.note,
                by=person(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            raise PlanRefused(refusal_sentence(refusal)) from refusal
        obj.pk = movement.pk
