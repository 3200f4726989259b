"""Forms of awards: they read what people type; the actions decide."""
