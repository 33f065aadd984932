#!/usr/bin/env bash
# Validates the pipeline with the schema of pipelines. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" gitlab-ci
validators
"$validate/check-jsonschema" --quiet --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$example/.gitlab-ci.yml"
check_variables "$example/.gitlab-ci.yml"
start_emulator
check_paths "$example/.gitlab-ci.yml"
ok
