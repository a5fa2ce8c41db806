#!/usr/bin/env bash
# Lint, types and tests, on a machine that has nothing but Python: infra/test.sh [pytest arguments]
set -euo pipefail
# shellcheck source=infra/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
setup
step "lint"
"$VENV/bin/ruff" check .
"$VENV/bin/ruff" format --check .
step "types"
"$VENV/bin/mypy"
step "tests"
exec "$VENV/bin/python" -m pytest "$@"
