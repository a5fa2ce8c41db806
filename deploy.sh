#!/usr/bin/env bash
# What operations run. Usage:
#   deploy.sh plan                everything that `all` would change; nothing is changed
#   deploy.sh all                 bring a project to what this checkout says, from nothing or from any state
#   deploy.sh FUNCTION…           these functions, and the gateway; `deploy.sh functions`: all of this checkout
#   deploy.sh database            the database's server with no table in it, for an older backend's data to be moved into
#   deploy.sh gateway             a new configuration of the gateway, tested through it
#   deploy.sh migrate             bring the database to the newest schema; DATABASE_URL names another than the project's
#   deploy.sh run MODULE …        one of infra's commands (infra.audit, infra.embed …) on the project's database, with its settings
#   deploy.sh rollback            point the gateway back at the configuration before this one
#   deploy.sh status              what runs, and whether it is what this checkout says
#   deploy.sh destroy --yes-really   remove what can be made again; data, keys and accounts stay
#   deploy.sh stage [FUNCTION…]   make the folders that are uploaded, in build/
#   deploy.sh document ADDRESS    print the API Gateway document; ADDRESS is a function's URL with {function} in it
# Options: --project ID (gcloud's own), --env NAME (production), --region REGION (asia-southeast2),
#   --gateway-region REGION (asia-northeast1), --from-env (secrets that are missing come from the environment)
set -euo pipefail
# shellcheck source=infra/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/infra/setup.sh"

usage() {
  sed -n '2,16p' "$ROOT/deploy.sh" | sed 's/^# \{0,1\}//' >&2
  exit 2
}

# Order matters: accounts before what they run, secrets before functions that read them, the schema before code that needs it.
ALL=(apis "monitoring metrics" accounts secrets database buckets queues migrate catalogue "gateway reserve" functions "gateway config" "gateway point" "gateway smoke"
  "gateway prune" scheduler "monitoring alerts")

words=() really=""
export DEPLOY_PROJECT="${DEPLOY_PROJECT:-}" DEPLOY_ENV="${DEPLOY_ENV:-production}" DEPLOY_REGION="${DEPLOY_REGION:-asia-southeast2}"
export DEPLOY_GATEWAY_REGION="${DEPLOY_GATEWAY_REGION:-asia-northeast1}" DEPLOY_FROM_ENV="${DEPLOY_FROM_ENV:-}"
while [ $# -gt 0 ]; do
  case "$1" in
    --project | --region | --gateway-region | --env)
      [ $# -gt 1 ] || usage
      name="${1#--}"
      name="${name//-/_}"
      export "DEPLOY_${name^^}=$2"
      shift
      ;;
    --from-env) DEPLOY_FROM_ENV=yes ;;
    --yes-really) really=yes ;;
    -*) usage ;;
    *) words+=("$1") ;;
  esac
  shift
