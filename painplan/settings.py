"""Painplan's settings: one file, read from the environment; what is missing in production fails loudly.

Environment (see .env.example): SECRET_KEY, DATABASE_URL, DATABASE_REPLICA_URL, REDIS_URL, ALLOWED_HOSTS, EMAIL_URL,
DEFAULT_FROM_EMAIL, PAINPLAN_URL, PAINPLAN_VAR, PAINPLAN_OUTSIDE, PAINPLAN_DEMO, PAINPLAN_DEV, PAINPLAN_REQUIRE_MFA,
PAINPLAN_SECRETS_KEYS, PAINPLAN_TRUSTED_PROXIES, PAINPLAN_SIGN_INS_PER_MINUTE, PAINPLAN_STAFF_IDLE_MINUTES. Reading this
file starts no server and opens no connection.
"""

from pathlib import Path

import environ
import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("PAINPLAN_DEMO", default=False)
DEV = env.bool("PAINPLAN_DEV", default=False)
DEBUG = False
VAR_DIR = Path(env.str("PAINPLAN_VAR", default=str(BASE_DIR / "var")))


def required(name: str, fallback: str) -> str:
    """The value of an environment variable; only development and the demo may do without."""
    value: str = env.str(name, default="")
    if value:
        return value
    if DEMO or DEV:
        return fallback
    raise ImproperlyConfigured(f"{name} is not set. See .env.example for what Painplan needs.")


SECRET_KEY = required("SECRET_KEY", "only-for-development-and-tests-not-a-secret-at-all")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    # First, so that accounts/admin.py finds what they have registered.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "painplan",
    "plans",
    "exercises",
    "accounts",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "django.contrib.postgres",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "painplan.logs.RequestLogMiddleware",
    # Above all that answers by itself: files, redirects to https, another host, a broken request have headers too.
    "painplan.policy_header.PolicyHeaderMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # hides the length of its answers, so that no secret can be guessed by it
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.UserMiddleware",
    "accounts.tracing.TraceMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.session_limits.SessionLimitMiddleware",
    "accounts.second_step.SecondStepMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "painplan.urls"
WSGI_APPLICATION = "painplan.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "painplan.freed_templates.FreedTemplates",
        "NAME": "django",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"painplan.templatetags.{name}" for name in ("local_dates", "quick", "quick_frame")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "painplan.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# PostgreSQL only (docs/architecture.md). CONN_MAX_AGE matters more than the choice of server.
DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "postgresql:///painplan"))}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=3600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
# Questions of accounts/compiled.py are planned once a connection (a pooler has to keep it for the session, as it must):
# the first time, and for all values. PostgreSQL would plan them anew five times to see whether that is worth it, 30 ms
# each for a record, and a connection of a quiet clinic does not live to see the sixth.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 0)
# Each trigger asks for pgtrigger.ignore; while it is unset, the answer costs a caught error (150 to 6 microseconds).
DATABASES["default"]["OPTIONS"].setdefault("options", "-c pgtrigger.ignore={} -c plan_cache_mode=force_generic_plan")
# A standby that follows the primary, for what reads a lot and may be seconds old (accounts/replica.py). Optional.
if replica_url := env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = {**DATABASES["default"], **env.db_url_config(replica_url)}
    DATABASE_ROUTERS = ["accounts.replica.Router"]
# The role that owns the tables: what backup and restore connect as.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_INSTALL_ON_MIGRATE = False
# Who and why stand in each row of history itself, so that the row can be sealed and never needs another (ADR 0004).
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True, related_name="+")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.own_words.OwnWordsValidator"},
]

