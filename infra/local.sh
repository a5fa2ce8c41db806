#!/usr/bin/env bash
# The whole API on this machine: infra/local.sh [--port 8080] [--data DIR] [--fresh]
set -euo pipefail
data="$PWD"
# shellcheck source=infra/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
setup
# A relative --data means the caller's folder, not the project's.
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --data) arguments+=("$1" "$(cd "$data" && mkdir -p "$2" && cd "$2" && pwd)"); shift 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
exec "$VENV/bin/python" -m infra.local ${arguments[@]+"${arguments[@]}"}
