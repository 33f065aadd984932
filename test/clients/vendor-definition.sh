#!/usr/bin/env bash
# Compares the contracts with the vendor's own definition of the image service, which the package huaweicloud-mcp-server carries. The
# package is unpacked into .tmp at a pinned version, and its code does not run. Without the package the step is left out, and says so.
set -eu
cd "$(dirname "$0")/../.."
place=$PWD/.tmp/vendor-definition
definition=$place/huaweicloud_services_server/mcp_server_ims/src/mcp_server_ims/config/ims.json
mkdir -p "$place"

left_out() { echo "left out: $1"; exit 0; }

if ! [ -e "$definition" ]; then
  command -v python3 >/dev/null || left_out 'the definition of the vendor, there is no python3'
  python3 -m pip --version >/dev/null 2>&1 || left_out 'the definition of the vendor, there is no pip'
  python3 -m pip download --quiet --disable-pip-version-check --retries 1 --no-deps --dest "$place" \
    huaweicloud-mcp-server==0.3.1 || left_out 'the definition of the vendor, pip does not get it'
  python3 -m zipfile -e "$place"/huaweicloud_mcp_server-0.3.1-*.whl "$place"
fi
node_modules/.bin/node test/clients/vendor-definition/main.ts "$definition"
