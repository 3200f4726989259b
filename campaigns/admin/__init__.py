"""The administration, in Vietnamese: staff set up, verify and confirm; a superuser keeps accounts and settings."""

from . import (
    api_tokens,
    audit,
    campaigns,
    confirmation,
    evidence,
    people,
    periods,
    plan_rows,
    registers,
    reminders,
    targets,
    verification,
    workbooks,
)

__all__ = [
    "api_tokens",
    "audit",
    "campaigns",
    "confirmation",
    "evidence",
    "people",
    "periods",
    "plan_rows",
    "registers",
    "reminders",
    "targets",
    "verification",
    "workbooks",
]
