#!/usr/bin/env bash
# Runs clients under `ims-emulator run`: they reach the emulator under the cloud's own addresses, and are told nothing of it but by
# the environment. Each Python client is installed into .tmp, at a pinned version; where that fails, it is left out.
set -eu
cd "$(dirname "$0")/../.."
venv=.tmp/own-addresses
run() { node_modules/.bin/node src/bin.ts run --own -- "$@"; }

if command -v curl >/dev/null; then
  # shellcheck disable=SC2016 # the inner shell reads the variable
  run sh -c 'curl --silent --show-error --fail --output /dev/null -H "X-Auth-Token: $IMS_TOKEN" \
    "https://ims.cn-north-4.myhuaweicloud.com/v2/cloudimages?limit=1"'
  echo 'curl: https://ims.cn-north-4.myhuaweicloud.com'
else
  echo 'left out: curl, this machine has none'
fi

run node_modules/.bin/node test/clients/own-addresses/fetch.mjs

command -v python3 >/dev/null || { echo 'left out: the Python SDK and boto3, there is no python3'; exit 0; }
if ! [ -e "$venv/ready" ]; then
  python3 -m venv "$venv" || { echo 'left out: python3 makes no virtual environment'; exit 0; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
    huaweicloudsdkcore==3.1.219 huaweicloudsdkims==3.1.219 boto3==1.44.8 && touch "$venv/ready" ||
    { echo 'left out: the Python SDK and boto3, pip does not get them'; exit 0; }
fi
run "$venv/bin/python" -B test/clients/own-addresses/sdk.py
run "$venv/bin/python" -B test/clients/own-addresses/buckets.py
