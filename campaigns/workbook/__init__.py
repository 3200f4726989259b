"""The campaign workbook (.xlsx), in and out.

``sheets`` is the one table of sheets and columns that the reader, the writer and the template share;
``archive``, ``package`` and ``cells`` open a file nobody trusts, ``reader`` turns it into rows, ``importer`` compares
the rows with the database and writes what is new or changed, ``writer`` writes a campaign or a template.
An app above adds its own sheets with ``registry.register``.
"""
