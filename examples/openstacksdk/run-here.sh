#!/usr/bin/env bash
# Runs this example with the command ims-emulator of this checkout, which its tests start. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" openstacksdk
unset IMS_URL
. "$root/examples/as-a-user.sh"
install_requirements
"$python" -m pytest -q
ok
