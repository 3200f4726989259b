"""Records of the procedure: looked at here, written by its pages only."""

from __future__ import annotations

from django.contrib import admin

from awards.models import Award, AwardDecision, CouncilSession, Decision, Dossier, FundMovement, Proposal
from campaigns.admin.base import ReadOnlyAdmin
from campaigns.permissions import Permission


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
class FundMovementAdmin(RecordAdmin):
    list_display = ("day", "kind", "amount", "document_number", "note")
    list_filter = ("kind",)
    ordering = ("-day", "-pk")
