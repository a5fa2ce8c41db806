#!/usr/bin/env bash
# Cloud SQL for PostgreSQL: the instance, its limits and backups, the database, a user for each function.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look secrets secrets list
look versions-of-DB_PASSWORD secrets versions list DB_PASSWORD
look instances sql instances list
take instance
database="$(table option DEPLOY_DB_INSTANCE)"
look databases sql databases list --instance="$database"
look users sql users list --instance="$database"
take inside
