"""Drives a strict world with Cloud Custodian and its provider for the cloud: a policy finds images and deletes them.

usage: custodian.py ENDPOINT

The provider takes a region alone and finds the address of the image service in the environment. Custodian itself does not know
the provider by name, so it is registered first. Prints a line for each check and ends with 1 at the first that fails.
"""

import json
import os
import sys
import tempfile
import urllib.request

BASE = sys.argv[1]
os.environ.update(
    {
        'HUAWEI_DEFAULT_REGION': 'cn-north-4',
        'HUAWEI_PROJECT_ID': '0605767a9500d5ed2fb3c00a8e3a0d4c',
        'HUAWEI_ACCESS_KEY_ID': 'DEMOACCESSKEY0000001',
        'HUAWEI_SECRET_ACCESS_KEY': 'demo-secret-key-for-the-emulator-only-01',
        'HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4': BASE,
    }
)

from c7n.config import Config  # noqa: E402
from c7n.loader import PolicyLoader  # noqa: E402
from c7n.resources import load_resources  # noqa: E402
from c7n_huaweicloud.entry import initialize_huaweicloud  # noqa: E402


def check(what, found, meant=True):
    if found != meant:
        sys.exit(f'not ok {what}: found {found!r}, meant {meant!r}')
    print(f'ok {what}')


def create_image(name):
    body = json.dumps({'name': name, 'disk_format': 'raw', 'container_format': 'bare'}).encode()
    headers = {'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json'}
    urllib.request.urlopen(urllib.request.Request(f'{BASE}/v2/images', body, headers)).close()


def run(folder, actions):
    filters = [{'type': 'value', 'key': 'name', 'value': 'custodian'}]
    policy = {'name': 'images', 'resource': 'huaweicloud.ims', 'filters': filters, 'actions': actions}
    config = Config.empty(output_dir=folder, region='cn-north-4', regions=['cn-north-4'])
    (loaded,) = PolicyLoader(config).load_data({'policies': [policy]}, 'memory')
    return [image['name'] for image in loaded.run()]


initialize_huaweicloud()
load_resources(('huaweicloud.ims',))
for name in ('custodian', 'custodian', 'other'):
    create_image(name)
with tempfile.TemporaryDirectory() as folder:
    check('Custodian finds images and deletes them', run(folder, ['deregister']), ['custodian', 'custodian'])
    check('Custodian finds them no more', run(folder, []), [])
