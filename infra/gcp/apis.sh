#!/usr/bin/env bash
# The services of Google Cloud that the project uses.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look apis services list --enabled
take apis
