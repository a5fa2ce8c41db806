# Sourced by the scripts beside it, which deploy.sh calls: looking, changing, and changing nothing when only a plan is wanted.
# shellcheck shell=bash
set -euo pipefail
: "${DEPLOY_PROJECT:?these scripts are called by deploy.sh}" "${DEPLOY_RUN:?}" "${DEPLOY_PYTHON:?}" "${DEPLOY_REGION:?}"

# A change that another one made possible may need a moment: accounts and services are made known step by step.
PASSING='does not exist|concurrent|aborted|try again|unavailable|has not been used|is not ready|being (created|updated)|operation.*in progress'
ATTEMPTS="${DEPLOY_ATTEMPTS:-6}"

gcloud() { command gcloud --project="$DEPLOY_PROJECT" --quiet "$@"; }

table() { "$DEPLOY_PYTHON" -m infra.gcp "$@"; }

# look NAME WORDS…: what gcloud shows goes to the tables under NAME; what is not there (yet) is an empty list.
look() {
  local name="$1" why="$DEPLOY_RUN/$1.why" attempt
  shift
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    gcloud "$@" --format=json >"$DEPLOY_RUN/$name.state" 2>"$why" && return
    if grep -qiE 'not[ _]?found|does not exist|\b404\b' "$why" ||
      { [ -n "${DEPLOY_PLAN:-}" ] && grep -qiE 'has not been used|not enabled|disabled|permission' "$why"; }; then
      echo '[]' >"$DEPLOY_RUN/$name.state"
      return
    fi
    if [ "$attempt" -eq "$ATTEMPTS" ] || ! grep -qiE "$PASSING" "$why"; then break; fi
    sleep "$((attempt * 5))"
  done
  echo "    gcloud $*" >&2
  sed 's/^/    /' "$why" >&2
  return 1
}

# change SENTENCE COMMAND: say it and do it, unless only a plan is wanted.
change() {
  local say="$1" command="$2" attempt log
  # A plan sees what an earlier step would have made as still missing, and would say it twice.
  if [ -n "${DEPLOY_PLAN:-}" ] && grep -qxF -- "$say" "$DEPLOY_RUN/changes"; then return 0; fi
  printf '  + %s\n' "$say"
  printf '%s\n' "$say" >>"$DEPLOY_RUN/changes"
  [ -z "${DEPLOY_PLAN:-}" ] || return 0
  log="$(mktemp "$DEPLOY_RUN/log.XXXXXX")"
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    eval "$command" >"$log" 2>&1 </dev/null && return
    [ "$attempt" -lt "$ATTEMPTS" ] && grep -qiE "$PASSING" "$log" && sleep "$((attempt * 5))" && continue
    break
  done
  printf '  ! %s failed:\n' "$say" >&2
  tail -n 20 "$log" | sed 's/^/    /' >&2
  return 1
}

# take TABLE ARGUMENTS…: make every change that the table names, one after the other.
take() {
  local steps say command
  steps="$(mktemp "$DEPLOY_RUN/steps.XXXXXX")"
  table "$@" >"$steps"
  while IFS=$'\t' read -r say command <&3; do
    change "$say" "$command"
  done 3<"$steps"
}

# take_together MOST TABLE ARGUMENTS…: the same, up to MOST at once; after a failure nothing more is begun.
take_together() {
  local most="$1" steps say command
  shift
  steps="$(mktemp "$DEPLOY_RUN/steps.XXXXXX")"
  table "$@" >"$steps"
  rm -f "$DEPLOY_RUN/failed"
  while IFS=$'\t' read -r say command <&3; do
    while [ "$(jobs -rp | wc -l)" -ge "$most" ]; do wait -n || true; done
    [ ! -e "$DEPLOY_RUN/failed" ] || break
    { change "$say" "$command" || touch "$DEPLOY_RUN/failed"; } &
  done 3<"$steps"
  wait
  [ ! -e "$DEPLOY_RUN/failed" ]
}

# look_at_secrets: which secrets there are, and the versions of each of ours.
look_at_secrets() {
  local name
  look secrets secrets list
  while read -r name <&4; do
    look "versions-of-$name" secrets versions list "$name"
  done 4< <(table secrets-there)
}

# rights KIND [NAME…]: give the roles on every resource of a kind that the tables name, or on these.
rights() {
  local kind="$1" name reading words
  table reading "$@" >"$DEPLOY_RUN/$kind.reading"
  while IFS=$'\t' read -r name reading <&4; do
    read -ra words <<<"$reading"
    look "$kind-policy-$name" "${words[@]}"
  done 4<"$DEPLOY_RUN/$kind.reading"
  take rights "$@"
}

# as_owner: what runs here reaches the database as the tables' owner, unless DATABASE_URL names another one, and the buckets.
as_owner() {
  local version
  export PROJECT_ID="$DEPLOY_PROJECT" STORAGE_BUCKET="$DEPLOY_PROJECT-private" PUBLIC_BUCKET="$DEPLOY_PROJECT-public"
  [ -z "${DATABASE_URL:-}" ] || return 0
  CLOUD_SQL_INSTANCE="$(table connection-name)"
  # The newest that is enabled; `latest` is the newest, enabled or not.
  look versions-of-DB_PASSWORD secrets versions list DB_PASSWORD
  version="$(table version DB_PASSWORD)"
  DB_PASSWORD="$(gcloud secrets versions access "${version:?DB_PASSWORD has no version that is enabled}" --secret=DB_PASSWORD)"
  export CLOUD_SQL_INSTANCE DB_PASSWORD DB_USER=mamastoria DB_NAME=mamastoria DB_IAM_LOGIN=false
}
