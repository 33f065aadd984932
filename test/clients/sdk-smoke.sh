#!/usr/bin/env bash
# Starts a strict emulator and drives it with the official SDKs for Python, Node, Go and Java, which sign with access keys, and
# with the OpenStack clients, which use tokens. Each is installed into .tmp, at a pinned version, from the caches of pip,
# npm and Go where they have it. A client that this machine cannot have is left out, and why is said.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
node=$root/node_modules/.bin/node
place=$root/.tmp/sdks
mkdir -p "$place"
tenants=$root/fixtures/demo-tenants.yaml
every_operation=$root/test/clients/sdk-operations.json
disk=$root/fixtures/disk-images/tiny-v3.qcow2
buckets=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$buckets"' EXIT

left_out() { echo "left out: $1"; }

start() {
  mkdir "$buckets/images" && cp "$disk" "$buckets/images/"
  "$node" src/bin.ts --port 0 --auth strict --explain-auth --scenario instant \
    --buckets "$buckets" --buckets-write >"$place/emulator.log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    grep -q 'curl' "$place/emulator.log" && return
    kill -0 "$server" || break
    sleep 0.1
  done
  cat "$place/emulator.log"
  return 1
}

# What the emulator says about itself when it starts.
said() { sed -n "s/^  $1 *//p" "$place/emulator.log"; }

with_python() {
  local venv=$place/python
  command -v python3 >/dev/null || { left_out 'the Python SDK, there is no python3'; return 0; }
  if ! [ -e "$venv/ready-with-cts" ]; then
    python3 -m venv "$venv" || { left_out 'the Python SDK, python3 makes no virtual environment'; return 0; }
    "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
      huaweicloudsdkcore==3.1.219 huaweicloudsdkims==3.1.219 huaweicloudsdkiam==3.1.219 huaweicloudsdkcts==3.1.219 &&
      touch "$venv/ready-with-cts" ||
      { left_out 'the Python SDK, pip does not get it'; return 0; }
  fi
  "$venv/bin/python" -B test/clients/python/main.py "$endpoint" "$tenants" "$buckets" "$root/scenarios"
  "$venv/bin/python" -B test/clients/python/every_operation.py "$endpoint" "$tenants" "$buckets" "$every_operation"
}

# Its core loads uuid without asking for it.
with_node() {
  if ! [ -e "$place/node/ready" ]; then
    mkdir -p "$place/node"
    npm install --prefix "$place/node" --fetch-retries 1 --no-save --no-audit --no-fund --loglevel=error \
      @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@8.3.2 >/dev/null && touch "$place/node/ready" ||
      { left_out 'the Node SDK, npm does not get it'; return 0; }
  fi
  NODE_PATH=$place/node/node_modules "$node" test/clients/node/main.cjs "$endpoint" "$tenants"
}

with_go() {
  local go
  go=$(command -v go || command -v /usr/local/go/bin/go) || { left_out 'the Go SDK, there is no go'; return 0; }
  (cd test/clients/go && timeout 120 "$go" mod download) ||
    { left_out 'the Go SDK, its modules cannot be had'; return 0; }
  (cd test/clients/go && "$go" build -buildvcs=false -o "$place/go-client" .)
  "$place/go-client" "$endpoint" "$tenants" "$buckets" "$every_operation"
}

with_java() {
  local java=$place/java
  javac --release 17 -version >/dev/null 2>&1 || { left_out 'the Java SDK, there is no JDK 17'; return 0; }
  command -v mvn >/dev/null || { left_out 'the Java SDK, there is no mvn'; return 0; }
  local build=(mvn -B -ntp -q -f test/clients/java/pom.xml "-Dplace=$java")
  if ! [ -e "$java/ready" ]; then
    timeout 300 "${build[@]}" generate-resources && touch "$java/ready" ||
      { left_out 'the Java SDK, Maven does not get it'; return 0; }
  fi
  "${build[@]}" compile
  java -cp "$java/classes:$(cat "$java/classpath")" conformance.Main \
    "$endpoint" "$tenants" "$buckets" "$every_operation"
}

with_openstack() {
  local python=.tmp/openstack-clients/bin/python
  [ -x "$python" ] || { left_out 'the OpenStack clients, openstack-smoke.sh installs them'; return 0; }
  "$python" -B test/clients/openstack-strict.py "$endpoint" "$tenants" "$disk"
}

start
endpoint=$(said endpoint)
with_python
with_node
with_go
with_java
with_openstack
