"""The compose file and the passwords made for it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import make_secrets
from shared import config
from shared.sealing import KEY_BYTES, site_key_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compose() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def secrets_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(make_secrets, "FOLDER", tmp_path / "secrets")
    make_secrets.main()
    return tmp_path / "secrets"


def test_every_service_of_the_network_has_a_container(compose: Mapping[str, Any]) -> None:
    assert set(compose["services"]) == {"rabbitmq", "postgres", *config.SERVICES}
    for name in config.SERVICES:
        service = compose["services"][name]
        assert service["command"] == ["run", "--service", name]
        assert service["healthcheck"]["test"][-1] == name
        assert f"{name}:/var/lib/commendation" in service["volumes"]
        assert {"source": f"{name}_database_url", "target": "database_url"} in service["secrets"]


def test_every_container_is_checked_restarted_and_waits_for_the_servers(compose: Mapping[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name
        if name in config.SERVICES:
            assert service["depends_on"].keys() == {"rabbitmq", "postgres"}
            assert all(wait == {"condition": "service_healthy"} for wait in service["depends_on"].values())


def test_only_the_gateway_is_published_and_on_loopback(compose: Mapping[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"gateway": ["${COMMENDATION_PUBLISH_HOST:-127.0.0.1}:${COMMENDATION_PUBLISH_PORT:-8000}:8000"]}


def test_no_secret_is_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"://[^\s/]*:[^\s/]*@", text), "an address with a password"
    assert not re.search(r"(?i)password\w*:\s*[^\s{/]", text), "a password that is not a file"


def test_each_secret_that_the_file_names_is_made(compose: Mapping[str, Any], secrets_folder: Path) -> None:
    named = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    mounted = {volume.split(":")[0] for volume in compose["services"]["rabbitmq"]["volumes"] if "/secrets/" in volume}
    assert named | {Path(path).name for path in mounted} == {path.name for path in secrets_folder.iterdir()}


def test_secrets_differ_stay_and_are_out_of_reach_of_others(secrets_folder: Path) -> None:
    before = {path.name: path.read_text(encoding="ascii") for path in secrets_folder.iterdir()}
    passwords = [content for name, content in before.items() if name.endswith("_password")]
    assert len(set(passwords)) == len(passwords) == len(config.SERVICES) + 1
    assert min(map(len, passwords)) >= 32
    assert secrets_folder.stat().st_mode & 0o777 == 0o700
    make_secrets.main()
    assert {path.name: path.read_text(encoding="ascii") for path in secrets_folder.iterdir()} == before


@pytest.mark.parametrize("service", config.SERVICES)
def test_a_service_reads_its_own_database_from_its_secret(service: str, secrets_folder: Path) -> None:
    read = config.load(
        {
            "COMMENDATION_DATABASE_URL_FILE": str(secrets_folder / f"{service}_database_url"),
            "COMMENDATION_BROKER_URL_FILE": str(secrets_folder / "broker_url"),
        }
    )
    password = (secrets_folder / f"{service}_password").read_text(encoding="ascii")
    assert read.database_url_of(service) == f"postgresql+psycopg://{service}:{password}@postgres:5432/{service}"
    assert not read.embedded


def test_the_key_of_the_site_is_the_registrys_alone(compose: Mapping[str, Any], secrets_folder: Path) -> None:
    assert [name for name, service in compose["services"].items() if "site_key" in service.get("secrets", [])] == ["registry"]
    given = compose["services"]["registry"]["environment"]["COMMENDATION_SITE_KEY_FILE"]
    assert given == "/run/secrets/site_key"
    read = config.load({"COMMENDATION_SITE_KEY_FILE": str(secrets_folder / "site_key")})
    assert len(site_key_of(read.site_key)) == KEY_BYTES


def test_the_broker_account_opens_with_the_password_of_the_address(secrets_folder: Path) -> None:
    address = (secrets_folder / "broker_url").read_text(encoding="ascii")
    user, password = address.removeprefix("amqp://").split("@")[0].split(":")
    definitions = json.loads((secrets_folder / "rabbitmq_account.json").read_text(encoding="ascii"))
    (account,) = definitions["users"]
    stored = base64.b64decode(account["password_hash"])
    assert account["name"] == user
    assert stored[4:] == hashlib.sha256(stored[:4] + password.encode()).digest()
    assert password not in json.dumps(definitions)


def test_hash_is_the_one_of_the_broker_documentation() -> None:
    # the worked example of RabbitMQ's guide to passwords: salt 908DC60A, password test12
    salt = bytes.fromhex("908DC60A")
    assert make_secrets.rabbitmq_hash("test12", salt) == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


def test_databases_are_made_for_exactly_these_services() -> None:
    script = (ROOT / "deploy" / "postgres" / "init.sh").read_text(encoding="utf-8")
    made = re.search(r"for service in (.*); do", script)
    assert made
    assert made.group(1).split() == list(config.SERVICES) == list(make_secrets.SERVICES)


@pytest.mark.parametrize("script", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("deploy/**/*.sh")))
def test_shell_scripts_parse(script: str) -> None:
    shell = (ROOT / script).read_text(encoding="utf-8").splitlines()[0].removeprefix("#!")
    done = subprocess.run([shell, "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_locks_pin_every_package_by_hash_and_name_no_place() -> None:
    locks = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")}
    pins = {}
    for name, text in locks.items():
        assert not re.search(r"file:|https?:|--index|--find-links", text), name
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert all(re.match(r"[a-z0-9._-]+==\S+", block) and "--hash=sha256:" in block for block in blocks), name
        pins[name] = {block.split()[0] for block in blocks}
    assert pins["requirements.lock"] < pins["requirements-dev.lock"]
