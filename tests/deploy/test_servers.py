"""The bootstrap of local servers: what it finds, what it says, what it starts and what it leaves behind (nothing)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from kombu import Connection

from deploy import servers

VARIABLES = (servers.DATABASE_VARIABLE, servers.BROKER_VARIABLE)
LISTENING = "0A"
LOOPBACK = {"0100007F", "0" * 24 + "01000000"}
BOOTSTRAP_SECONDS_MAX = servers.START_SECONDS_MAX + 60


def address(variable: str) -> str:
    found = os.environ.get(variable)
    if not found:
        pytest.skip(f"{variable} is not set: run the suite by `make test`")
    return found


def addresses_listening_on(port: int) -> set[str]:
    """Local addresses, in the kernel's hexadecimal, that take connections on a TCP port."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            where, _, at = local.partition(":")
            if state == LISTENING and int(at, 16) == port:
                found.add(where)
    return found


def plain_postgres(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


class TestVersions:
    @pytest.mark.parametrize(
        ("text", "version"),
        [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", (15, 18)),
            ("postgres (PostgreSQL) 17beta2", (17,)),
            ("3.10.8", (3, 10, 8)),
            ("4.1.0-rc.1", (4, 1, 0)),
            ("", ()),
            ("no such program", ()),
        ],
    )
    def test_first_number_of_a_text(self, text: str, version: tuple[int, ...]) -> None:
        assert servers.parse_version(text) == version

    def test_compares_as_numbers(self) -> None:
        assert servers.parse_version("3.9.27") < servers.RABBITMQ_MIN <= servers.parse_version("3.10.0")
        assert servers.parse_version("9.6.24") < servers.POSTGRES_MIN <= servers.parse_version("13.0")

    def test_version_of_rabbitmq_is_read_from_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "plugins" / "rabbit-3.12.1").mkdir(parents=True)
        (tmp_path / "plugins" / "rabbit_common-3.12.1").mkdir()
        (tmp_path / "sbin").mkdir()
        program = tmp_path / "sbin" / "rabbitmq-server"
        program.touch()
        assert servers.RABBITMQ.version(program) == "3.12.1"

    def test_too_old_is_passed_over_for_the_next(self, tmp_path: Path) -> None:
        old, new = program(tmp_path / "old", "postgres (PostgreSQL) 12.4"), program(tmp_path / "new", "16.2")
        product = servers.Product("PostgreSQL", "postgresql", (13,), lambda: iter([old, new]), _asked)
        assert product.find() == (new, [f"{old} is postgres (PostgreSQL) 12.4"])


def program(path: Path, says: str) -> Path:
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def _asked(path: Path) -> str:
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()