done
[ ${#words[@]} -ge 1 ] || usage
command="${words[0]}"
rest=("${words[@]:1}")

# DEPLOY_PYTHON names a Python that has the packages already.
if [ -z "${DEPLOY_PYTHON:-}" ]; then
  setup requirements.txt tests/requirements.txt
  DEPLOY_PYTHON="$VENV/bin/python"
fi
export DEPLOY_PYTHON

prepare() {
  if [ -z "$DEPLOY_PROJECT" ]; then DEPLOY_PROJECT="$(gcloud config get-value project 2>/dev/null)"; fi
  [ -n "$DEPLOY_PROJECT" ] || {
    echo "Which project? --project ID" >&2
    exit 2
  }
  DEPLOY_RUN="$(mktemp -d)"
  chmod 700 "$DEPLOY_RUN"
  : >"$DEPLOY_RUN/changes"
  trap 'rm -rf "$DEPLOY_RUN"' EXIT
  export DEPLOY_RUN
  DEPLOY_NUMBER="$(gcloud projects describe "$DEPLOY_PROJECT" --format='value(projectNumber)')"
  export DEPLOY_NUMBER
  "$DEPLOY_PYTHON" -m infra.gcp needs >"$DEPLOY_RUN/needs"
  mv "$DEPLOY_RUN/needs" "$DEPLOY_RUN/needs.json"
  # What waits on nothing but somebody's choice stops no run.
  "$DEPLOY_PYTHON" -m infra.gcp models | sed 's/^/  ! /' >&2
}

# run STEP…: each is a script of infra/gcp with its arguments; the first that fails ends it, and says what that leaves.
run() {
  local all=("$@") index words
  for index in "${!all[@]}"; do
    read -ra words <<<"${all[$index]}"
    echo "[$((index + 1))/${#all[@]}] ${all[$index]}"
    if ! bash "$ROOT/infra/gcp/${words[0]}.sh" "${words[@]:1}"; then
      printf '\n%s FAILED.\n  done: %s\n  not done: %s\nIt may be run again: what is done is left alone.\n' \
        "${all[$index]}" "$(list "${all[@]:0:index}")" "$(list "${all[@]:index}")" >&2
      exit 1
    fi
  done
  echo "$(wc -l <"$DEPLOY_RUN/changes") changes${DEPLOY_PLAN:+ would be made} in $DEPLOY_PROJECT ($DEPLOY_ENV)"
}

list() {
  if [ $# -eq 0 ]; then echo nothing; else printf '%s, ' "$@" | sed 's/, $/\n/'; fi
}

status() {
  # shellcheck source=infra/gcp/lib.sh
  source "$ROOT/infra/gcp/lib.sh"
  gcloud functions list --v2 --regions="$DEPLOY_REGION" \
    --format='table[title=functions](name.basename(),state,updateTime.date(),labels.made-of,serviceConfig.uri)'
  gcloud api-gateway gateways list --location="$DEPLOY_GATEWAY_REGION" \
    --format='table[title=gateway](name.basename(),state,apiConfig.basename():label=SERVES,labels.previous,defaultHostname)'
  gcloud sql instances list --format='table[title=database](name,state,settings.tier,databaseVersion)'
  gcloud tasks queues list --location="$DEPLOY_REGION" --format='table[title=queues](name.basename(),state)'
  gcloud scheduler jobs list --location="$DEPLOY_REGION" \
    --format='table[title=schedule](name.basename(),schedule,state,lastAttemptTime.date())'
  export DEPLOY_PLAN=yes
  run functions "gateway config"
}

destroy() {
  [ -n "$really" ] || {
    echo "This removes the gateway, the functions, the schedule and the queues of $DEPLOY_PROJECT: deploy.sh destroy --yes-really" >&2
    exit 2
  }
  run destroy
  echo "The database, the buckets, the secrets and the accounts stay: data is removed by hand, and the instance is protected."
}

case "$command" in
  stage) exec "$DEPLOY_PYTHON" -m infra.stage "${rest[@]}" ;;
  document) exec "$DEPLOY_PYTHON" -m infra.openapi gateway "${rest[@]}" ;;
  migrate)
    # A database of one's own needs no project.
    if [ -n "${DATABASE_URL:-}" ] && [ -z "$DEPLOY_PROJECT" ]; then exec "$DEPLOY_PYTHON" -m infra.migrations; fi
    prepare
    run migrate
    ;;
  plan)
    prepare
    export DEPLOY_PLAN=yes
    run "${ALL[@]}"
    ;;
  all)
    prepare
    # With its database, schema and rights all of a project may move to another instance, functions alone may not.
    export DEPLOY_MOVES=yes
    run "${ALL[@]}"
    ;;
  database)
    prepare
    run apis accounts secrets database
    ;;
  gateway)
    prepare
    run "gateway config" "gateway point" "gateway smoke" "gateway prune"
    ;;
  run)
    [ ${#rest[@]} -ge 1 ] || usage
    prepare
    bash "$ROOT/infra/gcp/run.sh" "${rest[@]}"
    ;;
  rollback)
    prepare
    run "gateway rollback" "gateway smoke"
    ;;
  status)
    prepare
    status
    ;;
  destroy)
    prepare
    destroy
    ;;
  functions)
    prepare
    run functions "gateway config" "gateway point" "gateway smoke" "gateway prune"
    ;;
  *)
    prepare
    for function in "${words[@]}"; do
      "$DEPLOY_PYTHON" -m infra.gcp functions-of | grep -qx -- "$function" || usage
    done
    run "functions ${words[*]}" "gateway config" "gateway point" "gateway smoke" "gateway prune"
    ;;
esac
