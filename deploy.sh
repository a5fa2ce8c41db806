#!/usr/bin/env bash
# What operations run. Usage:
#   deploy.sh stage [FUNCTION…]   make the folders that are uploaded, in build/
#   deploy.sh document ADDRESS    print the API Gateway document; ADDRESS is a function's URL with {function} in it
#   deploy.sh migrate             bring the database that the settings name to the newest schema
set -euo pipefail
# shellcheck source=infra/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/infra/setup.sh"

usage() {
  sed -n '2,6p' "$ROOT/deploy.sh" | sed 's/^# \{0,1\}//' >&2
  exit 2
}

[ $# -ge 1 ] || usage
command="$1"
shift
setup requirements.txt tests/requirements.txt
case "$command" in
  stage) exec "$VENV/bin/python" -m infra.stage "$@" ;;
  document) exec "$VENV/bin/python" -m infra.openapi gateway "$@" ;;
  migrate) exec "$VENV/bin/python" -m infra.migrations ;;
  *) usage ;;
esac