class TestWhatToInstall:
    def test_names_packages_versions_and_the_way_out(self) -> None:
        message = servers.what_to_install({servers.POSTGRES: ["/opt/pg/bin/postgres is 12.4"], servers.RABBITMQ: []})
        assert "PostgreSQL 13 or newer is needed (/opt/pg/bin/postgres is 12.4)." in message
        assert "RabbitMQ 3.10 or newer is needed (none found)." in message
        assert "apt-get install -y --no-install-recommends postgresql rabbitmq-server" in message
        assert all(variable in message for variable in VARIABLES)

    def test_names_only_what_is_missing(self) -> None:
        message = servers.what_to_install({servers.RABBITMQ: []})
        assert "rabbitmq-server" in message
        assert "postgresql" not in message
        assert servers.DATABASE_VARIABLE not in message

    def test_without_rights_nothing_is_installed_and_the_exit_code_is_two(self, tmp_path: Path) -> None:
        tools = tmp_path / "bin"
        tools.mkdir()
        program(tools / "dpkg-query", "unknown ok not-installed")
        program(tools / "apt-get", "must not run")
        program(tools / "id", "1000")
        program(tools / "sudo", "").write_text("#!/bin/sh\nexit 1\n")
        script = servers.ROOT / "deploy" / "apt-install.sh"
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run([script, "rabbitmq-server"], env={"PATH": path}, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "sudo apt-get install -y --no-install-recommends rabbitmq-server" in done.stderr
        assert "must not run" not in done.stdout + done.stderr


class TestPython:
    def find(self, python: Path) -> subprocess.CompletedProcess[str]:
        script = servers.ROOT / "deploy" / "find-python.sh"
        env = os.environ | {"PYTHON": str(python)}
        return subprocess.run([script], env=env, capture_output=True, text=True, check=False)

    def test_the_one_asked_for(self) -> None:
        done = self.find(Path(sys.executable))
        assert (done.returncode, done.stdout.strip()) == (0, sys.executable)

    def test_a_wrong_one_is_refused_by_its_version(self, tmp_path: Path) -> None:
        old = tmp_path / "python3.9"
        old.write_text("#!/bin/sh\ncase $2 in *platform*) echo 3.9.18 ;; *) exit 1 ;; esac\n")
        old.chmod(0o755)
        done = self.find(old)
        assert done.returncode == 1
        assert "3.9.18" in done.stderr
        assert "3.11" in done.stderr


class TestServersOfThisRun:
    def test_database_answers(self) -> None:
        with psycopg.connect(plain_postgres(address(servers.DATABASE_VARIABLE))) as connection:
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            assert connection.info.server_version >= servers.POSTGRES_MIN[0] * 10000
        assert row == (True,)

    def test_broker_answers(self) -> None:
        with Connection(address(servers.BROKER_VARIABLE)) as connection:
            connection.connect()
            properties = connection.connection.server_properties
        assert properties["product"] == "RabbitMQ"
        assert servers.parse_version(properties["version"]) >= servers.RABBITMQ_MIN

    @pytest.mark.parametrize("variable", VARIABLES)
    def test_listens_on_loopback_only(self, variable: str) -> None:
        url = urlsplit(address(variable))
        if not _ours(variable):
            pytest.skip(f"{variable} names a server that the bootstrap did not start")
        assert url.hostname == "127.0.0.1"
        assert url.port
        listening = addresses_listening_on(url.port)
        assert listening
        assert listening <= LOOPBACK


def _ours(variable: str) -> bool:
    return any(run.addresses.get(variable) == os.environ[variable] for run in servers.runs())


def bootstrap(command: Sequence[str], options: Sequence[str] = (), env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The bootstrap as a process of its own, with servers of its own, its output in a pipe."""
    inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.servers", "exec", *options, "--", *command],
        cwd=servers.ROOT,
        env=inherited | dict(env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_of(pid: int) -> servers.Run:
    return next(run for run in servers.runs() if run.owner and run.owner.pid == pid)


@pytest.fixture
def _servers_installed() -> None:
    absent = [product.name for product in (servers.POSTGRES, servers.RABBITMQ) if product.find()[0] is None]
    if absent:
        pytest.skip(f"not installed on this machine: {', '.join(absent)}")


@pytest.mark.usefixtures("_servers_installed")
class TestExec:
    def test_exits_as_the_command_did_and_leaves_nothing(self) -> None:
        shows_environment = f"import os, sys; print(os.environ['{VARIABLES[0]}'], os.environ['{VARIABLES[1]}']); sys.exit(7)"
        process = bootstrap([sys.executable, "-c", shows_environment])
        out, err = process.communicate(timeout=BOOTSTRAP_SECONDS_MAX)
        assert process.returncode == 7, err
        ports = [urlsplit(url).port for url in out.split()]
        assert len(ports) == 2
        assert not any(addresses_listening_on(port) for port in ports if port)
        assert not [run for run in servers.runs() if run.owner and run.owner.pid == process.pid]

    @pytest.mark.parametrize(("options", "flushes"), [([], "on"), (["--no-fsync"], "off")])
    def test_database_keeps_what_it_confirms_unless_told_otherwise(self, options: Sequence[str], flushes: str) -> None:
        shows_durability = (
            f"import os, psycopg; connection = psycopg.connect(os.environ['{VARIABLES[0]}'].replace('+psycopg', ''));"
            "print(*(connection.execute(f'SHOW {name}').fetchone()[0] for name in ('fsync', 'full_page_writes', 'synchronous_commit')))"
        )
        process = bootstrap([sys.executable, "-c", shows_durability], options, {VARIABLES[1]: "amqp://a:b@127.0.0.1:1/"})
        out, err = process.communicate(timeout=BOOTSTRAP_SECONDS_MAX)
        assert out.split() == [flushes, flushes, "on"], err

    @pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
    def test_a_signal_leaves_nothing_that_the_next_start_does_not_remove(self, signum: int, code: int) -> None:
        process = bootstrap(["sh", "-c", "echo $$; exec sleep 300"])
        assert process.stdout
        command = servers.Process.of(int(process.stdout.readline()))
        run = run_of(process.pid)
        started = list(run.servers.values())
        assert len(started) >= 2
        assert all(server.alive() for server in started)

        process.send_signal(signum)
        process.wait(BOOTSTRAP_SECONDS_MAX)
        assert process.returncode == code
        if signum == signal.SIGKILL:
            assert run.abandoned()
            os.kill(command.pid, signal.SIGKILL)
            servers.clean_up()
        assert not any(server.alive() for server in started)
        assert not run.folder.exists()
        assert not run.record.exists()
        process.stdout.close()

    def test_servers_that_are_named_already_are_used_and_none_started(self) -> None:
        named = {VARIABLES[0]: "postgresql+psycopg://a:b@127.0.0.1:1/x", VARIABLES[1]: "amqp://a:b@127.0.0.1:1/"}
        began = time.monotonic()
        process = bootstrap([sys.executable, "-c", f"import os; print(os.environ['{VARIABLES[1]}'])"], env=named)
        out, err = process.communicate(timeout=BOOTSTRAP_SECONDS_MAX)
        assert (process.returncode, out.strip()) == (0, named[VARIABLES[1]]), err
        assert "started" not in err
        assert time.monotonic() - began < servers.START_SECONDS_MAX

    def test_a_server_that_fails_is_named_with_the_end_of_its_log(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(servers, "RUNS", tmp_path / "runs")
        servers.RUNS.mkdir()
        run = servers.Run(tmp_path, None, None, {}, {servers.BROKER_VARIABLE: "amqp://127.0.0.1:1/"})
        run.spawn("rabbitmq", ["sh", "-c", "echo the disk is on fire; exit 1"], os.environ)
        with pytest.raises(servers.DidNotStart, match=r"(?s)RabbitMQ ended while starting.*the disk is on fire"):
            servers._wait(run, [kind for kind in servers.KINDS if kind.name == "rabbitmq"])


def test_command_line_without_a_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert servers.main(["exec"]) == 2
    assert "exec -- CMD" in capsys.readouterr().err
