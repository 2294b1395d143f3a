"""The registry's pages: clusters with their members and leaders, accounts with their roles.

For the administrator and the standing office; everybody else may read clusters, and the registry itself refuses what
an account may not do.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import passwords, visitors
from services.gateway.i18n import t
from services.gateway.network import command, command_id, query
from services.gateway.pages import choosing, common
from services.gateway.pages.choosing import key_from
from services.gateway.pages.organisations import terms
from services.gateway.problems import code_of, status_of
from shared.access import NETWORK, Role
from shared.errors import CommendationError, NotFound, NotSignedIn, ValidationFailed

pages = common.blueprint("registry")
Shown = Response | tuple[str, int]

ACCOUNTS = uuid.UUID("b8a1d0a4-6c55-5d0e-9f5b-3f2f7c1f6f0a")
"""Name space of the ids of accounts opened here, made from the command's id, so that a form sent twice means one account."""

COMPLETENESS = ("complete", "partial")
BASES = ("elected", "rotation", "appointed")
RULES = ("elected", "rotation", "rank")


@pages.get("/clusters")
def clusters(error: CommendationError | None = None) -> str:
    return render_template(
        "clusters.html",
        clusters=query("registry", "clusters"),
        terms=terms(),
        rules=_choices("rule", RULES),
        season=common.today().year,
        offers=_maintains(),
        error=error,
    )


@pages.post("/clusters")
def form() -> Shown:
    data = common.filled("cluster", "name", "organiser", "formed_on", "leader_rule", "level")
    if "cluster" not in data and (key := key_from(data.get("name", ""))):
        # keys of clusters and organisations stand side by side as scopes of roles
        data["cluster"] = f"khoi-{key}" if key in choosing.names_on(common.today()) else key
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
    once = sorted({row["unit"] for row in found["members"]}, key=common.name_of)
    few = choosing.organisations_to_choose()
    return render_template(
        "cluster.html",
        cluster=found,
        members=sorted(found["members"], key=lambda row: row["until_on"] is not None),
        candidates=None if few is None else [(key, words) for key, words in few if key not in current],
        units=choosing.options_of(once, common.names()),
        bases=_choices("basis", BASES),
        kinds=_choices("completeness", COMPLETENESS),
        season=common.today().year,
        offers=_runs(found) and found["dissolved_on"] is None,
        picked={name: set(request.form.getlist(name)) if request.method == "POST" else set() for name in ("unit", "deputies")},
        error=error,
    )


@pages.post("/clusters/<cluster>/members")
def admit(cluster: str) -> Shown:
    """Admit the units that were ticked, or typed one to a line, from one day on, all or none."""
    try:
        typed = choosing.keys_of_lines(request.form.get("units", ""), common.names())
    except ValidationFailed as error:
        return _cluster_again(cluster, error)
    units = list(dict.fromkeys([*request.form.getlist("unit"), *typed]))
    if not units:
        message = "Choose at least one unit."
        return _cluster_again(cluster, ValidationFailed("No unit is chosen.", errors=[{"at": "unit", "message": message}]))
    data = {"cluster": cluster, "units": units, **common.filled("from_on")}
    return _act_on(cluster, "admit_members", data, done="flash.admitted", n=len(units))


@pages.post("/clusters/<cluster>/list")
def describe_list(cluster: str) -> Shown:
    data = {"cluster": cluster, **common.filled("completeness", "source", "as_of")}
    return _act_on(cluster, "describe_list", data, done="flash.described")


@pages.post("/clusters/<cluster>/names")
def rename(cluster: str) -> Shown:
    data = {"cluster": cluster, **common.filled("name", "effective_on", "document")}
    return _act_on(cluster, "rename_cluster", data, done="flash.renamed")


@pages.post("/clusters/<cluster>/dissolution")
def dissolve(cluster: str) -> Shown:
    data = {"cluster": cluster, **common.filled("effective_on", "document")}
    return _act_on(cluster, "dissolve_cluster", data, done="flash.dissolved")


@pages.post("/clusters/<cluster>/members/<unit>/release")
def release(cluster: str, unit: str) -> Shown:
    data = {"cluster": cluster, "unit": unit, **common.filled("until_on")}
    return _act_on(cluster, "release_member", data, done="flash.released", unit=common.name_of(unit))


