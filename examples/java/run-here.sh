#!/usr/bin/env bash
# Runs the tests of this example against this checkout's emulator; in a container, too, where an engine has the image. Works only
# inside the clone.
. "$(dirname "$0")/../from-checkout.sh" java
. "$root/examples/as-a-user.sh"
javac --release 17 -version >/dev/null 2>&1 || left_out 'there is no JDK 17 or newer'
command -v mvn >/dev/null || left_out 'there is no mvn'

tests() {
  timeout 300 mvn -B -ntp -q test >"$place/java.log" 2>&1 && return
  cat "$place/java.log"
  ! grep -qE 'Could not (transfer|resolve|find artifact)|could not be resolved' "$place/java.log" ||
    left_out 'Maven does not get what it needs'
  return 1
}

start_emulator
tests
if docker image inspect ims-emulator:latest >/dev/null 2>&1; then
  unset IMS_URL
  tests
else
  echo 'no container engine has ims-emulator:latest: its tests ran against an emulator outside of a container'
fi
ok
