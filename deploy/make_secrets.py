"""Makes the passwords and the keys of the compose file on first use: `python3 deploy/make_secrets.py` (any Python from 3.8 on).

What exists is kept, so that a second call changes nothing; a password is renewed by removing its files, for PostgreSQL
followed by ALTER ROLE, since databases keep the password of the day they were made. `site_key` and `ballot_key` are no passwords:
without them no personal data and no open ballot box open, so they are backed up, apart from the databases.

The folder is closed to others (0700); the files in it are not (0444), because a container sees them one by one, under
the user of its own that must read them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"
SERVICES = ("registry", "campaigns", "evaluations", "awards", "rankings", "audit", "gateway")
BROKER_USER = "commendation"


def rabbitmq_hash(password: str, salt: bytes) -> str:
    """RabbitMQ's `rabbit_password_hashing_sha256`: base64 of a salt of four bytes and SHA-256 of salt and password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode("ascii")


def rabbitmq_account(user: str, password: str) -> str:
    """Definitions of the one account that the services use, as RabbitMQ imports them; they hold no password."""
    account = {
        "name": user,
        "password_hash": rabbitmq_hash(password, secrets.token_bytes(4)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"],
    }
    everything = {"user": user, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
    return json.dumps({"users": [account], "permissions": [everything]}, indent=2)


def keep(name: str, content: str) -> str:
    """The content of a secret file, made with `content` when it is not there yet."""
    path = FOLDER / name
    if not path.exists():
        partial = path.with_suffix(".partial")
        partial.write_text(content, encoding="ascii")
        partial.chmod(0o444)
        partial.rename(path)
    return path.read_text(encoding="ascii")


def main() -> None:
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    os.chmod(FOLDER, 0o700)
    keep("postgres_password", secrets.token_urlsafe(24))
    for service in SERVICES:
        password = keep(service + "_password", secrets.token_urlsafe(24))
        keep(service + "_database_url", f"postgresql+psycopg://{service}:{password}@postgres:5432/{{service}}")
    broker = keep("broker_url", f"amqp://{BROKER_USER}:{secrets.token_urlsafe(24)}@rabbitmq:5672/")
    for name in ("site_key", "ballot_key"):
        keep(name, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"))
    keep("rabbitmq_account.json", rabbitmq_account(BROKER_USER, broker.split("@")[0].rsplit(":", 1)[1]))


if __name__ == "__main__":
    main()
