"""Reads of awards that span models, one file a page or question."""
