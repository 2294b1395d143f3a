"""The registry's pages: organisations, clusters with their members and leaders, accounts with their roles.

For the administrator and the standing office; everybody else may read organisations and clusters, and the registry itself refuses what
an account may not do.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import passwords, visitors
from services.gateway.i18n import t
from services.gateway.network import command, command_id, query
from services.gateway.pages import common
from services.gateway.problems import code_of, status_of
from shared.access import NETWORK, Role
from shared.errors import CommendationError, NotFound, NotSignedIn, ValidationFailed

pages = common.blueprint("registry")
Shown = Response | tuple[str, int]

KEY_LENGTH = 60
"""Letters of a key that is made from a name: it stands in addresses; the registry takes up to 100."""

ACCOUNTS = uuid.UUID("b8a1d0a4-6c55-5d0e-9f5b-3f2f7c1f6f0a")
"""Name space of the ids of accounts opened here, made from the command's id, so that a form sent twice means one account."""

SCOPES: Mapping[Role, tuple[str, ...]] = {
    Role.ADMINISTRATOR: ("network",),
    Role.OFFICE: ("network", "cluster"),
    Role.LEADER: ("cluster",),
    Role.SECRETARY: ("organisation",),
    Role.COUNCIL: ("network",),
    Role.INSPECTOR: ("network",),
}
"""Where each role means something: a leader leads a cluster, a secretary acts for an organisation."""

BASES = ("elected", "rotation", "appointed")
RULES = ("elected", "rotation", "rank")
LEVELS = ("central", "ministry", "province", "commune", "unit")


@pages.get("/organisations")
def organisations(error: CommendationError | None = None) -> str:
    rows = query("registry", "organisations")
    return render_template(
        "organisations.html",
        organisations=rows,
        options=labels(rows),
        levels=sorted({row["level"] for row in rows} | {t(f"level.{level}") for level in LEVELS}),
        offers=_maintains(),
        error=error,
    )


@pages.post("/organisations")
def register() -> Shown:
    data = common.filled("organisation", "name", "level", "code", "opened_on", "parent")
    if "organisation" not in data and (key := _organisation_key(data)):
        data["organisation"] = key
    return common.act(
        "registry",
        "register_organisation",
        data,
        done="flash.organisation",
        back=url_for("registry.organisations"),
        again=organisations,
        name=data.get("name", ""),
    )


@pages.get("/clusters")
def clusters(error: CommendationError | None = None) -> str:
    found = [query("registry", "cluster", cluster=row["cluster"]) for row in query("registry", "clusters")]
    return render_template(
        "clusters.html",
        clusters=[dict(one, current=[row for row in one["members"] if row["until_on"] is None]) for one in found],
        options=labels(query("registry", "organisations")),
        rules=_choices("rule", RULES),
        season=common.today().year,
        offers=_maintains(),
        error=error,
    )


@pages.post("/clusters")
def form() -> Shown:
    data = common.filled("cluster", "name", "organiser", "formed_on", "leader_rule")
    if "cluster" not in data and (key := key_from(data.get("name", ""))):
        # keys of clusters and organisations stand side by side as scopes of roles
        taken = {row["organisation"] for row in query("registry", "organisations")}
        data["cluster"] = f"khoi-{key}" if key in taken else key
    return common.act(
        "registry",
        "form_cluster",
        data,
        done="flash.cluster",
        back=url_for("registry.cluster", cluster=data.get("cluster") or "-"),
        again=clusters,
        name=data.get("name", ""),
    )


@pages.get("/clusters/<cluster>")
def cluster(cluster: str, error: CommendationError | None = None) -> str:
    found = query("registry", "cluster", cluster=cluster)
    current = {row["unit"] for row in found["members"] if row["until_on"] is None}
    rows = query("registry", "organisations")
    once = {row["unit"] for row in found["members"]}
    return render_template(
        "cluster.html",
        cluster=found,
        members=sorted(found["members"], key=lambda row: row["until_on"] is not None),
        candidates=[(key, words) for key, words in labels(rows) if key not in current],
        units=[(key, words) for key, words in labels(rows) if key in once],
        bases=_choices("basis", BASES),
        season=common.today().year,
        offers=_maintains(),
        picked=set(request.form.getlist("unit")) if request.method == "POST" else set(),
        error=error,
    )


