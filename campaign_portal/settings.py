"""Settings of the portal: environment only.

With nothing set this is the local default (PORTAL_ENV=local): SQLite, files and queue under
``.run/``, no Redis, reachable from this machine only. Any other PORTAL_ENV is an installation:
it refuses to start until SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL are given, cookies need
HTTPS, and a second factor is required. docs/operations.md lists every variable.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PORTAL_ENV = env.str("PORTAL_ENV", "local")
LOCAL = PORTAL_ENV == "local"
RUN_DIR = Path(env.str("RUN_DIR", str(BASE_DIR / ".run")))

# --- Secrets and hosts -----------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
if LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", "local-default-only-never-use-this-key-in-an-installation")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
else:
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG shows internals to everybody; it works with PORTAL_ENV=local only.")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("local-default"):
        raise ImproperlyConfigured("SECRET_KEY must be random, 50 characters or longer, and not the local one.")
    if not ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("ALLOWED_HOSTS must name this installation's hosts, without wildcards.")

#: Reverse proxies in front of the portal; decides which address of X-Forwarded-For is believed.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# --- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "campaign_portal",
    "awards",
    "scoring",
    "campaigns",
    "campaign_portal.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, which FORM_RENDERER below lets ours replace
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
]

MIDDLEWARE = [
    # Pages and styles go over slow phone networks compressed (Django pads against BREACH).
    "django.middleware.gzip.GZipMiddleware",
    # The next four put their headers on everything, static files and error pages included.
    "campaign_portal.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "campaign_portal.middleware.NoStore",
    "campaign_portal.policy_reports.PolicyReports",  # browsers report without a token
    "campaign_portal.middleware.RejectInvalidInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campaign_portal.origin.AuditOrigin",
    "campaign_portal.middleware.SessionLimits",
    "campaign_portal.middleware.Language",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "campaign_portal.accounts.second_factor.SecondFactor",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "campaign_portal.middleware.Busy",
]

ROOT_URLCONF = "campaign_portal.urls"
WSGI_APPLICATION = "campaign_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaign_portal.navigation.frame",
            ],
        },
    },
]
TEMPLATES.append(
    {  # letters and other plain text, where nothing is to be escaped
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "text",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False},
    }
)
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database --------------------------------------------------------------------------------

#: Milliseconds. The nightly run raises its own limit inside its transactions; 0 means none.
DATABASE_STATEMENT_TIMEOUT_MS = env.int("DATABASE_STATEMENT_TIMEOUT_MS", 15_000)
SCORING_STATEMENT_TIMEOUT_MS = env.int("SCORING_STATEMENT_TIMEOUT_MS", 280_000)

#: manage.py sets this for migrate and the like: they connect as the owner of the tables.
AS_OWNER = env.bool("PORTAL_AS_OWNER", False)

_app_database = env.db_url("DATABASE_URL", default=f"sqlite:///{RUN_DIR}/db.sqlite3" if LOCAL else environ.Env.NOTSET)
_owner_database = env.db_url("DATABASE_OWNER_URL") if "DATABASE_OWNER_URL" in env.ENVIRON else _app_database
DATABASES = {"default": _owner_database if AS_OWNER else _app_database}
_database = DATABASES["default"]
_database.setdefault("OPTIONS", {})

#: The role that serves requests. Where it is not the owner, migrations grant it what it may do.
DATABASE_APP_ROLE = env.str(
    "DATABASE_APP_ROLE", _app_database["USER"] if _app_database["USER"] != _owner_database["USER"] else ""
)

if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] |= {
        "transaction_mode": "IMMEDIATE",  # a transaction that will write waits instead of failing half-way
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # Tests use a file too: threads then have their own connections, as they have in service.
    _database["TEST"] = {"NAME": env.str("TEST_SQLITE_NAME", "") or None}
    if LOCAL:
        RUN_DIR.mkdir(parents=True, exist_ok=True)
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
    _limits = {
        "statement_timeout": 0 if AS_OWNER else DATABASE_STATEMENT_TIMEOUT_MS,
        "lock_timeout": 3_000,
        "idle_in_transaction_session_timeout": 30_000,
        "random_page_cost": "1.1",  # disks of today, and most lies in memory: an index is worth its way
        "jit": "off",  # the night's statements are long and soon done: compiling one takes longer than it saves
    }
    _database["OPTIONS"]["options"] = " ".join(f"-c {name}={value}" for name, value in _limits.items())

#: Where pg_dump and pg_restore of the server's version lie, if not on the PATH.
POSTGRES_BIN = env.str("POSTGRES_BIN", "")

#: Where copies are kept; the doctor looks whether there is a fresh one.
BACKUP_ROOT = env.str("BACKUP_ROOT", "")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis, cache, worker --------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
#: Never the broker's database number: clearing a cache flushes its whole database.
CACHE_REDIS_URL = env.str("CACHE_REDIS_URL", "")

CACHES = {
    "default": (
        {"BACKEND": "campaign_portal.cache.SharedOrOwn", "LOCATION": CACHE_REDIS_URL}
        if CACHE_REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
if CACHE_REDIS_URL and CACHE_REDIS_URL == REDIS_URL:
    raise ImproperlyConfigured("CACHE_REDIS_URL and REDIS_URL must be different servers or database numbers.")

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A message is given out again after 900 s, which must exceed the longest task (300 s).
    CELERY_VISIBILITY_TIMEOUT = 900
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | float | bool] = {
        "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
        # A request that rings the bell tries once and waits for no Redis that is away or hangs.
        "max_retries": 1,
        "interval_start": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost//"
    _queue = RUN_DIR / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "processed_folder": str(_queue / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
#: Whether requests ring for the worker at once; off where only the sweeper should act, as in tests.
WAKE_WORKER = env.bool("WAKE_WORKER", True)
#: For how long claimed work belongs to a worker that may be dead; longer than a task may run (300 s).
WORK_LEASE_SECONDS = env.int("WORK_LEASE_SECONDS", 330)
#: Campaigns scored in one transaction of the nightly run.
SCORE_CHUNK = env.int("SCORE_CHUNK", 50)
SCORE_THREADS = env.int("SCORE_THREADS", default=2)  # connections a night works with side by side (PostgreSQL)
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A request that only wants to wake a worker never waits for a broker that is down.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_DIR / "beat-schedule")

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["campaign_portal.formats"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # else a year reads 2.026 and a link breaks; amounts are grouped by a filter
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = None if LOCAL else env.str("STATIC_ROOT", str(RUN_DIR / "static"))
WHITENOISE_USE_FINDERS = LOCAL  # no collectstatic step on the local default
WHITENOISE_ALLOW_ALL_ORIGINS = False
#: Evidence lies outside everything a web server serves; there is no MEDIA_URL.
EVIDENCE_ROOT = Path(env.str("EVIDENCE_ROOT", str(RUN_DIR / "evidence")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(EVIDENCE_ROOT)}},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if LOCAL
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
FILE_UPLOAD_HANDLERS = [
    "campaign_portal.uploads.RefuseOversize",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "campaign_portal.uploads.TemporaryFile",
]
UPLOAD_MAX_BODY_BYTES = 25_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- Sign-in ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "campaigns.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

PASSWORD_HASHERS = [
    "campaign_portal.passwords.NormalisingArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "campaign_portal.passwords.MaximumLength"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "campaign_portal.passwords.NotOnlyContextWords"},
]

ACCOUNT_ADAPTER = "campaign_portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # never shown: sign-up is closed
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # one confirmation covers a batch of decisions
# Who decides on awards, revokes, publishes or manages accounts confirms their identity first, once within that time.
STEP_UP = env.bool("STEP_UP", not LOCAL)
ACCOUNT_USER_DISPLAY = str
# Guessing is counted in the database by axes, per person and address. A second limit per name alone
# would let an outsider lock the chairman out on the last day, so only the address limits remain here.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = _("Emulation portal")
#: Staff and the chairman must have a second factor; off on the local default only.
MFA_REQUIRED = env.bool("MFA_REQUIRED", not LOCAL)
if MFA_REQUIRED and not LOCAL and not CACHE_REDIS_URL:
    # A used code is remembered there: a memory of each process's own would take the same code once in each.
    raise ImproperlyConfigured("CACHE_REDIS_URL is needed where a second factor is: used codes are remembered there.")

# Sign-on through a directory (OpenID Connect), off unless its address is given. It replaces the password, not the
# second factor, and opens only accounts that exist: OIDC_CLAIM names them by user name, or by verified e-mail.
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", "")
OIDC_NAME = env.str("OIDC_NAME", "SSO")
OIDC_CLAIM = env.str("OIDC_CLAIM", "preferred_username")
if OIDC_SERVER_URL and not LOCAL and not OIDC_SERVER_URL.startswith("https://"):
    raise ImproperlyConfigured("OIDC_SERVER_URL begins with https://: what it answers decides who signs in.")
SOCIALACCOUNT_ADAPTER = "campaign_portal.accounts.sign_on.SignOnAdapter"
# A form that leads to another house is forbidden by the page's policy, so the way begins with a link.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "co-quan",
                "name": OIDC_NAME,
                "client_id": env.str("OIDC_CLIENT_ID"),
                "secret": env.str("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_SERVER_URL, "fetch_userinfo": False},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_USE_ATTEMPT_EXPIRATION = True
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "campaign_portal.errors.locked_out"
AXES_CLIENT_IP_CALLABLE = "campaign_portal.accounts.guessing.counted_address"
# Every wrong guess is noted: the growing wait of one name is counted from these rows. axes would cut a long list at
# its newest end, so none is cut here; old ones go with the retention of the portal.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 10_000_000
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- Sessions, cookies, forms ----------------------------------------------------------------

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 1_800  # idle, seconds
SESSION_ABSOLUTE_AGE = 43_200  # since sign-in, seconds
SESSION_COOKIE_NAME = "sid" if LOCAL else "__Host-sid"
SESSION_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "campaign_portal.errors.csrf_failure"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Transport and headers -------------------------------------------------------------------

SECURE_SSL_REDIRECT = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # preloading is for the owner of the domain to decide
    "models.W040",  # SQLite ignores the extra columns of a covering index, PostgreSQL uses them
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "report-uri": ["/csp/"],
    }
}

# --- Mail and logs ---------------------------------------------------------------------------

#: Without EMAIL_URL letters are written to the worker's console.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)  # seconds; a server that hangs must not hold a worker
#: Where this portal is reached: letters and texts to paste lead there.
PORTAL_URL = env.str("PORTAL_URL", "http://127.0.0.1:8000" if LOCAL else f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "portal@localhost" if LOCAL else f"portal@{ALLOWED_HOSTS[0]}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "campaign_portal.logs.PlainLine" if LOCAL else "campaign_portal.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
