"""What the pages of following up show."""

from __future__ import annotations

import re

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.actions.reminder_words import rung_words

register = template.Library()
register.filter("rung", rung_words)


@register.filter
def own_links(text: str) -> SafeString:
    """Show a text with the portal's own addresses in it as links; any other address stays plain text."""
    parts = re.split(rf"({re.escape(settings.PORTAL_URL)}/[\w/#?=&-]*)", text)
    return format_html_join("", "{}", ((_shown(part),) for part in parts))


def _shown(part: str) -> SafeString | str:
    if not part.startswith(f"{settings.PORTAL_URL}/"):
        return part
    return format_html('<a href="{}">{}</a>', part.removeprefix(settings.PORTAL_URL), _("Open the page"))
