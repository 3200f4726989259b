"""Composition root: settings, addresses, worker, middleware, home pages."""

from campaign_portal.celery import app as celery_app

__all__ = ["celery_app"]
