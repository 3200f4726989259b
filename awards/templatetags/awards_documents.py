"""The card of documents on the pages of a submission, a session, a proposal, a decision. One query a card."""

from __future__ import annotations

from typing import Any

from django import template

from awards.queries.documents import offers, written_of
from campaigns.models import User

register = template.Library()


@register.inclusion_tag("awards/_documents.html", takes_context=True)
def documents_card(context: template.Context, word: str, row: Any) -> dict[str, Any]:
    """Show what was written of a row and what may be: ``{% documents_card "dossier" dossier %}``."""
    user = context["request"].user
    if not isinstance(user, User):
        return {}
    return {
        "word": word,
        "row": row,
        "documents": written_of(user=user, word=word, rows=[row]),
        "offers": offers(user=user, word=word, row=row),
        "csrf_token": context.get("csrf_token"),
    }
