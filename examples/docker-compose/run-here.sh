#!/usr/bin/env bash
# Validates the compose file, and runs the test of its test container against this checkout's emulator. Works only inside the clone.
. "$(dirname "$0")/../from-checkout.sh" docker-compose
check_compose "$example/compose.yaml"
mkdir -p "$place/buckets/images"
cp "$root/fixtures/disk-images/tiny-v3.qcow2" "$place/buckets/images/disk.qcow2"
unset IMS_URL # one without that bucket would not do
start_emulator --buckets "$place/buckets"
check_variables "$example/compose.yaml"
check_paths "$example/compose.yaml"
node --test "$example/tests/import.test.mjs"
ok