# Sign-in: docs/sign-in.md. The pages and the words are ours; the steps are django-allauth's.
REQUIRE_MFA = env.bool("PAINPLAN_REQUIRE_MFA", default=True)
ACCOUNT_ADAPTER = "painplan.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody signs up: an address is proved by the invitation that was sent there.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {
    "login": "accounts.forms.signing_in.SignInForm",
    "reauthenticate": "accounts.forms.signing_in.ConfirmPasswordForm",
}
_SIGN_INS = env.int("PAINPLAN_SIGN_INS_PER_MINUTE", default=30)
ACCOUNT_RATE_LIMITS = {
    "login": f"{_SIGN_INS}/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/15m/key",  # nosec B105
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",  # nosec B105
}
MFA_ADAPTER = "accounts.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A clock that is half a minute off still works; accounts/forms/codes.py lets each code work once.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": f"{_SIGN_INS}/m/ip"}
MFA_FORMS = {
    "authenticate": "accounts.forms.codes.CodeForm",
    "reauthenticate": "accounts.forms.codes.ConfirmCodeForm",
    "activate_totp": "accounts.forms.codes.FirstCodeForm",
    "add_webauthn": "accounts.forms.passkeys.AddPasskeyForm",
    "login_webauthn": "accounts.forms.passkeys.PasskeySignInForm",
    "authenticate_webauthn": "accounts.forms.passkeys.PasskeyStepForm",
    "reauthenticate_webauthn": "accounts.forms.passkeys.ConfirmPasskeyForm",
}
# Seal what must be read back; the first seals, all open (accounts/sealing.py).
SECRETS_KEYS = env.list("PAINPLAN_SECRETS_KEYS", default=[]) or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
# How many proxies of our own stand before us: only what they wrote into X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PAINPLAN_TRUSTED_PROXIES", default=0)

PASSWORD_RESET_TIMEOUT = 60 * 60

