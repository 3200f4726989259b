"""Awards in the administration: what staff set, and the records to look at."""

from . import records, settings

__all__ = ["records", "settings"]
