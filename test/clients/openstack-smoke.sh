#!/usr/bin/env bash
# Starts a stock server and drives it with the real OpenStack clients, in a virtual environment that is made once under
# .tmp. Where there is no Python to make one with, it says so and ends well.
set -eu
cd "$(dirname "$0")/../.."
venv=.tmp/openstack-clients
if ! command -v python3 >/dev/null; then
  echo 'left out: there is no python3 on this machine'
  exit 0
fi
mkdir -p .tmp
if ! [ -x "$venv/bin/openstack" ]; then
  python3 -m venv "$venv" || { echo 'left out: python3 cannot make a virtual environment'; exit 0; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check python-glanceclient==4.13.0 python-openstackclient==10.5.0 openstacksdk==4.22.0
fi
log=.tmp/openstack-smoke.log
node_modules/.bin/node src/bin.ts --port 0 --glance stock --scenario glance-stock >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q 'curl' "$log" && break
  kill -0 "$server" || { cat "$log"; exit 1; }
  sleep 0.1
done
base=$(sed -n 's/^  endpoint *//p' "$log")
"$venv/bin/python" test/clients/openstack-smoke.py "$base" test/wire/tokens.json fixtures/disk-images/tiny-v3.qcow2
