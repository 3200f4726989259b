"""Row locks Django has no word for."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from campaigns.models import Campaign


def hold(rows: QuerySet[Any]) -> int:
    """Keep the rows from being changed or deleted until the transaction ends; return how many there are.

    Shared: any number of transactions may hold a row at once. (SQLite writes one transaction at a time anyway.)
    """
    keys = rows.values_list("pk")
    if connection.vendor != "postgresql":
        return keys.count()
    try:
        sql, params = keys.query.sql_with_params()
    except EmptyResultSet:  # an empty list of ids
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR SHARE", params)
        return int(cursor.rowcount)


def hold_campaign(pk: int) -> Campaign:
    """Return the campaign as it is now and keep its row from changing until the transaction ends.

    Any number of reports may hold it at once; closing the campaign waits for them, and they for it.
    """
    hold(Campaign.objects.filter(pk=pk).order_by())
    return Campaign.objects.get(pk=pk)
