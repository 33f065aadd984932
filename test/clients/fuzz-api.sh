#!/usr/bin/env bash
# Starts a server and sends it whatever its own OpenAPI document allows and forbids, with schemathesis from a virtual
# environment that is made once under .tmp. It fails on a 5xx and on an answer whose status, media type or body is not as
# declared. First the cloud's faces, then the control plane, whose rules and scenarios would change what those answer, and
# whose journal would be long.
# Where there is no Python to make an environment with, it says so and ends well.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD venv=$PWD/.tmp/schemathesis place=$PWD/.tmp/fuzz
if ! command -v python3 >/dev/null; then
  echo 'left out: there is no python3 on this machine'
  exit 0
fi
mkdir -p .tmp
if ! [ -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv" || { echo 'left out: python3 cannot make a virtual environment'; exit 0; }
  # What makes up the requests is pinned with it, so that they stay the same ones.
  "$venv/bin/pip" install --quiet --disable-pip-version-check \
    schemathesis==4.32.5 hypothesis==6.170.15 jsonschema_rs==0.60.3 ||
    { echo 'left out: schemathesis cannot be installed here'; exit 0; }
fi
rm -rf "$place"
mkdir -p "$place/buckets/images"
cp fixtures/disk-images/tiny-v3.qcow2 "$place/buckets/images/tiny.qcow2"
printf zvhd2 >"$place/buckets/images/disk.zvhd2"
log=$place/server.log
node_modules/.bin/node src/bin.ts --port 0 --validate-responses --auth lenient --scenario test/clients/fuzz/world.yaml \
  --buckets "$place/buckets" >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q 'curl' "$log" && break
  kill -0 "$server" || { cat "$log"; exit 1; }
  sleep 0.1
done
base=$(sed -n 's/^  endpoint *//p' "$log")

# In its own folder: schemathesis leaves what it remembers where it stands.
fuzz() {
  (cd "$place" && PYTHONPATH="$root/test/clients/fuzz" PYTHONDONTWRITEBYTECODE=1 "$venv/bin/schemathesis" \
    --config-file "$root/test/clients/fuzz/schemathesis.toml" run "$base/_ims/openapi.json" --no-color "$@") ||
    { sed -n '/failed: /,$p' "$log"; exit 1; }
}
fuzz --exclude-tag 'Control plane'
"$venv/bin/python" -c 'import requests, sys; requests.delete(sys.argv[1]).raise_for_status()' "$base/_ims/journal"
fuzz --include-tag 'Control plane'
