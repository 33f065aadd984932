#!/usr/bin/env bash
# Validates the workflows with the schema of workflows. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" github-actions
validators
"$validate/check-jsonschema" --quiet --builtin-schema vendor.github-workflows "$example"/*.yml
# Also checks where each context may be used, which the schema does not.
if go=$(command -v go || command -v /usr/local/go/bin/go) &&
  GOBIN=$place timeout 120 "$go" install github.com/rhysd/actionlint/cmd/actionlint@v1.7.7 2>"$place/actionlint.log"; then
  "$place/actionlint" -shellcheck= -pyflakes= "$example"/*.yml
else
  echo 'checked by the schema alone: there is no actionlint'
fi
check_variables "$example"/*.yml
start_emulator
check_paths "$example"/*.yml
ok
