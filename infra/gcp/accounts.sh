#!/usr/bin/env bash
# A service account for each function and for each caller, and what they may do in the project and with each other.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look accounts iam service-accounts list
take accounts
rights project
rights account