@pages.post("/clusters/<cluster>/leaders")
def designate(cluster: str) -> Shown:
    data = {"cluster": cluster, **common.filled("leader", "basis", "document", whole=("season",))}
    data["deputies"] = list(dict.fromkeys(request.form.getlist("deputies")))
    unit, season = common.name_of(data.get("leader")), data.get("season", "")
    return _act_on(cluster, "designate_leader", data, done="flash.led", unit=unit, season=season)


@pages.get("/accounts")
def accounts(error: CommendationError | None = None) -> str:
    found = query("registry", "accounts")
    few = choosing.organisations_to_choose()
    return render_template(
        "accounts.html",
        accounts=found,
        roles=_choices("role", tuple(str(role) for role in Role)),
        scopes=[
            (t("scope.network"), [(NETWORK, t("scope.whole"))]),
            (t("scope.clusters"), [(row["cluster"], row["name"]) for row in query("registry", "clusters")]),
            (t("scope.organisations"), few or []),
        ],
        types_organisation=few is None,
        posts={row["account"]: row["post"] for row in found},
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
    """Within what was chosen from the list, or the organisation that was typed where there are too many for one."""
    data = common.filled("role", "scope", "organisation", "from_on", "until_on", "document")
    if organisation := data.pop("organisation", None):
        if "scope" in data:
            message = "Choose one of the two."
            return _accounts_again(ValidationFailed("Two scopes are given.", errors=[{"at": "scope", "message": message}]))
        data["scope"] = organisation
    return _act_on_account(account, "grant_role", data, done="flash.granted")


@pages.post("/accounts/<account>/roles/revocation")
def revoke(account: str) -> Shown:
    return _act_on_account(account, "revoke_role", common.filled("role", "scope", "effective_on", "reason"), done="flash.revoked")


@pages.get("/stand-ins")
def stand_ins(error: CommendationError | None = None) -> str:
    """One's own roles, and who stands in for one; for an administrator also who stands in for others."""
    account = visitors.required().account
    posts = {row["account"]: row for row in query("registry", "posts")}
    administers = visitors.holds(Role.ADMINISTRATOR, scope=NETWORK)
    return render_template(
        "stand_ins.html",
        held=[row for row in visitors.me()["roles"] if row["role"] != Role.ADMINISTRATOR],
        lent=query("registry", "lent_roles", account=account),
        others_lend=[row for row in query("registry", "lent_roles") if row["account"] != account] if administers else None,
        posts={key: row["post"] for key, row in posts.items()},
        others=[(key, _post_words(row)) for key, row in posts.items() if key != account],
        error=error,
    )


@pages.post("/stand-ins")
def lend() -> Shown:
    data = common.filled("role", "scope", "to_account", "from_on", "until_on", "reason")
    held, _, scope = request.form.get("held", "").partition(" ")
    return _act_on_own("delegate_role", {**data, "role": held, "scope": scope}, done="flash.lent")


@pages.post("/stand-ins/end")
def take_back() -> Shown:
    """End a delegation of one's own, or as administrator of the `account` named."""
    return _act_on_own("end_delegation", common.filled("account", "role", "scope", "to_account", "reason"), done="flash.taken_back")


@pages.get("/permissions")
def permissions() -> str:
    """The table of permissions, service by service."""
    told = query("registry", "permissions")
    services: dict[str, list[dict[str, Any]]] = {}
    for row in told["permissions"]:
        services.setdefault(row["service"], []).append(row)
    return render_template(
        "permissions.html", services=services, roles=[str(role) for role in Role], separations=told["separations"], everywhere=NETWORK
    )


def _maintains() -> bool:
    return visitors.holds(Role.ADMINISTRATOR, Role.OFFICE)


def _runs(cluster: Mapping[str, Any]) -> bool:
    return visitors.holds(Role.ADMINISTRATOR, Role.OFFICE, scope=cluster["cluster"]) or visitors.holds(
        Role.OFFICE, scope=cluster["organiser"]
    )


def _choices(family: str, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(key, t(f"{family}.{key}")) for key in keys]


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


def _act_on_own(method: str, data: dict[str, Any], *, done: str) -> Shown:
    mine = {"account": visitors.required().account, **data}
    return common.act("registry", method, mine, done=done, back=url_for("registry.stand_ins"), again=stand_ins)


def _post_words(row: Mapping[str, Any]) -> str:
    return f"{row['post']} – {common.name_of(row['organisation'])}" if row["organisation"] else str(row["post"])


def _accounts_again(error: CommendationError) -> tuple[str, int]:
    return accounts(error), status_of(error)
