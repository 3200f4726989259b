"""A person's own names for filters of the verification queue."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import SavedView, User
from campaigns.vietnamese import normalise

from .records import PlanRefused

#: Views one person may keep.
MOST_VIEWS = 20


@transaction.atomic
def save_view(*, name: str, query: str, by: User, now: dt.datetime) -> SavedView:
    """Keep the filters under a name; the same name again replaces what it stood for. Raises PlanRefused."""
    name = normalise(name)[:60]
    if not name:
        raise PlanRefused(_("Give the view a name."))
    mine = SavedView.objects.filter(person=by)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_VIEWS:
        raise PlanRefused(_("At most 20 views are kept; remove one first."))
    row, _made = SavedView.objects.update_or_create(
        person=by, name=name, defaults={"query": query[:300], "saved_at": now}
    )
    return row


def remove_view(*, pk: int, by: User) -> None:
    """Forget one of the person's views. Raises SavedView.DoesNotExist for anybody else's."""
    SavedView.objects.get(pk=pk, person=by).delete()
