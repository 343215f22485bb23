"""Where things are: the checkout, DATA_DIR, the sockets. Pure computations, nothing is created here."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DATABASE = "stammgast"
OWNER_ROLE = "stammgast_owner"
APP_ROLE = "stammgast_app"
SCAN_ROLE = "stammgast_scan"
PARTNER_ROLE = "stammgast_partner"


@dataclass(frozen=True)
class Addresses:
    """Where the database and the queue answer, as URLs.

    database_url: the runtime's role, which owns nothing. owner_url: the role that migrates.
    """

    database_url: str
    owner_url: str
    redis_url: str

    def as_environment(self, *, postgres: bool = True, valkey: bool = True) -> dict[str, str]:
        """The variables that settings read, for the chosen services."""
        database = {"DATABASE_URL": self.database_url, "DATABASE_OWNER_URL": self.owner_url}
        return (database if postgres else {}) | ({"REDIS_URL": self.redis_url} if valkey else {})


@dataclass(frozen=True)
class Home:
    """The folders of one DATA_DIR. `short`: a brief path for sockets, one for each DATA_DIR and user."""

    data: Path

    @property
    def short(self) -> Path:
        # A socket's path may have about 100 bytes, DATA_DIR may have more: so sockets never live inside it.
        # /var/tmp and not TMPDIR: a second terminal may have another TMPDIR, and must find the same path.
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"stammgast-{os.getuid()}-{digest}"

    @property
    def sockets(self) -> Path:
        return self.short / "s"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def lock(self) -> Path:
        return self.data / "running.lock"

    @property
    def guests(self) -> Path:
        return self.data / "guests.lock"


def data_dir() -> Path:
    """DATA_DIR as an absolute path; by default the checkout's `.data`."""
    return Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()


def database_url(home: Home, role: str, database: str = DATABASE) -> str:
    """A libpq URL over the unix socket: postgresql://role@/database?host=/folder."""
    return f"postgresql://{role}@/{database}?host={home.sockets}"


def addresses(data_dir: Path | str) -> Addresses:
    """The embedded services' URLs for this DATA_DIR. Pure: whether they run is not asked."""
    home = Home(Path(data_dir).resolve())
    return Addresses(
        database_url=database_url(home, APP_ROLE),
        owner_url=database_url(home, OWNER_ROLE),
        redis_url=f"unix://{home.valkey_socket}?db=0",
    )
