#!/bin/sh
# Brings the containers up and waits until all are healthy, or takes them down.
#
#   deploy/compose.sh up|down
#
# Exit code: 0 as asked; 1 not healthy in time, with the end of what the unhealthy ones said; 2 no Docker.
set -eu
cd "$(dirname "$0")/.."
seconds_max=${COMMENDATION_UP_SECONDS_MAX:-300}

if docker compose version >/dev/null 2>&1; then
    compose="docker compose"
elif command -v docker-compose >/dev/null; then
    compose="docker-compose"
else
    echo "Docker with Compose is needed. Debian: sudo apt-get install -y docker.io docker-compose" >&2
    exit 2
fi
if ! docker info >/dev/null 2>&1; then
    echo "No Docker engine answers. Start it (sudo systemctl start docker), or may this account not use it (group docker)?" >&2
    exit 2
fi

# those of the services whose container is not running and healthy, a name a line
waiting() {
    # shellcheck disable=SC2046  # a list of ids on purpose
    healthy=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Health.Status}}' \
        $($compose ps -q) 2>/dev/null | sed -n 's/ healthy$//p')
    for service in $services; do
        echo "$healthy" | grep -qx "$service" || echo "$service"
    done
}

case ${1:-} in
    up)
        python3 deploy/make_secrets.py
        services=$($compose config --services)
        $compose build registry
        $compose up -d
        deadline=$(($(date +%s) + seconds_max))
        while unhealthy=$(waiting) && [ -n "$unhealthy" ]; do
            if [ "$(date +%s)" -ge "$deadline" ]; then
                echo "Not healthy after $seconds_max s:" $unhealthy >&2
                # shellcheck disable=SC2086  # a list of names on purpose
                $compose logs --tail 25 $unhealthy >&2
                exit 1
            fi
            sleep 3
        done
        $compose ps
        echo "Serving at http://$($compose port gateway 8000)"
        ;;
    down)
        $compose down
        ;;
    *)
        sed -n '2,6p' "$0" >&2
        exit 2
        ;;
esac
