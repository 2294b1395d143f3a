#!/bin/bash
# Runs once, when the data folder is new: a role and a database for each service, closed to the others.
set -euo pipefail

for service in registry campaigns evaluations awards rankings audit gateway; do
    psql -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres \
        -v service="$service" -v password="$(cat "/run/secrets/${service}_password")" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
