"""Records that are kept for ever: the ORM refuses what the database's triggers refuse too."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from campaigns.models.report import AppendOnlyError


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses to change and remove rows; fills a column once."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("These records are append-only.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("These records are append-only.")

    def write_once(self, pk: int, *, empty: str, **columns: Any) -> bool:
        """Fill columns of one row while the column ``empty`` is null; False when it was filled already.

        The conditional UPDATE makes it write-once on both databases; the triggers allow these columns only.
        """
        return bool(models.QuerySet.update(self.filter(pk=pk, **{f"{empty}__isnull": True}), **columns))


class AppendOnly(models.Model):
    """A row is added once; it is never saved again and never deleted."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("This record is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("This record is append-only.")
