"""Every setting of the backend: name, default, what it is for, and whether it is a secret.

A setting is read from the environment each time it is asked for, so a test or a new revision
changes it without an import order to mind: `settings.ACCESS_TOKEN_SECONDS()`.
"""

import os
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value", str, int, bool)

SETTINGS: "list[Setting[str] | Setting[int] | Setting[bool]]" = []


class Misconfigured(Exception):
    """A setting is missing or does not have the type of its default."""


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One setting; call it for its value of now.

    `default` also gives the type. A `secret` is kept in Secret Manager, never printed, and has no
    default that works: asked for while unset, it raises `Misconfigured`.
    """

    name: str
    default: Value
    help: str
    secret: bool = False

    def __post_init__(self) -> None:
        SETTINGS.append(self)

    def __call__(self) -> Value:
        """The value of now; raises `Misconfigured` for a missing secret or a number that is none."""
        text = os.environ.get(self.name)
        if text is None:
            if self.secret:
                raise Misconfigured(f"{self.name} is not set")
            return self.default
        if self.secret:
            # What was piped into Secret Manager may end with a newline, which $(…) leaves out where somebody hands the secret on.
            text = text.strip()
        if isinstance(self.default, bool):
            return text.lower() in ("1", "true", "yes", "on")
        if isinstance(self.default, int):
            try:
                return int(text)
            except ValueError:
                raise Misconfigured(f"{self.name} is not a whole number") from None
        return text


# Where this runs
APP_ENV = Setting("APP_ENV", "local", "Name of the environment: local, test, staging or production.")
PROJECT_ID = Setting("PROJECT_ID", "mamastoria-local", "Google Cloud project.")
REGION = Setting("REGION", "asia-southeast2", "Region of functions, database, bucket and queues.")
PUBLIC_URL = Setting("PUBLIC_URL", "http://127.0.0.1:8080", "Where callers reach the gateway; used in links.")
CORS_ORIGINS = Setting("CORS_ORIGINS", "", "Origins of web sites that may call from a browser, separated by commas.")
TRUSTED_PROXIES = Setting(
    "TRUSTED_PROXIES", 0, "Proxies of ours before a function, each of which appends the address it saw to X-Forwarded-For."
)
OPENAPI_FILE = Setting("OPENAPI_FILE", "", "The OpenAPI document that is served; empty: openapi.json in the bundle of system.")

# Database
DATABASE_URL = Setting("DATABASE_URL", "", "SQLAlchemy URL (postgresql+pg8000://…); empty: connect to CLOUD_SQL_INSTANCE.")
CLOUD_SQL_INSTANCE = Setting("CLOUD_SQL_INSTANCE", "", "Cloud SQL connection name, project:region:instance.")
CLOUD_SQL_SOCKET = Setting(
    "CLOUD_SQL_SOCKET", False, "Reach Cloud SQL by the /cloudsql socket instead of the connector (saves about a second of cold start)."
)
DB_NAME = Setting("DB_NAME", "mamastoria", "Database name on Cloud SQL.")
DB_USER = Setting(
    "DB_USER", "mamastoria", "Database user on Cloud SQL; with DB_IAM_LOGIN the service account without .gserviceaccount.com."
)
DB_PASSWORD = Setting("DB_PASSWORD", "", "Password of DB_USER; unused with DB_IAM_LOGIN.", secret=True)
DB_IAM_LOGIN = Setting("DB_IAM_LOGIN", False, "Log in to Cloud SQL as the service account instead of by password.")
THREADS = Setting("THREADS", 8, "Requests one instance serves at once; also the size of its connection pool.")
STATEMENT_CACHE = Setting("STATEMENT_CACHE", True, "Keep prepared statements per connection; off behind a transaction-mode pooler.")

# Accounts
JWT_SECRET = Setting(
    "JWT_SECRET",
    "",
    "Key of the access and refresh tokens, at least 32 bytes; several separated by commas while one replaces another (the first signs).",
    secret=True,
)
TOKEN_ISSUER = Setting("TOKEN_ISSUER", "https://api.mamastoria.com", "Issuer (iss) of our tokens.")
TOKEN_AUDIENCE = Setting("TOKEN_AUDIENCE", "mamastoria-app", "Audience (aud) of our tokens.")
ACCESS_TOKEN_SECONDS = Setting("ACCESS_TOKEN_SECONDS", 1800, "How long an access token lives, in seconds.")
REFRESH_TOKEN_SECONDS = Setting("REFRESH_TOKEN_SECONDS", 2592000, "How long a refresh token lives, in seconds.")
GOOGLE_CERTS_URL = Setting(
    "GOOGLE_CERTS_URL", "https://www.googleapis.com/oauth2/v1/certs", "Where Google publishes the keys of its ID tokens."
)
GOOGLE_CLIENT_IDS = Setting(
    "GOOGLE_CLIENT_IDS",
    "",
    "Client ids whose Google ID tokens sign people in, separated by commas; the first is the web client of the redirect flow. Empty: no Google sign-in.",
)
GOOGLE_CLIENT_SECRET = Setting("GOOGLE_CLIENT_SECRET", "", "Secret of the first of GOOGLE_CLIENT_IDS.", secret=True)
GOOGLE_REDIRECT_URIS = Setting(
    "GOOGLE_REDIRECT_URIS",
    "",
    "Where Google may send people back to, separated by commas; empty: /v1/auth/google/callback under PUBLIC_URL.",
)
GOOGLE_AUTH_URL = Setting("GOOGLE_AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth", "Google's consent page.")
GOOGLE_TOKEN_URL = Setting("GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token", "Where Google exchanges codes for tokens.")
FIREBASE_PROJECT_ID = Setting(
    "FIREBASE_PROJECT_ID", "", "Firebase project of the app, whose phone sign-in proves numbers; empty: PROJECT_ID."
)
FIREBASE_CERTS_URL = Setting(
    "FIREBASE_CERTS_URL", "", "Where Firebase publishes the keys of its ID tokens; empty: where the library knows."
)
CODE_SECRET = Setting("CODE_SECRET", "", "Key under which one-time codes and readers' addresses are hashed.", secret=True)
CODE_SECONDS = Setting("CODE_SECONDS", 900, "How long a one-time code lives, in seconds.")
CODE_COOLDOWN_SECONDS = Setting("CODE_COOLDOWN_SECONDS", 60, "Pause between two codes to one address, in seconds.")
CODES_PER_HOUR = Setting("CODES_PER_HOUR", 5, "Codes one address may ask for in an hour.")
CODES_PER_DAY = Setting("CODES_PER_DAY", 10, "Codes one address may ask for in a day, for whatever purpose; each has five tries.")
PROFILE_UPDATES_PER_MONTH = Setting("PROFILE_UPDATES_PER_MONTH", 3, "Changes of one's profile details in a calendar month (WIB).")
WELCOME_KREDIT = Setting("WELCOME_KREDIT", 1, "Kredit of a new account, given once when it is verified.")
WELCOME_PUBLISH_QUOTA = Setting("WELCOME_PUBLISH_QUOTA", 3, "Comics a new account may publish without a package.")
DELETION_DAYS = Setting("DELETION_DAYS", 30, "Days in which a deleted account comes back by signing in, before it is erased.")

# Files
STORAGE_BUCKET = Setting("STORAGE_BUCKET", "mamastoria-private", "Bucket of everything; nothing in it is public.")
PUBLIC_BUCKET = Setting("PUBLIC_BUCKET", "mamastoria-public", "Bucket of the catalogue and of published comics' pictures, readable by all.")
PUBLIC_MEDIA_URL = Setting(
    "PUBLIC_MEDIA_URL",
    "https://storage.googleapis.com/mamastoria-public",
    "Where readers reach PUBLIC_BUCKET (a CDN in front of it, if any).",
)
STORAGE_EMULATOR_HOST = Setting("STORAGE_EMULATOR_HOST", "", "Storage endpoint of the local stack; empty: Google's.")
STORAGE_SIGNING_KEY_FILE = Setting(
    "STORAGE_SIGNING_KEY_FILE", "", "Service-account key file that signs URLs on the local stack; empty: IAM signBlob."
)
SIGNED_URL_SECONDS = Setting("SIGNED_URL_SECONDS", 3600, "How long a signed URL of a private file works, in seconds.")

# Apps
APP_SCHEME = Setting("APP_SCHEME", "mamastoria", "Scheme of the links that the app itself opens.")
ANDROID_PACKAGE = Setting("ANDROID_PACKAGE", "", "Package of the Android app, which opens our links; empty: none does.")
ANDROID_FINGERPRINTS = Setting(
    "ANDROID_FINGERPRINTS", "", "SHA-256 fingerprints of the certificates that sign ANDROID_PACKAGE, separated by commas."
)
IOS_APP = Setting("IOS_APP", "", "Team and bundle of the iOS app, which opens our links: TEAM.bundle; empty: none does.")
IOS_STORE_ID = Setting("IOS_STORE_ID", "", "Number of the iOS app in the App Store, for the banner on a comic's page; empty: no banner.")

# Generation
WRITER = Setting("WRITER", "vertex", "Who writes scripts: vertex (Gemini) or local (no network).")
ARTIST = Setting("ARTIST", "vertex", "Who draws panels: vertex (Gemini image model) or local (Pillow, no network).")
VERTEX_URL = Setting("VERTEX_URL", "", "Base URL of Vertex AI; empty: Google's endpoint of VERTEX_LOCATION.")
VERTEX_LOCATION = Setting("VERTEX_LOCATION", "global", "Vertex AI location.")
# Google retires a model about a year after it came: infra/gcp/models.py knows when, and deploy.sh says so in time.
VERTEX_TEXT_MODEL = Setting("VERTEX_TEXT_MODEL", "gemini-3.5-flash-lite", "Model that writes scripts.")
VERTEX_IMAGE_MODEL = Setting("VERTEX_IMAGE_MODEL", "gemini-3.1-flash-lite-image", "Model that draws panels.")
VERTEX_SECONDS = Setting("VERTEX_SECONDS", 120, "Deadline of one call to Vertex AI with its retries, in seconds.")
VERTEX_THINKING = Setting(
    "VERTEX_THINKING",
    "MINIMAL",
    "How much the text model thinks before it writes: a level that it knows, of MINIMAL, LOW, MEDIUM and HIGH; before Gemini 3 a number of tokens. Empty: the model decides.",
)
EMBEDDER = Setting("EMBEDDER", "vertex", "Who turns a comic's words into a vector: vertex (EMBEDDING_MODEL) or local (no network).")
EMBEDDING_MODEL = Setting(
    "EMBEDDING_MODEL", "gemini-embedding-001", "Model of Vertex AI that embeds; after a change run python -m infra.embed."
)
EMBEDDING_DIMENSIONS = Setting(
    "EMBEDDING_DIMENSIONS", 256, "Length of a vector, at most 2000; after a change run python -m infra.embed, which makes the index for it."
)
EMBEDDING_LOCATION = Setting("EMBEDDING_LOCATION", "us-central1", "Vertex AI location of EMBEDDING_MODEL, which not every location has.")
SCRIPTS_PER_HOUR = Setting("SCRIPTS_PER_HOUR", 20, "Scripts one account may have written in an hour.")
SCRIPT_KREDIT = Setting("SCRIPT_KREDIT", 0, "Price of a script, in kredit.")
PANELS_KREDIT = Setting("PANELS_KREDIT", 1, "Price of drawing all panels of a comic, in kredit.")
PANEL_KREDIT = Setting("PANEL_KREDIT", 1, "Price of drawing one panel of a finished comic again, in kredit.")
UNDONE_DRAWINGS_PER_DAY = Setting(
    "UNDONE_DRAWINGS_PER_DAY",
    10,
    "Drawings one account may cancel or have fail in a day after pictures were made; each gave its price back.",
)
PANELS_PER_PAGE = Setting("PANELS_PER_PAGE", 2, "Panels the writer makes for each page of page_count.")

# Exports
VIDEO_KREDIT = Setting("VIDEO_KREDIT", 0, "Price of a video, in kredit.")
VIDEO_MINUTES = Setting("VIDEO_MINUTES", 20, "Longest video that is made, in minutes.")
FFMPEG = Setting("FFMPEG", "", "Path of ffmpeg; empty: the one of the package imageio-ffmpeg.")
VIDEOS_PER_DAY = Setting("VIDEOS_PER_DAY", 20, "Videos one account may have made in a day.")
DOCUMENTS_PER_DAY = Setting("DOCUMENTS_PER_DAY", 100, "PDF and CBZ files one account may have made in a day.")
DOWNLOAD_SECONDS = Setting("DOWNLOAD_SECONDS", 900, "How long the address of an export works, in seconds.")

# Speech
SPEECH_ENDPOINT = Setting("SPEECH_ENDPOINT", "", "Speech-to-Text and Text-to-Speech of the local stack, host:port; empty: Google's.")
SPEECH_LOCATION = Setting("SPEECH_LOCATION", "asia-southeast1", "Location of Speech-to-Text and its recognizer; has to offer SPEECH_MODEL.")
SPEECH_RECOGNIZER = Setting(
    "SPEECH_RECOGNIZER", "_", "Recognizer of Speech-to-Text in SPEECH_LOCATION; _ is the one that needs no setting up."
)
SPEECH_MODEL = Setting("SPEECH_MODEL", "chirp_2", "Model that transcribes.")
SPEECH_FALLBACK_MODEL = Setting("SPEECH_FALLBACK_MODEL", "long", "Model that transcribes where SPEECH_MODEL does not know the language.")
SPEECH_SECONDS = Setting("SPEECH_SECONDS", 50, "Deadline of transcribing a short recording, in seconds; the gateway waits for 60.")
RECORDING_MINUTES = Setting("RECORDING_MINUTES", 60, "Longest recording that is transcribed, in minutes.")
TRANSCRIPTIONS_PER_HOUR = Setting("TRANSCRIPTIONS_PER_HOUR", 30, "Recordings one account may have transcribed in an hour.")
TRANSCRIBED_MINUTES_PER_DAY = Setting(
    "TRANSCRIBED_MINUTES_PER_DAY", 120, "Minutes of recordings one account may have transcribed in a day."
)
VOICE = Setting("VOICE", "id-ID-Standard-A", "Voice of Text-to-Speech that narrates unless another is chosen; one of VOICES.")
VOICES = Setting(
    "VOICES",
    "id-ID-Standard-A,id-ID-Standard-B,id-ID-Standard-C,id-ID-Standard-D,id-ID-Wavenet-A,id-ID-Wavenet-B,id-ID-Wavenet-C,id-ID-Wavenet-D",
    "Voices that may be chosen, separated by commas.",
)
SPOKEN_CHARACTERS_PER_DAY = Setting(
    "SPOKEN_CHARACTERS_PER_DAY", 30000, "Characters one account may have spoken in a day that were not spoken before."
)

# Payments
PAYMENT_PROVIDER = Setting("PAYMENT_PROVIDER", "doku", "Who takes the money of new purchases: doku (DOKU Checkout) or midtrans (Snap).")
PAYMENT_MINUTES = Setting("PAYMENT_MINUTES", 60, "How long a purchase can be paid, in minutes.")
PAYMENT_RETURN_URL = Setting("PAYMENT_RETURN_URL", "", "Where the payment page sends people back to; empty: it keeps them.")
DOKU_URL = Setting("DOKU_URL", "https://api.doku.com", "Base URL of DOKU; its sandbox is https://api-sandbox.doku.com.")
DOKU_CLIENT_ID = Setting("DOKU_CLIENT_ID", "", "Client-Id of DOKU's dashboard; of the same environment as DOKU_URL.")
DOKU_SECRET_KEY = Setting(
    "DOKU_SECRET_KEY",
    "",
    "Secret Key of DOKU's dashboard; several separated by commas while one replaces another (the first signs); empty: its callback is off.",
    secret=True,
)
DOKU_NOTIFICATION_PATH = Setting(
    "DOKU_NOTIFICATION_PATH",
    "/v1/subscriptions/payment-callback",
    "Path of the Notification URL as set in DOKU's dashboard, which its signature covers.",
)
MIDTRANS_SNAP_URL = Setting("MIDTRANS_SNAP_URL", "https://app.midtrans.com", "Base URL of Midtrans Snap.")
MIDTRANS_API_URL = Setting("MIDTRANS_API_URL", "https://api.midtrans.com", "Base URL of Midtrans' status and refund API.")
MIDTRANS_SERVER_KEY = Setting(
    "MIDTRANS_SERVER_KEY",
    "",
    "Server key of Midtrans' dashboard; several separated by commas while one replaces another; empty: its callback is off.",
    secret=True,
)

# Wallet
COMMISSION_PERCENT = Setting(
    "COMMISSION_PERCENT", 10, "Percent of a referred person's first paid invoice that goes to whoever referred them."
)
WITHDRAWAL_MINIMUM = Setting("WITHDRAWAL_MINIMUM", 50000, "Smallest withdrawal, in rupiah; larger than WITHDRAWAL_FEE.")
WITHDRAWAL_FEE = Setting("WITHDRAWAL_FEE", 2500, "What a withdrawal costs, in rupiah; taken from its amount.")
BANK_KEYS = Setting(
    "BANK_KEYS", "", "Keys of bank account numbers: name:base64 of 32 bytes, separated by commas; the first seals.", secret=True
)

# Jobs
TASKS_URL = Setting("TASKS_URL", "", "Base URL of Cloud Tasks; empty: Google's.")
WORKER_URL = Setting(
    "WORKER_URL", "http://127.0.0.1:8081", "Base URL of the worker function; also the audience of the tokens that open it."
)
VIDEO_URL = Setting("VIDEO_URL", "http://127.0.0.1:8082", "Base URL of the video function; also the audience of the tokens that open it.")
TASKS_SERVICE_ACCOUNT = Setting(
    "TASKS_SERVICE_ACCOUNT", "tasks@mamastoria-local.iam.gserviceaccount.com", "Service account that Cloud Tasks calls our functions as."
)
TASKS_SECONDS = Setting(
    "TASKS_SECONDS", 1800, "How long Cloud Tasks waits for the worker's answer to one delivery, in seconds (15 to 1800)."
)

# Push
FCM_URL = Setting("FCM_URL", "", "Base URL of Firebase Cloud Messaging on the local stack; empty: Google's.")
FCM_KEY_FILE = Setting("FCM_KEY_FILE", "", "Service-account key file that may push on the local stack; empty: the account this runs as.")

# Mail
SMTP_HOST = Setting("SMTP_HOST", "127.0.0.1", "Mail server that sends our mail.")
SMTP_PORT = Setting("SMTP_PORT", 587, "Port of SMTP_HOST; 465 goes with SMTP_TLS=tls.")
SMTP_TLS = Setting("SMTP_TLS", "starttls", "How the connection to SMTP_HOST is encrypted: starttls, tls (from the first byte) or none.")
SMTP_USER = Setting("SMTP_USER", "", "Login at SMTP_HOST; empty: no login.")
SMTP_PASSWORD = Setting("SMTP_PASSWORD", "", "Password of SMTP_USER; unused without SMTP_USER.", secret=True)
MAIL_FROM = Setting("MAIL_FROM", "MamaStoria <noreply@mamastoria.com>", "Sender of our mail: an address, with a name in front if wanted.")
SUPPORT_EMAIL = Setting(
    "SUPPORT_EMAIL", "bantuan@mamastoria.com", "Where people write for help; named in mails about changes of an account."
)
