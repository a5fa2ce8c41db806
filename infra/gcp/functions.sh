#!/usr/bin/env bash
# functions.sh [FUNCTION…]: the functions whose code, settings or secrets changed, several at once, and who may call them.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
builds="${DEPLOY_BUILDS:-$PWD/build}"

look_around() {
  look functions functions list --v2 --regions="$DEPLOY_REGION"
  look gateways api-gateway gateways list --location="$DEPLOY_GATEWAY_REGION"
}

deploy() {
  [ $# -gt 0 ] || return 0
  take_together "${DEPLOY_AT_ONCE:-4}" functions "$builds" "$@"
  [ -n "${DEPLOY_PLAN:-}" ] || look_around
}

if [ $# -gt 0 ]; then wanted=("$@"); else mapfile -t wanted < <(table functions-of); fi
look_at_secrets
look_around
# The documentation in the bundle of system names the address that it is read at.
PUBLIC_URL="$(table public-url)" "$DEPLOY_PYTHON" -m infra.stage --to "$builds" "${wanted[@]}" >/dev/null
internal=() public=()
for function in "${wanted[@]}"; do
  case "$function" in worker | video) internal+=("$function") ;; *) public+=("$function") ;; esac
done
# The others are told where these are, and so are they themselves: a first time shows it, a second one sets it.
deploy "${internal[@]}"
[ -n "${DEPLOY_PLAN:-}" ] || deploy "${internal[@]}"
deploy "${public[@]}"
rights service "${wanted[@]//_/-}"