@pages.post("/clusters/<cluster>/members")
def admit(cluster: str) -> Shown:
    """Admit the ticked units from one day on, each by a command of its own; sent again, what was done is not done twice."""
    day = common.filled("from_on")
    units = list(dict.fromkeys(request.form.getlist("unit")))
    try:
        if not units:
            raise ValidationFailed("No unit is chosen.", errors=[{"at": "unit", "message": "Choose at least one unit."}])
        answers = [
            command("registry", "admit_member", {"cluster": cluster, "unit": unit, **day}, step=f"admit-{_short(unit)}") for unit in units
        ]
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _cluster_again(cluster, error)
    return common.finish("registry", answers[-1], done="flash.admitted", back=_at(cluster), n=len(units))


@pages.post("/clusters/<cluster>/members/<unit>/release")
def release(cluster: str, unit: str) -> Shown:
    data = {"cluster": cluster, "unit": unit, **common.filled("until_on")}
    return _act_on(cluster, "release_member", data, done="flash.released", unit=common.name_of(unit))


@pages.post("/clusters/<cluster>/leaders")
def designate(cluster: str) -> Shown:
    data = common.filled("leader", "deputy", "basis", "document", whole=("season",))
    unit, season = common.name_of(data.get("leader")), data.get("season", "")
    return _act_on(cluster, "designate_leader", {"cluster": cluster, "deputy": None, **data}, done="flash.led", unit=unit, season=season)


@pages.get("/accounts")
def accounts(error: CommendationError | None = None) -> str:
    found = query("registry", "accounts")
    rows = query("registry", "organisations")
    return render_template(
        "accounts.html",
        accounts=found,
        options=labels(rows),
        roles=_choices("role", tuple(str(role) for role in Role)),
        scopes=[
            (t("scope.network"), [(NETWORK, t("scope.whole"))]),
            (t("scope.clusters"), [(row["cluster"], row["name"]) for row in query("registry", "clusters")]),
            (t("scope.organisations"), labels(rows)),
        ],
        only_administrator=_only_administrator(found),
        length_min=passwords.LENGTH_MIN,
        error=error,
    )


@pages.post("/accounts")
def open_account() -> Shown:
    """Open an account and set its first password, which is looked at before anything is recorded."""
    data = {"account": str(uuid.uuid5(ACCOUNTS, command_id())), **common.filled("login", "post", "organisation")}
    data["login"] = str(data.get("login", "")).lower()
    password = request.form.get("password", "")
    try:
        passwords.check_length(password)
        answer = command("registry", "open_account", data)
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _accounts_again(_named(error))
    visitors.credentials().set_password(data["account"], password)
    back = f"{url_for('registry.accounts')}#account-{data['account']}"
    return common.finish("registry", answer, done="flash.account", back=back, login=data["login"])


@pages.post("/accounts/<account>/password")
def set_password(account: str) -> Shown:
    """A new password for somebody who has forgotten theirs; ends their sessions."""
    if account == visitors.required().account:
        return redirect(url_for("signing.own.password"), 303)  # one's own is changed with the current one
    try:
        found = _account(account)
        visitors.credentials().set_password(account, request.form.get("password", ""))
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _accounts_again(error)
    return common.go(f"{url_for('registry.accounts')}#account-{account}", "flash.password_set", login=found["login"])


@pages.post("/accounts/<account>/roles")
def grant(account: str) -> Shown:
    data = common.filled("role", "scope")
    try:
        _check_scope(data.get("role", ""), data.get("scope", ""))
    except ValidationFailed as error:
        return _accounts_again(error)
    return _act_on_account(account, "grant_role", data, done="flash.granted")


@pages.post("/accounts/<account>/roles/revocation")
def revoke(account: str) -> Shown:
    data = common.filled("role", "scope")
    if (data.get("role"), data.get("scope")) == (Role.ADMINISTRATOR, NETWORK) and _only_administrator(query("registry", "accounts")):
        message = "The last administrator stays: give the role to another account first."
        return _accounts_again(ValidationFailed(message, errors=[{"at": "role", "message": message}]))
    return _act_on_account(account, "revoke_role", data, done="flash.revoked")


