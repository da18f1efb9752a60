"""Settings: one frozen value read from ARCHIVE_* variables; half a configuration refuses to start."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.fernet import Fernet

RETENTION_FLOOR_YEARS = 3
GIB = 1024**3


class BadConfiguration(Exception):
    """A setting is missing or wrong; the message names the variable and what to write."""


@dataclass(frozen=True)
class Settings:
    """Everything the archive is told from outside. Sizes in bytes, times in seconds unless the name says otherwise."""

    home: Path
    database_url: str
    store_url: str
    search_engine: str = "whoosh"
    search_home: Path = field(default_factory=Path)
    secret_key: str = field(default="", repr=False)
    field_keys: tuple[str, ...] = field(default=(), repr=False)
    hash_key: str = field(default="", repr=False)
    store_access_key: str = field(default="", repr=False)
    store_secret_key: str = field(default="", repr=False)
    base_url: str = "http://127.0.0.1:8000"
    office_name: str = "金融消费者权益保护中心"
    # What letters print of the office, and the words their numbers begin with; `unit_marks` by unit code.
    office_address: str = ""
    office_postcode: str = ""
    office_phone: str = ""
    letter_mark: str = "金消"
    unit_marks: Mapping[str, str] = field(default_factory=dict)
    # smtp://user:password@host:587; empty: letters are not sent by mail.
    mail_relay: str = field(default="", repr=False)
    mail_from: str = ""
    fonds: str = "A001"
    number_template: str = "{year}-TS-{seq:06}"
    filed_number_template: str = "{fonds}-TS·{year}-{period}-{unit}-{seq:04}"
    max_file_bytes: int = 2 * GIB
    max_files_per_dossier: int = 5000
    # What one item may hold, unpacked, over all its levels: the disk under the database is what a bomb would fill.
    max_unpacked_bytes: int = 4 * GIB
    session_hours: int = 8
    retention_years: int = RETENTION_FLOOR_YEARS
    trusted_proxies: int = 0
    # Everybody sets up the code of an authenticator before doing anything else.
    second_factor: bool = False
    # clamd's socket, `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`; empty: nothing is scanned, and said so.
    clamd: str = ""
    # An RFC 3161 authority that stamps the trail's anchors, and the certificates (PEM) it is judged by; empty: none.
    tsa_url: str = ""
    tsa_roots: Path | None = None
    # The role of the database that may destroy (PostgreSQL, `anjuan db roles`); empty: the same as of the web server.
    worker_database_url: str = field(default="", repr=False)
    # Refuse to start on a store that does not enforce locks; for production.
    strict: bool = False
    demo: bool = False

    @property
    def uploads(self) -> Path:
        """Where bytes wait until an upload is whole."""
        return self.home / "uploads"

    @property
    def previews(self) -> Path:
        """Cache of page images and PDF renditions; may be deleted at any time."""
        return self.home / "previews"

    @property
    def packs(self) -> Path:
        """Evidence packs being made, or waiting to be fetched."""
        return self.home / "packs"

    @property
    def https(self) -> bool:
        """Whether people reach the archive by https, so that cookies are marked secure."""
        return self.base_url.startswith("https://")

    @property
    def for_worker(self) -> "Settings":
        """The settings as the worker has them: by the role of the database that may destroy, where there is one."""
        return replace(self, database_url=self.worker_database_url or self.database_url)

    @property
    def embedded(self) -> bool:
        """Whether everything runs on this machine alone (SQLite)."""
        return self.database_url.startswith("sqlite")


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from the environment.

    With SQLite (the embedded default) missing secrets are made once and kept in `home/secrets.json`, readable by the
    owner alone. With any other database they must be given: two machines that invent their own could not read each
    other's rows. Raises BadConfiguration.
    """
    env = os.environ if environ is None else environ
    home = Path(_get(env, "HOME", "var")).absolute()
    database_url = _driver(_get(env, "DATABASE", f"sqlite:///{home / 'archive.db'}"))
    made = _embedded_secrets(home) if database_url.startswith("sqlite") else {}
    years = _number(env, "RETENTION_YEARS", RETENTION_FLOOR_YEARS)
    if years < RETENTION_FLOOR_YEARS:
        raise BadConfiguration(
            f"ARCHIVE_RETENTION_YEARS={years}: the floor is {RETENTION_FLOOR_YEARS} calendar years from closing "
            "(PBC order 5/2020, art. 44); write 3 or more"
        )
    engine = _get(env, "SEARCH", "whoosh")
    if engine not in ("whoosh", "tantivy", "memory"):
        raise BadConfiguration(f"ARCHIVE_SEARCH={engine!r}: write whoosh, tantivy or memory")
    settings = Settings(
        home=home,
        database_url=database_url,
        store_url=_get(env, "STORE", f"folder:{home / 'store'}"),
        search_engine=engine,
        search_home=Path(_get(env, "SEARCH_HOME", str(home / "search"))),
        secret_key=_get(env, "SECRET_KEY", made.get("secret_key", "")),
        field_keys=tuple(_get(env, "FIELD_KEYS", made.get("field_keys", "")).split()),
        hash_key=_get(env, "HASH_KEY", made.get("hash_key", "")),
        store_access_key=_get(env, "STORE_ACCESS_KEY", ""),
        store_secret_key=_get(env, "STORE_SECRET_KEY", ""),
        base_url=_get(env, "BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        office_name=_get(env, "OFFICE_NAME", Settings.office_name),
        office_address=_get(env, "OFFICE_ADDRESS", ""),
        office_postcode=_get(env, "OFFICE_POSTCODE", ""),
        office_phone=_get(env, "OFFICE_PHONE", ""),
        letter_mark=_mark("LETTER_MARK", _get(env, "LETTER_MARK", Settings.letter_mark)),
        unit_marks=_unit_marks(_get(env, "UNIT_MARKS", "")),
        mail_relay=_get(env, "MAIL_RELAY", ""),
        mail_from=_get(env, "MAIL_FROM", ""),
        fonds=_get(env, "FONDS", Settings.fonds),
        number_template=_get(env, "NUMBER_TEMPLATE", Settings.number_template),
        filed_number_template=_get(env, "FILED_NUMBER_TEMPLATE", Settings.filed_number_template),
        max_file_bytes=_number(env, "MAX_FILE_BYTES", Settings.max_file_bytes),
        max_files_per_dossier=_number(env, "MAX_FILES_PER_DOSSIER", Settings.max_files_per_dossier),
        max_unpacked_bytes=_number(env, "MAX_UNPACKED_BYTES", Settings.max_unpacked_bytes),
        session_hours=_number(env, "SESSION_HOURS", Settings.session_hours),
        retention_years=years,
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0),
        second_factor=_get(env, "SECOND_FACTOR", "0") == "1",
        clamd=_get(env, "CLAMD", ""),
        tsa_url=_get(env, "TSA", ""),
        tsa_roots=Path(roots) if (roots := _get(env, "TSA_ROOTS", "")) else None,
        worker_database_url=_driver(_get(env, "WORKER_DATABASE", "")),
        strict=_get(env, "STRICT", "0") == "1",
        demo=_get(env, "DEMO", "0") == "1",
    )
    _check(settings)
    return settings


