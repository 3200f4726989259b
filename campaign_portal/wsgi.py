"""The WSGI application gunicorn serves."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign_portal.settings")

application = get_wsgi_application()

# Views and forms are loaded now, not in somebody's first request. What is there by then lives as long as the process:
# the collector leaves it alone, which else looks through all of it in the middle of a page.
import_module("campaign_portal.urls")
gc.collect()
gc.freeze()
