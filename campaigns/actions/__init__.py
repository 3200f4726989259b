"""Use cases of the campaign domain: one function an act, keyword-only, ``by=`` the actor, ``now=`` the moment."""
