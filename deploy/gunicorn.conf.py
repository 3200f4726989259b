"""The web server's settings in an installation: gunicorn -c deploy/gunicorn.conf.py campaign_portal.wsgi"""

import multiprocessing
import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", str(multiprocessing.cpu_count() + 1)))
threads = 4
worker_class = "gthread"
timeout = 60  # a request that hangs frees its worker
keepalive = 75  # seconds a connection waits for its next request: longer than a proxy keeps it
graceful_timeout = 30  # what is being sent is finished before a restart
max_requests, max_requests_jitter = 2_000, 200  # a leak never lives long
limit_request_line, limit_request_fields = 8_190, 100
forwarded_allow_ips = "127.0.0.1"  # only the proxy on this machine says who asked
accesslog = None  # the portal writes its own lines, with request ids and without personal data
control_socket_disable = True
