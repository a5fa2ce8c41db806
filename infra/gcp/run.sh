#!/usr/bin/env bash
# run.sh MODULE [ARGUMENTS]: one of infra's commands on the database, as its tables' owner, with the settings of the environment's file.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
while IFS= read -r setting <&4; do
  export "${setting?}"
done 4< <(table settings)
as_owner
"$DEPLOY_PYTHON" -m "$@"
