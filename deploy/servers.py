"""Private PostgreSQL and RabbitMQ for tests and benchmarks.

    python -m deploy.servers exec -- CMD...   start both, run CMD with their addresses, stop them, exit as CMD did
    python -m deploy.servers exec --no-fsync -- CMD...   the same, and PostgreSQL does not flush to disk
    python -m deploy.servers start            start both and leave them running; prints lines for `eval`
    python -m deploy.servers status           what runs
    python -m deploy.servers stop             stop what `start` left, and what a killed run left behind

The addresses are COMMENDATION_TEST_DATABASE_URL (a superuser's, so that tests create databases of their own) and
COMMENDATION_TEST_BROKER_URL. What is set already is used as it is, and no server is started in its place.

Everything listens on the loopback interface, on free ports, under passwords made for this one run, with its data below
`var/test/`. Servers of the system are neither used nor touched. Only the standard library is needed.

Without flushes a database is made and dropped in a fraction of the time, which the suite does hundreds of times; what is lost is what a
crash of the machine would find. Tests kill processes, never the machine. Benchmarks measure what a user gets, and refuse such a server.

Exit codes: that of CMD; 1 a server did not start; 2 a server is not installed, or the command line is wrong.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "var" / "test"
DATABASE_VARIABLE = "COMMENDATION_TEST_DATABASE_URL"
BROKER_VARIABLE = "COMMENDATION_TEST_BROKER_URL"

POSTGRES_MIN = (13,)
RABBITMQ_MIN = (3, 10)  # the first whose quorum queues expire messages and consumers one by one
START_SECONDS_MAX = 90.0  # RabbitMQ takes 5 to 10 s on two idle cores; the rest is for busy machines
STOP_SECONDS_MAX = 10.0
POLL_SECONDS = 0.1
START_TRIES = 3  # a free port can be taken between looking and listening
LOG_TAIL_LINES = 25
FALLBACK_PREFIX = "commendation-test-"
AMQP_HELLO = b"AMQP\x00\x00\x09\x01"
AMQP_METHOD_FRAME = b"\x01"


class ServersError(Exception):
    """Something about the servers that a person can act on; the message says what to do."""

    exit_code = 1


class NotInstalled(ServersError):
    exit_code = 2


class DidNotStart(ServersError):
    pass


class Interrupted(BaseException):
    """A signal arrived that ends this process; raised where it arrives, so that every `finally` runs."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


# -- finding the servers


@dataclass(frozen=True, slots=True)
class Product:
    """A server program: what it is called, the oldest version that serves, and how Debian names its package."""

    name: str
    package: str
    version_min: tuple[int, ...]
    candidates: Callable[[], Iterator[Path]]
    version: Callable[[Path], str]

    def find(self) -> tuple[Path | None, list[str]]:
        """The first program that is new enough, and those passed over, each with its version."""
        passed_over: list[str] = []
        for path in self.candidates():
            if not os.access(path, os.X_OK):
                continue
            found = self.version(path)
            if parse_version(found) >= self.version_min:
                return path, passed_over
            passed_over.append(f"{path} is {found or 'of an unknown version'}")
        return None, passed_over


def parse_version(text: str) -> tuple[int, ...]:
    """The first version number in a text: `postgres (PostgreSQL) 15.18 (Debian ...)` gives (15, 18); none gives ()."""
    match = re.search(r"(\d+)((?:\.\d+)*)", text)
    return tuple(int(part) for part in match.group(0).split(".")) if match else ()


def _output(*command: str | Path) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _postgres_candidates() -> Iterator[Path]:
    # newest first: a machine that was upgraded keeps the old one beside the new
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: parse_version(str(path)), reverse=True)
    bindir = _output("pg_config", "--bindir")
    on_path = shutil.which("postgres")
    for folder in [
        *versions,
        *([Path(bindir)] if bindir else []),
        *([Path(on_path).resolve().parent] if on_path else []),
    ]:
        if os.access(folder / "initdb", os.X_OK):
            yield folder / "postgres"


