"""The data interface: campaigns, units, scores and awards as JSON, read-only, for the provincial platform.

``schemas.py`` what is sent, ``endpoints.py`` the addresses, ``security.py`` keys, scopes and limits, ``problems.py``
how a refusal is said. docs/api.md explains it to the other side.
"""
