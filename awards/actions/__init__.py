"""Use cases of awards: one function an act, keyword-only, ``by=`` the actor, ``now=`` the moment."""