def _rabbitmq_candidates() -> Iterator[Path]:
    # /usr/sbin/rabbitmq-server of Debian is a wrapper that insists on the system's own node
    yield Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    on_path = shutil.which("rabbitmq-server")
    if on_path and "script-wrapper" not in str(Path(on_path).resolve()):
        yield Path(on_path)
    yield from (Path(folder) / "rabbitmq-server" for folder in ("/opt/rabbitmq/sbin", "/usr/local/sbin"))


def _rabbitmq_version(server: Path) -> str:
    # asking the program itself would boot an Erlang machine
    plugins = server.resolve().parent.parent / "plugins"
    return next((path.name.removeprefix("rabbit-") for path in plugins.glob("rabbit-[0-9]*")), "")


POSTGRES = Product("PostgreSQL", "postgresql", POSTGRES_MIN, _postgres_candidates, lambda path: _output(path, "--version"))
RABBITMQ = Product("RabbitMQ", "rabbitmq-server", RABBITMQ_MIN, _rabbitmq_candidates, _rabbitmq_version)


def what_to_install(missing: Mapping[Product, Sequence[str]]) -> str:
    """The message for servers that are absent or too old; `missing` gives the programs passed over for each."""
    lines = []
    for product, passed_over in missing.items():
        oldest = ".".join(map(str, product.version_min))
        seen = "; ".join(passed_over) or "none found"
        lines.append(f"{product.name} {oldest} or newer is needed ({seen}).")
    packages = " ".join(product.package for product in missing)
    variables = {POSTGRES: DATABASE_VARIABLE, RABBITMQ: BROKER_VARIABLE}
    settings = " and ".join(variables[product] for product in missing)
    lines.append(f"Install: sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}")
    lines.append(f"or set {settings} to the address of a server that tests may fill.")
    return "\n".join(lines)


def locate(products: Sequence[Product]) -> dict[Product, Path]:
    """The program of each product, installed first where that is allowed. Raises NotInstalled."""
    found = {product: product.find() for product in products}
    absent = [product for product, (path, _) in found.items() if path is None]
    if absent:
        subprocess.run([ROOT / "deploy" / "apt-install.sh", *(p.package for p in absent)], check=False, stdout=2)
        found |= {product: product.find() for product in absent}
    missing = {product: passed_over for product, (path, passed_over) in found.items() if path is None}
    if missing:
        raise NotInstalled(what_to_install(missing))
    return {product: path for product, (path, _) in found.items() if path is not None}


# -- processes


