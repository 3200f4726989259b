"""Awards in the administration: what staff set, and the records to look at."""

from . import documents, records, settings

__all__ = ["documents", "records", "settings"]
