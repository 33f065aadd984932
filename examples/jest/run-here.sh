#!/usr/bin/env bash
# Runs this example against the package that is packed from this checkout; works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" jest
unset IMS_URL
install_project
npm test --silent
ok
