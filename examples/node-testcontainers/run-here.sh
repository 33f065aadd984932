#!/usr/bin/env bash
# Checks the types of this example and runs its tests against this checkout's emulator; in a container, too, where an engine
# has the image. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" node-testcontainers
install_project
npm run --silent types
start_emulator
npm test --silent
if docker image inspect ims-emulator:latest >/dev/null 2>&1; then
  env -u IMS_URL npm test --silent
else
  echo 'no container engine has ims-emulator:latest: its tests ran against an emulator outside of a container'
fi
ok
