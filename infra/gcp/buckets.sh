#!/usr/bin/env bash
# Cloud Storage: the private bucket and the public one, their rules, and who may read and write them.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look buckets storage buckets list --raw
take buckets
rights bucket
