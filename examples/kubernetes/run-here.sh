#!/usr/bin/env bash
# Validates the manifests with the schemas of Kubernetes, and sends the requests of the probes to an emulator. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" kubernetes
validators
"$validate/kubernetes-validate" --quiet --strict --kubernetes-version 1.37 "$example/ims-emulator.yaml"
node "$root/examples/check-manifests.mjs" "$example/ims-emulator.yaml"
start_emulator
check_paths "$example/ims-emulator.yaml"
ok
