"""Reads that span models: one file a page or question."""