LANGUAGE_CODE = "en-gb"
# Each in its own words: whoever looks for a language may not understand the page that it stands on.
LANGUAGES = [("en-gb", "English"), ("es", "Español")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", BASE_DIR / "node_modules/bootstrap/dist/css"),
    ("vendor/sortable", BASE_DIR / "node_modules/sortablejs/modular"),
    ("vendor/fonts", BASE_DIR / "node_modules/@fontsource/atkinson-hyperlegible/files"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "painplan.static_files.HashedFiles"},
}
MEDIA_ROOT = VAR_DIR / "media"
# The list of erased people and the heads of the audit chain: not in the database, so that a restore cannot undo them.
OUTSIDE_DIR = Path(env.str("PAINPLAN_OUTSIDE", default=str(VAR_DIR / "outside")))
# Drawn figures; all of it can be drawn again at any time.
FIGURES_ROOT = Path(env.str("PAINPLAN_FIGURES", default=str(VAR_DIR / "figures")))
BACKUP_KEY = env.str("PAINPLAN_BACKUP_KEY", default="")
METRICS_TOKEN = env.str("PAINPLAN_METRICS_TOKEN", default="")
# The first one bounds every upload while it arrives, before anybody asks who sends it.
FILE_UPLOAD_HANDLERS = [
    "exercises.uploads.receiving.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


# Sessions and the counts of attempts live in the database: signing in, and its limits, must work with Redis down,
# and a count kept by each process would give as many attempts again as there are processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempts",
        # Beyond so many rows the expired ones go, then a third of the rest: 300, the default, could be flooded.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Of patients. What ends earlier for staff is decided on each request (accounts/session_limits.py).
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
DEVICE_COOKIE_NAME = "devices"
STAFF_IDLE_SECONDS = 60 * env.int("PAINPLAN_STAFF_IDLE_MINUTES", default=15)
STAFF_SESSION_SECONDS = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if not (DEMO or DEV):
    # Browsers refuse __Host- cookies over plain http, which is all that the demo speaks.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-devices"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Mail. Without EMAIL_URL it is printed to the console (`check --deploy` warns); the demo writes it to files. In this
# kind of address the path from the root begins with a slash of its own.
MAIL = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR.absolute()}/mail" if DEMO else "consolemail://")
EMAIL_FILE_PATH = MAIL["EMAIL_FILE_PATH"] or None
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST = MAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Painplan <painplan@localhost>")
# Where the links in mails lead.
PAINPLAN_URL = env.str(
    "PAINPLAN_URL",
    default=f"http://localhost:{env.int('PORT', default=8000)}" if DEMO or DEV else f"https://{ALLOWED_HOSTS[0]}",
)

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = env.int("CELERY_WORKER_CONCURRENCY", default=2)
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that refuses or never answers must not hold a request (docs/architecture.md): short time-outs, no retry.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
# What somebody's safety waits for, what takes long, and the rest, each with workers of their own (Procfile): however
# much of the one waits, nothing of the others does. A worker that is told no queue takes all three.
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"safety": {}, "default": {}, "bulk": {}}
_QUEUE_OF = {
    "safety": [
        "plans.evaluate_patient", "plans.mark_new_days", "plans.close_sessions", "plans.keep_reevaluations",
        "plans.owe_mail", "plans.escalate_flags",
    ],
    "bulk": [
        "plans.reconcile", "plans.seal_audit", "plans.purge_records", "plans.clean_up", "plans.run_rule_trial",
        "plans.handle_library_changes", "exercises.check_import", "exercises.apply_import", "exercises.prepare_media",
        "exercises.prepare_waiting_media", "exercises.clean_media",
    ],
}  # fmt: skip
CELERY_TASK_ROUTES = {task: {"queue": queue} for queue, tasks in _QUEUE_OF.items() for task in tasks}
# Times are UTC. Every job is idempotent: two beats, or none for days, do no harm.
CELERY_BEAT_SCHEDULER = "painplan.beat:Beat"
CELERY_BEAT_SCHEDULE = {
    "keep-one-open-reevaluation": {"task": "plans.keep_reevaluations", "schedule": 300.0},
    "mark-new-days": {"task": "plans.mark_new_days", "schedule": 900.0},
    "propose-quota-steps": {"task": "plans.propose_quota_steps", "schedule": 3600.0},
    "close-sessions-that-were-left": {"task": "plans.close_sessions", "schedule": 900.0},
    "handle-library-changes": {"task": "plans.handle_library_changes", "schedule": 300.0},
    # Done once a day; a night that failed is made up for an hour later.
    "reconcile": {"task": "plans.reconcile", "schedule": crontab(hour="2-23", minute="30")},
    "tell-of-flags-and-messages": {"task": "plans.owe_mail", "schedule": 60.0},
    "send-mail": {"task": "plans.send_mail", "schedule": 60.0},
    "tell-the-lead-of-unseen-flags": {"task": "plans.escalate_flags", "schedule": 300.0},
    "remind-of-reevaluations": {"task": "plans.remind_of_reevaluations", "schedule": 900.0},
    "remind-patients": {"task": "plans.remind_patients", "schedule": 300.0},
    "clean-up": {"task": "plans.clean_up", "schedule": 3600.0},  # done once a day; a beat that was away catches up
    "prepare-waiting-media": {"task": "exercises.prepare_waiting_media", "schedule": 60.0},
    "seal-audit": {"task": "plans.seal_audit", "schedule": 3600.0},  # done once a day
    "purge-records": {"task": "plans.purge_records", "schedule": 3600.0},  # done once a day
    "clean-media": {"task": "exercises.clean_media", "schedule": crontab(hour=3, minute=20)},
}
# A ring that waited longer than the pause is dropped: the next one does the same.
for _entry in CELERY_BEAT_SCHEDULE.values():
    _entry["options"] = {"expires": _entry["schedule"] if isinstance(_entry["schedule"], float) else 3600.0}

# Neither holds paths or the text of exceptions: no health data in any log (painplan/logs.py).
LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if DEMO or DEV else "json")
if LOG_FORMAT not in ("plain", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is neither plain nor json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "painplan.logs.PlainFormatter"}, "json": {"()": "painplan.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # In the demo's terminal a line for each request would hide what matters.
    "loggers": {"painplan.request": {"level": "WARNING" if DEMO or DEV else "INFO"}},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS: list[str] = []
