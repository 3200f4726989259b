"""The form around a verdict: where it is sent, what was shown, the key of this showing."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from awards.models import Proposal
from campaigns.forms.idempotency import new_key

register = template.Library()


@register.simple_block_tag(takes_context=True)
def verdict_form(context: template.Context, content: str, proposal: Proposal, verdict: str, seen: str) -> SafeString:
    """Draw a verdict's form: ``{% verdict_form proposal "approve" card.seen %}…{% endverdict_form %}``.

    The htmx header carries the CSRF token too; the hidden field is for a browser without JavaScript.
    """
    address = reverse("awards:verdict", args=[proposal.pk])
    return format_html(
        '<form method="post" action="{}" data-hx-post="{}" class="verdict-form">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="form_key" value="{}"><input type="hidden" name="verdict" value="{}">'
        '<input type="hidden" name="seen" value="{}">{}</form>',
        address,
        address,
        context.get("csrf_token") or "",
        new_key(),
        verdict,
        seen,
        content,
    )
