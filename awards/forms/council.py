"""Forms of the council: a session, who sits in it, votes, written opinions, conflicts, paper tallies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.actions.council import SessionData
from awards.ballot import Share
from awards.enums import VoteChoice, VoteMode
from awards.models import CouncilSession

from .proposal import date_box

_SHARE = r"^\s*(\d{1,3})\s*/\s*(\d{1,3})\s*$"


def _share_box(label: Any, help_text: Any) -> forms.RegexField:
    attributes = {"inputmode": "text", "placeholder": "2/3", "autocomplete": "off", "class": "share-box"}
    return forms.RegexField(
        _SHARE,
        label=label,
        help_text=help_text,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"invalid": _("Write a share as two whole numbers, such as 2/3.")},
    )


def _share(text: str) -> Share:
    numerator, denominator = text.split("/")
    return Share(int(numerator), int(denominator))


class SessionForm(forms.Form):
    """A session of the council; with ``session`` one that was planned, whose day stays."""

    held_on = date_box(_("Day"), required=True)
    minutes_number = forms.CharField(label=_("Number of the minutes"), max_length=80, required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    chair_name = forms.CharField(label=_("In the chair"), max_length=120, required=False)
    mode = forms.ChoiceField(label=_("Vote"), choices=VoteMode.choices)
    quorum = _share_box(_("Quorum"), _("At least this share of the members takes part."))
    majority = _share_box(_("Majority"), _("More than this share of all members votes for."))
    minutes_text = forms.CharField(
        label=_("Opinions and conclusions"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, session: CouncilSession | None = None, **kwargs: Any) -> None:
        if session is not None:
            kwargs.setdefault("initial", _initial(session))
        super().__init__(*args, **kwargs)
        self.session = session
        if session is not None:
            del self.fields["held_on"]
            self.fields["version"] = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def typed(self) -> SessionData:
        """Return what was typed, for the action."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if self.session is not None:
            values["held_on"] = self.session.held_on
        return SessionData(
            **{
                **values,
                "mode": VoteMode(values["mode"]),
                "quorum": _share(values["quorum"]),
                "majority": _share(values["majority"]),
            }
        )


def _initial(session: CouncilSession) -> dict[str, Any]:
    names = ("minutes_number", "place", "chair_name", "mode", "minutes_text", "version")
    return {name: getattr(session, name) for name in names} | {
        "quorum": f"{session.quorum_numerator}/{session.quorum_denominator}",
        "majority": f"{session.majority_numerator}/{session.majority_denominator}",
    }


class VoteForm(forms.Form):
    """One vote."""

    choice = forms.ChoiceField(label=_("Ballot"), choices=VoteChoice.choices)
    opinion = forms.CharField(label=_("Opinion"), max_length=2000, required=False)


class WrittenForm(VoteForm):
    """The written opinion of an absent member."""

    member = forms.IntegerField(label=_("Absent member"), min_value=1, max_value=2**62)


class ConflictForm(forms.Form):
    """Why a member keeps out of a vote; without a member it is oneself."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    member = forms.IntegerField(label=_("Member"), min_value=1, max_value=2**62, required=False)


class CloseForm(forms.Form):
    """Closing a vote."""

    despite_missing = forms.BooleanField(label=_("Close although not everybody has voted"), required=False)


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "number"}),
    )


class TallyForm(forms.Form):
    """The council's count of a paper ballot on one proposal."""

    members = _count(_("Members"))
    present = _count(_("Present"))
    votes_for = _count(_("For"))
    votes_against = _count(_("Against"))
    abstained = _count(_("Abstained"))
    reason = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
