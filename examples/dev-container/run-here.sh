#!/usr/bin/env bash
# Validates the compose file, and that the dev container refers to services in it. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" dev-container
check_compose "$example/.devcontainer/compose.yaml"
node "$root/examples/check-dev-container.mjs" "$example/.devcontainer"
start_emulator
check_variables "$example/.devcontainer"/*
check_paths "$example/.devcontainer"/*
ok
