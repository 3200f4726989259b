"""The portal's own settings, on the test servers."""

from tests.servers import prepare_environment

prepare_environment()

from campaign_portal.settings import *  # noqa: E402, F403  # the environment must be set before these are read

# Argon2 costs 100 ms by design; test_passwords.py tests the real one by name.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A test in a transaction is seen by its own connection only.
SCORE_THREADS = 1
