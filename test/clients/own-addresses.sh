#!/usr/bin/env bash
# Runs clients under `ims-emulator run`, in strict worlds: they reach the emulator under the cloud's own addresses, and are told
# nothing of it but by the environment. Python's clients are installed into .tmp, at pinned versions; where that fails, they are
# left out.
set -eu
cd "$(dirname "$0")/../.."
venv=.tmp/own-addresses
run() { node_modules/.bin/node src/bin.ts run --own --scenario test/clients/own-addresses/strict.yaml -- "$@"; }

if command -v curl >/dev/null; then
  # shellcheck disable=SC2016 # the inner shell reads the variable
  run sh -c 'curl --silent --show-error --fail --output /dev/null -H "X-Auth-Token: $IMS_TOKEN" \
    "https://ims.cn-north-4.myhuaweicloud.com/v2/cloudimages?limit=1"'
  echo 'curl: https://ims.cn-north-4.myhuaweicloud.com'
else
  echo 'left out: curl, this machine has none'
fi

run node_modules/.bin/node test/clients/own-addresses/fetch.mjs

command -v python3 >/dev/null || { echo 'left out: the Python clients, there is no python3'; exit 0; }
if ! [ -e "$venv/ready" ]; then
  python3 -m venv "$venv" || { echo 'left out: python3 makes no virtual environment'; exit 0; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
    huaweicloudsdkcore==3.1.219 huaweicloudsdkims==3.1.219 boto3==1.44.8 python-openstackclient==10.5.0 &&
    touch "$venv/ready" ||
    { echo 'left out: the Python clients, pip does not get them'; exit 0; }
fi
run "$venv/bin/python" -B test/clients/own-addresses/sdk.py
run "$venv/bin/python" -B test/clients/own-addresses/buckets.py
run "$venv/bin/openstack" image list --limit 1 --format value --column Status
echo 'openstack: by token, with the addresses of the catalogue'
