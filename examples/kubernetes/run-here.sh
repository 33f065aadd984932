#!/usr/bin/env bash
# Validates the manifests by the schemas of Kubernetes, and asks an emulator what the probes ask. Not for a copy of the example.
. "$(dirname "$0")/../from-checkout.sh" kubernetes
validators
"$validate/kubernetes-validate" --quiet --strict --kubernetes-version 1.37 "$example/ims-emulator.yaml"
node "$root/examples/check-manifests.mjs" "$example/ims-emulator.yaml"
start_emulator
check_paths "$example/ims-emulator.yaml"
ok
