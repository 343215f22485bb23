"""The roof: wiring, no rules. Everything that differs between installations comes from the environment."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

import launch
from loyalty.discretion import without_secrets

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()
DEMO = os.environ.get("STAMMGAST_DEMO") == "1"
DEBUG = os.environ.get("DEBUG") == "1"
TESTING = os.environ.get("STAMMGAST_TESTING") == "1"

# Embedded services unless the environment names others.
_embedded = launch.addresses(DATA_DIR)
_database_url = os.environ.get("DATABASE_URL") or _embedded.database_url
_owner_url = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL") or _embedded.owner_url
REDIS_URL = os.environ.get("REDIS_URL") or _embedded.redis_url


def _database(url):
    """A PostgreSQL URL as Django wants it. A socket's folder stands in the query: `?host=/folder`."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "loyalty.tenancy.engine",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }


def _secret_key():
    if key := os.environ.get("SECRET_KEY"):
        return key
    kept = DATA_DIR / "secret_key"
    if kept.exists():
        return kept.read_text().strip()
    if TESTING:
        return "known-to-everybody-and-therefore-for-tests-alone"
    if "DATABASE_URL" not in os.environ:
        # Before the first start there is nothing to sign that anybody would read later.
        return secrets.token_urlsafe(48)
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text. It signs sessions and links.")


SECRET_KEY = _secret_key()
PORT = int(os.environ.get("PORT") or 8000)
PUBLIC_URL = (os.environ.get("PUBLIC_URL") or f"http://localhost:{PORT}").rstrip("/")
_own_host = "*" if DEMO or TESTING or DEBUG else urlsplit(PUBLIC_URL).hostname or "localhost"
ALLOWED_HOSTS = (os.environ.get("ALLOWED_HOSTS") or _own_host).split(",")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "loyalty.tenancy",
    "loyalty.merchants",
    "loyalty.events",
    "loyalty.jobs",
    "members",
    "members.contacts",
    "members.segments",
    "programs",
    "programs.endings",
    "programs.subscriptions",
    "programs.codes",
    "programs.coalition",
    "rewards",
    "rewards.gift_cards",
    "rewards.promotions",
    "rewards.gifts",
    "campaigns",
    "loyalty.design",
    "loyalty.rest",
    "loyalty.card",
    "loyalty.counter",
    "loyalty.dashboard",
    "loyalty.inbox",
    "loyalty.demo",
]

MIDDLEWARE = [
    "loyalty.rest.middleware.LeanApi",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "loyalty.discretion.Discreet",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "loyalty.urls"
WSGI_APPLICATION = "loyalty.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# Two connections to one database: the runtime's, under row security, and the owner's, for migrations only.
DATABASES = {
    "default": {**_database(_database_url), "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True},
    "owner": _database(_owner_url),
}
DATABASE_ROUTERS = ["loyalty.tenancy.router.MigrateAsOwner"]

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# redis-py and Celery spell a socket's address differently.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG or TESTING
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard:home"

LANGUAGE_CODE = "en"
LANGUAGES = [("de", _("German")), ("en", _("English")), ("de-du", _("German, informal"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# Without a mail server the demo keeps what it would send, and shows it in its inbox page.
MAIL_DIR = DATA_DIR / "mail"
_smtp_host = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend"
    if _smtp_host
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = MAIL_DIR
EMAIL_HOST = _smtp_host
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "karten@stammgast.example")

# Where Stripe is spoken to. Empty: at Stripe.
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "media-src": [SELF, "blob:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
# Who speaks https has a proxy in front that says so, sets X-Forwarded-For, and takes both away from what visitors send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES") or (1 if _https else 0))
# The only upload is a logo. Nothing larger than what fits into memory is taken, so that nobody can fill the disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
# Who may read /metrics; without one nobody.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["loyalty.rest.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["loyalty.rest.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "loyalty.rest.schema.Schema",
    "EXCEPTION_HANDLER": "loyalty.rest.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
# What a key may ask in a minute. A full minute's worth may be asked at once.
API_REQUESTS_PER_MINUTE = {
    "live": int(os.environ.get("API_REQUESTS_PER_MINUTE") or 600),
    "sandbox": int(os.environ.get("API_REQUESTS_PER_MINUTE_SANDBOX") or 6000),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stammgast",
    "DESCRIPTION": "Loyalty programs: points, punch cards, rewards. See docs/integrating.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["loyalty.rest.schema.as_documented"],
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_SPLIT_PATCH": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_FAVICON_HREF": "",
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# One JSON object a line, from our own loggers and from everybody else's.
_LOG_FIELDS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    without_secrets,
]
structlog.configure(
    processors=[*_LOG_FIELDS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": _LOG_FIELDS,
        }
    },
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["lines"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # A page that is not there is no trouble of ours.
        "django.request": {"level": "ERROR"},
    },
}