@dataclass(frozen=True, slots=True)
class Process:
    """A process known by id and start time, since ids are given out again."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Process:
        return cls(pid, _start_time(pid))

    def alive(self) -> bool:
        return bool(self.started) and _start_time(self.pid) == self.started

    def end(self, first: signal.Signals) -> None:
        """Ends the process and its group: asked with `first`, then killed. Servers are leaders of their groups."""
        if not self.alive():
            return
        for signum in (first, signal.SIGKILL):
            try:
                os.killpg(self.pid, signum)
            except ProcessLookupError:
                return
            deadline = time.monotonic() + STOP_SECONDS_MAX
            while time.monotonic() < deadline:
                _reap(self.pid)
                if not self.alive():
                    break
                time.sleep(POLL_SECONDS)
        # what the leader started may outlive it by a moment, and may still write into its folder
        with _ignoring(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


@contextmanager
def _ignoring(error: type[BaseException]) -> Iterator[None]:
    try:
        yield
    except error:
        return


def _start_time(pid: int) -> str:
    """Field 22 of /proc/PID/stat, in clock ticks since boot; empty when there is no such process or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _reap(pid: int) -> None:
    with _ignoring(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the servers: PostgreSQL refuses root, so root hands over to an account without rights."""

    uid: int
    gid: int

    @classmethod
    def choose(cls) -> Account | None:
        """None: whoever runs this, which is not root."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with _ignoring(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise DidNotStart("PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run it.")


def _run_as(account: Account | None, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True, **_identity(account), **options)


def _identity(account: Account | None) -> dict[str, Any]:
    """What makes subprocess hand over to the account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _spawn(account: Account | None, command: Sequence[str | Path], folder: Path, log: Path, env: Mapping[str, str]) -> int:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the command under test; the servers outlive it by its clean-up
            **_identity(account),
        ).pid


def _free_ports(count: int) -> list[int]:
    """Distinct free ports on the loopback interface."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


# -- one run: a folder with the data of its servers and a record of their processes


@dataclass(slots=True)
class Run:
    """The servers of one run. `owner` is the process they are for; None when they were left running by `start`.

    fsync: whether PostgreSQL flushes to disk what it confirms.
    """

    folder: Path
    account: Account | None
    owner: Process | None
    servers: dict[str, Process]
    addresses: dict[str, str]
    fsync: bool = True

    @classmethod
    def create(cls, owner: Process, *, fsync: bool) -> Run:
        account = Account.choose()
        RUNS.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=RUNS))
        if account:
            os.chown(folder, account.uid, account.gid)
            if not _reachable(folder, account):
                folder.rmdir()
                folder = Path(tempfile.mkdtemp(prefix=FALLBACK_PREFIX))
                os.chown(folder, account.uid, account.gid)
                say(f"{RUNS} cannot be reached by the account that runs the servers; their data are in {folder}")
        run = cls(folder, account, owner, {}, {}, fsync)
        run.save()
        return run

    @property
    def record(self) -> Path:
        return RUNS / f"{self.folder.name}.json"

    def save(self) -> None:
        content = {
            "folder": str(self.folder),
            "owner": [self.owner.pid, self.owner.started] if self.owner else None,
            "servers": {name: [process.pid, process.started] for name, process in self.servers.items()},
            "addresses": self.addresses,
        }
        descriptor = os.open(self.record, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds the passwords
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)

    @classmethod
    def load(cls, record: Path) -> Run | None:
        """The run of a record; None when the record is gone or was cut short."""
        try:
            content = json.loads(record.read_text(encoding="utf-8"))
            owner = Process(*content["owner"]) if content["owner"] else None
            servers = {name: Process(*process) for name, process in content["servers"].items()}
            return cls(Path(content["folder"]), None, owner, servers, content["addresses"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def spawn(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        self.servers[name] = Process.of(_spawn(self.account, command, self.folder, self.log(name), env))
        self.save()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def abandoned(self) -> bool:
        if self.owner:
            return not self.owner.alive()
        return not any(process.alive() for process in self.servers.values())

    def stop(self) -> None:
        """Ends the servers and removes their data."""
        # the data go with the run, so the servers need not write them out first; epmd goes after its client
        for name, process in reversed(self.servers.items()):
            process.end(signal.SIGQUIT if name == "postgres" else signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.record.unlink(missing_ok=True)


def _reachable(folder: Path, account: Account) -> bool:
    return _run_as(account, ["test", "-w", folder], cwd="/").returncode == 0


def runs() -> list[Run]:
    return [run for record in sorted(RUNS.glob("*.json")) if (run := Run.load(record))]


def clean_up() -> None:
    """Ends and removes what runs that were killed have left behind."""
    for run in runs():
        if run.abandoned():
            say(f"removing what a killed run left in {run.folder}")
            run.stop()


# -- the servers


def start_postgres(run: Run, server: Path) -> str:
    """Starts PostgreSQL and gives its address, without waiting until it answers."""
    (port,) = _free_ports(1)
    password = secrets.token_urlsafe(18)
    data, secret = run.folder / "postgres", run.folder / "postgres.password"
    _write(run, secret, password)
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": str(run.folder)}
    initdb = server.parent / "initdb"
    login = ["-U", "commendation", f"--pwfile={secret}", "-A", "scram-sha-256"]
    made = _run_as(
        run.account,
        [initdb, "-D", data, *login, "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd=run.folder,
        env=env,
    )
    secret.unlink()
    if made.returncode:
        raise DidNotStart(f"PostgreSQL: {initdb} failed:\n{made.stdout}{made.stderr}")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",  # a path to a socket is at most 107 bytes long; a checkout's may be longer
        "fsync": "on" if run.fsync else "off",
        "full_page_writes": "on" if run.fsync else "off",
        "max_connections": "400",  # several services times their pools, in two networks at a time, and the tests beside them
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    run.spawn("postgres", [server, "-D", data, *options], env)
    return f"postgresql+psycopg://commendation:{password}@127.0.0.1:{port}/postgres"


def postgres_ready(run: Run, address: str) -> bool:
    """Whether the server has written that it takes connections, which is what pg_ctl looks at as well."""
    try:
        lines = (run.folder / "postgres" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def start_rabbitmq(run: Run, server: Path) -> str:
    """Starts RabbitMQ with a name service of its own and gives its address, without waiting until it answers."""
    port, distribution_port, epmd_port = _free_ports(3)
    password = secrets.token_urlsafe(18)
    home = run.folder / "rabbitmq"
    _write(
        run,
        home / "rabbitmq.conf",
        f"""listeners.tcp.1 = 127.0.0.1:{port}
default_user = commendation
default_pass = {password}
log.file = false
log.console = true
log.console.level = info
disk_free_limit.absolute = 100MB
""",
    )
    _write(run, home / "enabled_plugins", "[].\n")
    _write(run, home / "rabbitmq-env.conf", "")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("RABBITMQ_", "ERL_"))}
    env = inherited | {
        "HOME": str(home),  # the Erlang cookie is made here
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_CRASH_DUMP_SECONDS": "0",
        "RABBITMQ_NODENAME": f"commendation{epmd_port}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "config"),
        "RABBITMQ_SCHEMA_DIR": str(home / "schema"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "rabbitmq.pid"),
    }
    # epmd as a child of ours: started by Erlang itself it would be a daemon that outlives the node
    epmd = shutil.which("epmd")
    if epmd:
        run.spawn("epmd", [epmd, "-port", str(epmd_port), "-address", "127.0.0.1"], env)
    run.spawn("rabbitmq", [server.resolve()], env)
    return f"amqp://commendation:{password}@127.0.0.1:{port}/"


def rabbitmq_ready(run: Run, address: str) -> bool:
    """Whether the broker answers the greeting of AMQP 0-9-1; its port opens last, when users and queues are there."""
    port = int(address.rsplit(":", 1)[1].rstrip("/"))
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(AMQP_HELLO)
            return connection.recv(1) == AMQP_METHOD_FRAME
    except OSError:
        return False


def _write(run: Run, path: Path, content: str) -> None:
    """A file that only the account of the servers reads; passwords are in some."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700)
        if run.account:
            os.chown(path.parent, run.account.uid, run.account.gid)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    if run.account:
        os.chown(path, run.account.uid, run.account.gid)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a server is started, and how one tells that it answers."""

    name: str
    product: Product
    variable: str
    start: Callable[[Run, Path], str]
    ready: Callable[[Run, str], bool]


# RabbitMQ first: it boots while PostgreSQL makes its data folder
KINDS = (
    Kind("rabbitmq", RABBITMQ, BROKER_VARIABLE, start_rabbitmq, rabbitmq_ready),
    Kind("postgres", POSTGRES, DATABASE_VARIABLE, start_postgres, postgres_ready),
)


def start(owner: Process, *, fsync: bool = True) -> Run | None:
    """Starts the servers that the environment does not name already; None when it names all.

    Raises NotInstalled or DidNotStart, the latter with the end of the log of the server that failed.
    """
    clean_up()
    wanted = [kind for kind in KINDS if not os.environ.get(kind.variable)]
    for kind in KINDS:
        if kind not in wanted:
            say(f"{kind.product.name}: using the one that {kind.variable} names")
    if not wanted:
        return None
    programs = locate([kind.product for kind in wanted])
    for tries_left in reversed(range(START_TRIES)):
        run = Run.create(owner, fsync=fsync)
        try:
            for kind in wanted:
                run.addresses[kind.variable] = kind.start(run, programs[kind.product])
            run.save()
            _wait(run, wanted)
        except DidNotStart as error:
            run.stop()
            if not tries_left or not re.search("eaddrinuse|address already in use", str(error), re.IGNORECASE):
                raise
        except BaseException:
            run.stop()
            raise
        else:
            return run
    raise AssertionError("the last try either returns or raises")


def _wait(run: Run, kinds: Sequence[Kind]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    waiting = list(kinds)
    while waiting:
        waiting = [kind for kind in waiting if not kind.ready(run, run.addresses[kind.variable])]
        for kind in waiting:
            process = run.servers[kind.name]
            _reap(process.pid)
            if not process.alive():
                raise DidNotStart(f"{kind.product.name} ended while starting. {_tail(run.log(kind.name))}")
            if time.monotonic() > deadline:
                seconds = f"{START_SECONDS_MAX:.0f}"
                raise DidNotStart(f"{kind.product.name} did not answer in {seconds} s. {_tail(run.log(kind.name))}")
        if waiting:
            time.sleep(POLL_SECONDS)


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    if not lines:
        return "Its log is empty."
    return "\n".join(["The end of its log:", *(f"  {line}" for line in lines[-LOG_TAIL_LINES:])])


# -- the commands


def say(message: str) -> None:
    print(f"servers: {message}", file=sys.stderr, flush=True)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise Interrupted(signum)


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def execute(command: Sequence[str], *, fsync: bool) -> int:
    """Runs a command with the servers and gives its exit code, 128 + n when signal n ended it or us."""
    for signum in ENDING:
        signal.signal(signum, _interrupt)
    run = None
    try:
        began = time.monotonic()
        run = start(Process.of(os.getpid()), fsync=fsync)
        if run:
            say(f"started in {time.monotonic() - began:.1f} s, data in {run.folder}")
        return _run(command, os.environ | (run.addresses if run else {}))
    except Interrupted as interrupted:
        return 128 + interrupted.signum
    finally:
        for signum in ENDING:
            signal.signal(signum, signal.SIG_IGN)
        if run:
            run.stop()


def _run(command: Sequence[str], env: Mapping[str, str]) -> int:
    try:
        child = subprocess.Popen(command, env=dict(env))
    except OSError as error:
        say(f"cannot run {shlex.join(command)}: {error.strerror}")
        return 127

    def forward(signum: int, frame: FrameType | None) -> None:
        # Ctrl-C reaches the command by the terminal already; a second one would cut its clean-up short
        if not (signum == signal.SIGINT and _in_foreground()):
            child.send_signal(signum)

    for signum in ENDING:
        signal.signal(signum, forward)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def status() -> int:
    found = [run for run in runs() if not run.abandoned()]
    for run in found:
        whose = f"for process {run.owner.pid}" if run.owner else "left running by `start`"
        print(f"{run.folder} ({whose})")
        for name, process in run.servers.items():
            print(f"  {name:9} {'running' if process.alive() else 'ended':8} process {process.pid}")
    if not found:
        print("no servers of this checkout run")
    return 0


def stop() -> int:
    for run in runs():
        if run.owner is None or run.abandoned():
            run.stop()
            say(f"stopped, removed {run.folder}")
    return 0


def start_detached() -> int:
    for signum in ENDING:
        signal.signal(signum, _interrupt)
    try:
        run = start(Process.of(os.getpid()))
    except Interrupted as interrupted:
        return 128 + interrupted.signum
    if run:
        run.owner = None
        run.save()
    for variable, address in (run.addresses if run else {}).items():
        print(f"export {variable}={shlex.quote(address)}")
    if run:
        say("running until `python -m deploy.servers stop`")
    return 0


def main(arguments: Sequence[str]) -> int:
    try:
        match list(arguments):
            case ["exec", "--", command, *rest]:
                return execute([command, *rest], fsync=True)
            case ["exec", "--no-fsync", "--", command, *rest]:
                return execute([command, *rest], fsync=False)
            case ["start"]:
                return start_detached()
            case ["stop"]:
                return stop()
            case ["status"]:
                return status()
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except ServersError as error:
        say(str(error))
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
