#!/usr/bin/env bash
# gateway.sh reserve|config|point|smoke|prune|rollback: API Gateway. A configuration is never changed: each deployment makes
# one, points the gateway at it, and goes back to the last one that was tested when the smoke test fails.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

look_around() {
  look functions functions list --v2 --regions="$DEPLOY_REGION"
  look apis-of-gateway api-gateway apis list
  look configs api-gateway api-configs list --api=mamastoria
  look gateways api-gateway gateways list --location="$DEPLOY_GATEWAY_REGION"
}

smoke() {
  local url
  url="${DEPLOY_SMOKE_URL:-$(table public-url)}"
  "$DEPLOY_PYTHON" -m infra.gcp.smoke "$url" "${DEPLOY_SMOKE_SECONDS:-300}"
}

back() {
  local before
  before="$(cat "$DEPLOY_RUN/before" 2>/dev/null || true)"
  [ -n "$before" ] || return 0
  if [ "$before" = "$(table serving)" ]; then
    echo "  ! the routes did not change, the code did: it stays until older code is deployed (README, Deploying)" >&2
    return 0
  fi
  echo "  ! back to $before" >&2
  take point "$before"
}

look_around
case "$1" in
  # The functions are told the gateway's address, which nobody knows before it exists: the first time it is made before them.
  reserve)
    [ -n "$(table serving)" ] || {
      take config
      take point "$(cat "$DEPLOY_RUN/config.name")"
    }
    ;;
  config) take config ;;
  point)
    table back >"$DEPLOY_RUN/before"
    table config >/dev/null
    take point "$(cat "$DEPLOY_RUN/config.name")"
    ;;
  smoke)
    [ -z "${DEPLOY_PLAN:-}" ] || exit 0
    smoke || {
      back
      exit 1
    }
    take tested
    ;;
  prune) take prune ;;
  rollback)
    previous="$(table previous)"
    [ -n "$previous" ] || {
      echo "  there is no configuration to go back to" >&2
      exit 1
    }
    table serving >"$DEPLOY_RUN/before"
    take point "$previous"
    ;;
esac
