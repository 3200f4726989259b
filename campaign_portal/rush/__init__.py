"""The last hour before a report is due, played for ``loadtest``: the town, its people, the portal under them."""
