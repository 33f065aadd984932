#!/usr/bin/env bash
# Drives emulators with clients beside the vendor's current SDKs: the extensions of Open Telekom Cloud, the SDK of before 2020, the
# vendor's MCP server, Cloud Custodian, and the image tests of Tempest. Each is installed into .tmp, at pinned versions. A client that
# this machine cannot have is left out, and why is said.
set -eu
cd "$(dirname "$0")/../.."
place=$PWD/.tmp/more-clients
mkdir -p "$place"
servers=()
trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done' EXIT

left_out() { echo "left out: $1"; }

# Starts an emulator and sets `endpoint`.
start() {
  local log=$place/$1.log
  shift
  node_modules/.bin/node src/bin.ts --port 0 --json "$@" >"$log" 2>&1 &
  servers+=($!)
  for _ in $(seq 300); do
    grep -q endpoint "$log" && break
    kill -0 "${servers[-1]}" || { cat "$log"; return 1; }
    sleep 0.1
  done
  endpoint=$(sed -nE 's/.*"endpoint":"([^"]+)".*/\1/p' "$log")
}

put_disk() {
  curl -sS --fail -X PUT "$endpoint/_ims/buckets/images/objects/tiny-v3.qcow2" \
    --data-binary @fixtures/disk-images/tiny-v3.qcow2 >/dev/null
}

# Installs packages into a virtual environment of their own and sets `bin`.
install() {
  local venv=$place/$1
  shift
  bin=$venv/bin
  [ -e "$venv/ready" ] && return
  python3 -m venv "$venv" &&
    timeout 300 "$bin/pip" install --quiet --disable-pip-version-check --retries 1 "$@" && touch "$venv/ready"
}

with_tempest() {
  local folder=$place/tempest-workspace
  rm -rf "$folder" && mkdir -p "$folder"
  (cd "$folder" && "$bin/tempest" init --name more-clients --workspace-path "$folder/workspaces.yaml" . >"$place/tempest.log" 2>&1) || {
    cat "$place/tempest.log"
    return 1
  }
  cat >"$folder/etc/tempest.conf" <<END
[DEFAULT]
log_file = tempest.log
[oslo_concurrency]
lock_path = $folder/lock
[auth]
use_dynamic_credentials = true
admin_username = admin
admin_password = admin-password
admin_project_name = admin
admin_domain_name = Default
[identity]
uri_v3 = $endpoint/v3
auth_version = v3
region = RegionOne
[identity-feature-enabled]
api_v2 = false
[image]
region = RegionOne
[image-feature-enabled]
import_image = true
image_format_enforcement = false
[service_available]
cinder = false
neutron = false
nova = false
swift = false
glance = true
END
  # Metadata definitions are not emulated; a copy among stores needs a second store, and a download the network.
  (cd "$folder" && timeout 120 "$bin/tempest" run --serial --regex tempest.api.image \
    --exclude-regex 'metadefs_(namespace|resource)|test_image_copy_image_import|test_image_web_download_import') >"$place/tempest.log" 2>&1 || {
    tail -60 "$place/tempest.log"
    return 1
  }
  grep -E '^ - (Passed|Failed|Skipped)' "$place/tempest.log" | sed 's/^ - /ok Tempest /'
}

command -v python3 >/dev/null || { left_out 'all of them, there is no python3'; exit 0; }

start otc --scenario otc --auth strict --pace instant
put_disk
if install otcextensions otcextensions==0.34.8 openstacksdk==4.22.0; then
  "$bin/python" -B test/clients/more/otcextensions_client.py "$endpoint"
else left_out 'otcextensions, pip does not get it'; fi

start cloud --auth strict --pace instant
put_disk
if install before-2020 huaweicloud-sdk-python==1.0.28; then
  "$bin/python" -B -W ignore test/clients/more/scoped_signature.py "$endpoint"
else left_out 'the SDK of before 2020, pip does not get it'; fi
if install mcp huaweicloud-mcp-server==0.3.1 mcp==1.30.0 fastmcp==2.14.7; then
  "$bin/python" -B -W ignore test/clients/more/mcp_client.py "$endpoint"
else left_out 'the MCP server, pip does not get it'; fi
if install custodian c7n==0.9.53 c7n-huaweicloud==0.1.1 huaweicloudsdksecmaster==3.1.140; then
  "$bin/python" -B -W ignore test/clients/more/custodian.py "$endpoint"
else left_out 'Cloud Custodian, pip does not get it'; fi

start stock --glance stock --scenario glance-stock
if install tempest tempest==47.0.0; then
  with_tempest
else left_out 'Tempest, pip does not get it'; fi
