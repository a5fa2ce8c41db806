#!/usr/bin/env bash
# The schema, brought to its newest revision by the tables' owner, and the functions' rights on it.
# DATABASE_URL in the environment names another database, for which nobody logs in to Google.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
if [ -n "${DEPLOY_PLAN:-}" ]; then
  echo "  = the schema is brought to $(find infra/migrations/versions -name "[0-9]*.py" -printf "%f\n" | sort | tail -n 1 | cut -d_ -f1)"
  exit
fi
as_owner
"$DEPLOY_PYTHON" -m infra.migrations
mapfile -t logins < <(table logins)
"$DEPLOY_PYTHON" -m infra.gcp.grants "${logins[@]}"
