#!/usr/bin/env bash
# Secret Manager: our own keys are made at random; the others are asked for, or taken from the environment with --from-env.
# What is not given is left out, and what it is for is off until this runs again with it.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ask() {
  local name help
  while IFS=$'\t' read -r name help <&4; do
    if [ -z "${DEPLOY_FROM_ENV:-}" ] && [ -z "${DEPLOY_PLAN:-}" ] && [ -t 0 ]; then
      printf '    %s\n    %s (empty: later): ' "$help" "$name" >&2
      read -rs "${name?}"
      echo >&2
    elif [ -z "${DEPLOY_FROM_ENV:-}" ]; then
      unset "$name"
    fi
    if [ -n "${!name:-}" ]; then given+=("\"$name\""); else absent+=("\"$name\"") && printf '  - %s is not given: what it is for stays off\n' "$name"; fi
  done 4< <(table secrets-to-give)
}

look_at_secrets
given=() absent=()
ask
(
  IFS=,
  echo "[${given[*]}]" >"$DEPLOY_RUN/given.state"
  echo "[${absent[*]}]" >"$DEPLOY_RUN/absent.state"
)
take secrets
look secrets secrets list
rights secret
