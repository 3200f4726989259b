"""Pages that mix all apps, or belong to none: home, search, language, components, and what a monitor asks."""
