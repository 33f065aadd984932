#!/usr/bin/env bash
# Vets this example and runs it with the command ims-emulator of this checkout, which its tests start. Works only inside
# the clone.
. "$(dirname "$0")/../from-checkout.sh" go
unset IMS_URL
. "$root/examples/as-a-user.sh"
go=$(command -v go || command -v /usr/local/go/bin/go) || left_out 'there is no go'
timeout 120 "$go" mod download >"$place/go-modules.log" 2>&1 ||
  { tail -3 "$place/go-modules.log"; left_out 'its modules cannot be had'; }
"$go" vet .
timeout 300 "$go" test -count=1 .
ok
