"""Forms of following up: narrowing the board, reminding by hand, announcements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Bloc, Participant
from campaigns.queries.follow_board import STATES
from campaigns.statuses import status

from .idempotency import FormKeyMixin


class BoardForm(forms.Form):
    """By bloc and state; what is not offered narrows nothing."""

    khoi = forms.ChoiceField(label=_("Bloc"), required=False)
    trang_thai = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, blocs: Sequence[Bloc], **options: Any) -> None:
        super().__init__(*args, **options)
        self.blocs = [("", _("All blocs")), *((str(bloc.pk), bloc.name) for bloc in blocs)]
        self.states = [("", _("All states")), *((str(state), status("report", state).label) for state in STATES)]
        self.fields["khoi"].choices = self.blocs  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["trang_thai"].choices = self.states  # type: ignore[attr-defined]  # a ChoiceField
        self.is_valid()

    def bloc(self) -> int | None:
        """Return the bloc that was chosen."""
        chosen = self.cleaned_data.get("khoi")
        return int(chosen) if chosen else None

    def state(self) -> str:
        """Return the state that was chosen; '' for all."""
        return str(self.cleaned_data.get("trang_thai") or "")


class NudgeForm(FormKeyMixin):
    """Which units are reminded, and what staff add to the text."""

    units = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Choose at least one unit.")}, label=_("Units")
    )
    message = forms.CharField(
        label=_("Added to the text"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": 500, "class": "form-control"}),
    )

    def __init__(self, *args: Any, units: Sequence[Participant], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["units"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]

    @property
    def chosen_units(self) -> list[str]:
        """Which units are ticked: those sent, else all."""
        if self.is_bound:
            return [str(pk) for pk in self.data.getlist("units")]  # type: ignore[attr-defined]  # a QueryDict
        return [str(pk) for pk, _name in self.fields["units"].choices]  # type: ignore[attr-defined]


class AnnouncementForm(FormKeyMixin):
    """An announcement to all units."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=5000, widget=forms.Textarea({"rows": 8}))
    is_public = forms.BooleanField(label=_("Also on the public page"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, css in (("title", "form-control"), ("text", "form-control"), ("is_public", "form-check-input")):
            self.fields[name].widget.attrs["class"] = css
