"""Awards in the administration: what staff set, and the records to look at."""

from . import documents, records, register, rules, settings

__all__ = ["documents", "records", "register", "rules", "settings"]
