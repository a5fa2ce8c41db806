#!/usr/bin/env bash
# The catalogue's rows and pictures (styles, genres, characters, backgrounds, music, packages): what changed in this checkout.
# A database that was adopted keeps its own but for the music, and packages are the administrators' once they exist.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
if [ -n "${DEPLOY_PLAN:-}" ]; then
  echo "  = the catalogue is what infra/seed says"
  exit
fi
as_owner
"$DEPLOY_PYTHON" -c 'from infra.seed import loading; loading.load()'
