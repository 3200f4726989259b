"""Asks the web process of this container whether it and its database answer; ends with 1 where they do not."""

import os
from urllib.request import Request, urlopen

HEADERS = {"Host": os.environ["ALLOWED_HOSTS"].split(",")[0], "X-Forwarded-Proto": "https"}

with urlopen(Request("http://127.0.0.1:8000/suc-khoe/", headers=HEADERS), timeout=10) as answer:
    answer.read()
