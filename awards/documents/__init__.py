"""The documents of awards: what each holds (``kinds``), where its data comes from, how it is laid out."""
