# Sourced by local.sh and test.sh: a virtual environment with the pinned packages, made on first use and
# again whenever the pins change: what every function needs, what single ones need besides, and the tests.
set -euo pipefail

# Without compiled bytecode every process start takes three times as long, and both of these prevent it.
unset PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="$ROOT/.venv"
cd "$ROOT"

step() { printf '%s\n' "  $*" >&2; }

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  echo "MamaStoria needs Python 3.11 or newer; none was found. Set PYTHON to one." >&2
  return 1
}

setup() {
  local python wanted have files=() file
  python="$(find_python)"
  wanted="$(cat requirements.txt functions/*/requirements.txt tests/requirements.txt infra/constraints.txt | cksum) $("$python" -V)"
  have="$(cat "$VENV/ready" 2>/dev/null || true)"
  [ "$wanted" = "$have" ] && return
  for file in requirements.txt functions/*/requirements.txt tests/requirements.txt; do files+=(-r "$file"); done
  step "virtual environment …"
  "$python" -m venv --clear "$VENV"
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -c infra/constraints.txt uv
  step "packages (once; about half a minute) …"
  "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" -c infra/constraints.txt "${files[@]}" ||
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -c infra/constraints.txt "${files[@]}"
  "$VENV/bin/python" -m compileall -q common functions infra || true
  printf '%s' "$wanted" >"$VENV/ready"
}
