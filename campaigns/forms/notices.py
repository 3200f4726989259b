"""Forms of notices: what was shown, and how to be told."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.enums import NoticeChannel, NoticeKind
from campaigns.models import NoticePreference, User
from campaigns.notice_rules import DUTIES, channel_of, choices_of

KINDS = NoticeKind.choices


class SeenForm(forms.Form):
    """The newest notice that was on the page."""

    up_to = forms.IntegerField(min_value=0, max_value=2**62)


class PreferenceForm(forms.Form):
    """One choice a kind of notice; a duty offers no way to switch it off in the portal."""

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = dict(NoticePreference.objects.filter(person=person).values_list("kind", "channel"))
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=[(channel.value, channel.label) for channel in choices_of(kind)],
                initial=channel_of(kind, kept.get(kind.value)).value,
                widget=forms.RadioSelect,
            )

    def chosen(self) -> dict[str, str]:
        """Return the channel of each kind."""
        return {kind.value: NoticeChannel(self.cleaned_data[kind.value]) for kind in NoticeKind}

    @property
    def rows(self) -> list[tuple[Any, bool]]:
        """The fields in order, each with whether its kind is a duty."""
        return [(self[kind.value], kind in DUTIES) for kind in NoticeKind]