def key_from(text: str) -> str:
    """A key from a Vietnamese name: "Bộ Tư pháp" gives "bo-tu-phap"; empty where no letter is left.

    >>> key_from("Uỷ ban  Đoàn kết")
    'uy-ban-doan-ket'
    """
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > KEY_LENGTH:
        words.pop()
    return "-".join(words)[:KEY_LENGTH]


def labels(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Organisations as the options of a choice; those that share a name say whose they are."""
    found = list(rows)
    count = Counter(row["name"] for row in found)
    names = {row["organisation"]: row["name"] for row in found}

    def words(row: Mapping[str, Any]) -> str:
        if count[row["name"]] == 1:
            return str(row["name"])
        return f"{row['name']} ({names.get(row['parent']) or row['code'] or row['organisation']})"

    return [(row["organisation"], words(row)) for row in found]


def _maintains() -> bool:
    return visitors.holds(Role.ADMINISTRATOR, Role.OFFICE)


def _choices(family: str, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(key, t(f"{family}.{key}")) for key in keys]


def _short(unit: str) -> str:
    """A unit in a command's id, whose length is bounded."""
    return hashlib.sha256(unit.encode()).hexdigest()[:16]


def _organisation_key(data: Mapping[str, Any]) -> str:
    """The key of a new organisation: its code or name, with the parent's key where another bears the same name.

    The same form gives the same key each time, also when it is sent twice.
    """
    name, parent = data.get("name", ""), data.get("parent")
    base = key_from(data.get("code") or name)
    rows = {row["organisation"]: row for row in query("registry", "organisations")}
    taken = {row["cluster"] for row in query("registry", "clusters")}
    for key in (base, f"{base}-{parent}" if parent else f"{base}-2"):
        held = rows.get(key)
        if key not in taken and (held is None or (held["name"], held["parent"]) == (name, parent)):
            return key
    return base


def _check_scope(role: str, scope: str) -> None:
    """Raises ValidationFailed for a role without a scope in which it means something."""
    if role not in set(Role) or not scope:
        places = [
            {"at": at, "message": "Missing data for required field."} for at, value in (("role", role), ("scope", scope)) if not value
        ]
        raise ValidationFailed("Choose role and scope.", errors=places or [{"at": "role", "message": "Unknown role."}])
    clusters = {row["cluster"] for row in query("registry", "clusters")}
    kind = "network" if scope == NETWORK else "cluster" if scope in clusters else "organisation"
    allowed = SCOPES[Role(role)]
    if kind not in allowed:
        raise ValidationFailed(
            f"{role} has no meaning for this scope; choose: {' or '.join(allowed)}.",
            errors=[{"at": "scope", "message": f"Choose {' or '.join(allowed)} for this role."}],
        )


def _only_administrator(found: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one account alone administers the network: without it nobody could give the role again."""
    return sum(held == {"role": str(Role.ADMINISTRATOR), "scope": NETWORK} for row in found for held in row["roles"]) <= 1


def _account(account: str) -> dict[str, Any]:
    """An account of the list that only an administrator may see. Raises NotAllowed, NotFound."""
    for row in query("registry", "accounts"):
        if row["account"] == account:
            return dict(row)
    raise NotFound(f"There is no account {account}.", account=account)


def _named(error: CommendationError) -> CommendationError:
    """A taken sign-in name, said at its field."""
    if code_of(error) == "registry.already_there" and "login" in error.details:
        return ValidationFailed(error.message, errors=[{"at": "login", "message": "This sign-in name is taken."}])
    return error


def _act_on(cluster: str, method: str, data: dict[str, Any], *, done: str, **values: Any) -> Shown:
    def again(error: CommendationError) -> str:
        return _cluster_again(cluster, error)[0]

    return common.act("registry", method, data, done=done, back=_at(cluster), again=again, **values)


def _at(key: str) -> str:
    return url_for("registry.cluster", cluster=key)


def _cluster_again(key: str, error: CommendationError) -> tuple[str, int]:
    return cluster(key, error), status_of(error)


def _act_on_account(account: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "registry",
        method,
        {"account": account, **data},
        done=done,
        back=f"{url_for('registry.accounts')}#account-{account}",
        again=accounts,
    )


def _accounts_again(error: CommendationError) -> tuple[str, int]:
    return accounts(error), status_of(error)