def _mark(name: str, text: str) -> str:
    # The form of a number allows Chinese characters only (GB/T 9704-2012, 7.2.5).
    if not re.fullmatch("[\u4e00-\u9fff]{1,6}", text):
        raise BadConfiguration(f"ARCHIVE_{name}={text!r}: write one to six Chinese characters, as in 金消")
    return text


def _unit_marks(text: str) -> dict[str, str]:
    """Return the words of units in `CP=投 DC=调`, by unit code."""
    pairs = [part.partition("=") for part in text.split()]
    marks = {code: _mark("UNIT_MARKS", word) for code, _, word in pairs}
    if len(set(marks.values())) < len(marks):
        raise BadConfiguration("ARCHIVE_UNIT_MARKS gives two units the same word: their numbers would be the same")
    return marks


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url


def _check(settings: Settings) -> None:
    if settings.clamd and not re.fullmatch(r"unix:/.+|tcp:[^:]+:\d+", settings.clamd):
        raise BadConfiguration(f"ARCHIVE_CLAMD={settings.clamd!r}: write unix:/run/clamav/clamd.ctl or tcp:HOST:PORT")
    if settings.tsa_url and not settings.tsa_url.startswith(("http://", "https://")):
        raise BadConfiguration(f"ARCHIVE_TSA={settings.tsa_url!r}: write the authority's http(s) address")
    if settings.tsa_url and (settings.tsa_roots is None or not settings.tsa_roots.is_file()):
        raise BadConfiguration("ARCHIVE_TSA_ROOTS must name a PEM file with the root certificates of ARCHIVE_TSA")
    for name, value in (("SECRET_KEY", settings.secret_key), ("HASH_KEY", settings.hash_key)):
        if len(value) < 32:
            raise BadConfiguration(f"ARCHIVE_{name} is missing or shorter than 32 characters; `anjuan keys` makes one")
    if settings.mail_relay and not (
        re.fullmatch(r"smtps?://\S+", settings.mail_relay) and re.fullmatch(r"\S+@\S+", settings.mail_from)
    ):
        raise BadConfiguration(
            "ARCHIVE_MAIL_RELAY: write smtp://host:port (or smtps://user:password@host), and the sender's address in "
            "ARCHIVE_MAIL_FROM"
        )
    if not settings.field_keys:
        raise BadConfiguration("ARCHIVE_FIELD_KEYS is missing; `anjuan keys` makes one (the first key encrypts)")
    for key in settings.field_keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise BadConfiguration("ARCHIVE_FIELD_KEYS holds a key that is not 32 url-safe base64 bytes") from error


def new_secrets() -> dict[str, str]:
    """Return fresh secrets by setting name."""
    return {
        "secret_key": secrets.token_urlsafe(48),
        "field_keys": Fernet.generate_key().decode(),
        "hash_key": secrets.token_urlsafe(48),
    }


def _embedded_secrets(home: Path) -> dict[str, str]:
    path = home / "secrets.json"
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = home / f".secrets.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump(new_secrets(), out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        try:
            # link, not rename: of two starts at once the first one's keys stay, or its rows could not be read again
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _get(env: Mapping[str, str], name: str, default: str) -> str:
    path = env.get(f"ARCHIVE_{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise BadConfiguration(f"ARCHIVE_{name}_FILE={path}: {error.strerror}") from error
    return env.get(f"ARCHIVE_{name}", default)


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = _get(env, name, str(default))
    try:
        return int(text)
    except ValueError as error:
        raise BadConfiguration(f"ARCHIVE_{name}={text!r}: a whole number is needed") from error
