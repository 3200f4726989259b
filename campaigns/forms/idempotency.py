"""The hidden field that makes a form act once, however often it is sent."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """Return a key for one showing of a form; nobody can guess another's."""
    return secrets.token_urlsafe(24)


def posted_key(posted: QueryDict) -> str:
    """Return the key that a form was sent with; empty where it was sent without one of ours."""
    key = posted.get("form_key", "")
    return key if _KEY.fullmatch(key) else ""


class FormKeyMixin(forms.Form):
    """Adds the hidden field ``form_key``: fresh each time the form is shown empty, kept when it is shown again.

    ``cleaned_data["form_key"]`` goes to the action as ``key=``. A bound form keeps what was sent, so correcting
    a refused form sends the same key: a refused act used none.
    """

    form_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = new_key

    def clean_form_key(self) -> str:
        key: str = self.cleaned_data["form_key"]
        if not _KEY.fullmatch(key):
            raise forms.ValidationError(_("This form is out of date. Open the page again."), code="form_key")
        return key
