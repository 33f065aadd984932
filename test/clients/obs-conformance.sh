#!/usr/bin/env bash
# Runs the conformance tests of versitygw against the object service. They ask for the behaviour of Amazon's service: obs/conformance.json
# lists those that hold for OBS too, which must pass, and why the others are left out. `--all` tries the others as well and lists
# those that pass. It is not part of .ci/run, because building versitygw takes longer than all other clients together.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
node=$root/node_modules/.bin/node
version=v1.8.0
place=$root/.tmp/versitygw
mkdir -p "$place"

if ! [ -x "$place/versitygw" ]; then
  command -v go >/dev/null || { echo 'left out: there is no Go to build versitygw with'; exit 0; }
  GOBIN=$place go install "github.com/versity/versitygw/cmd/versitygw@$version" >"$place/build.log" 2>&1 ||
    { tail -5 "$place/build.log"; echo "left out: versitygw $version does not build"; exit 0; }
fi

"$node" src/bin.ts --port 0 --auth strict >"$place/emulator.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q 'curl' "$place/emulator.log" && break
  kill -0 "$server" || { cat "$place/emulator.log"; exit 1; }
  sleep 0.1
done
said() { sed -n "s/^  $1 *//p" "$place/emulator.log"; }
"$node" test/clients/obs/conformance.ts "$place/versitygw" "$(said endpoint)" "$(said 'access key')" "$(said 'secret key')" "$@"
