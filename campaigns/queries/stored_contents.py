"""Which columns name a content of the evidence store, so that the nightly look forgets none of them.

Apps above register theirs from their AppConfig. A test derives the columns from the models and compares.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import groupby

from django.apps import apps

#: Column of a model ("app.Model") that holds a content's SHA-256; empty where a row has no file.
_COLUMNS: dict[str, str] = {"campaigns.EvidenceFile": "sha256"}


def register(model: str, column: str) -> None:
    """Have the nightly look include what ``column`` of ``model`` names. Raises ValueError for a second column."""
    if _COLUMNS.setdefault(model, column) != column:
        raise ValueError(f"{model} names its contents by {_COLUMNS[model]} already")


def columns() -> dict[str, str]:
    """Return the column that names contents, by model."""
    return dict(_COLUMNS)


def hashes(*, after: str) -> Iterator[str]:
    """Return each stored content's SHA-256 behind ``after`` once, in their order. One query a model."""
    found = (
        apps.get_model(model)
        .objects.filter(**{f"{column}__gt": after})
        .order_by(column)
        .values_list(column, flat=True)
        .iterator(chunk_size=500)
        for model, column in _COLUMNS.items()
    )
    return (sha256 for sha256, _rows in groupby(heapq.merge(*found)))


def owners(sha256: str) -> list[str]:
    """Return in words what a content belongs to beside a unit's evidence: a template, a paper, the published plan."""
    return [
        f"{apps.get_model(model)._meta.verbose_name}: {row}"
        for model, column in _COLUMNS.items()
        if model != "campaigns.EvidenceFile"
        for row in apps.get_model(model).objects.filter(**{column: sha256})[:3]
    ]
