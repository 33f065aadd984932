"""Drives a strict world with the cloud's SDK for Python of before 2020, whose signatures have a scope.

usage: scoped_signature.py ENDPOINT

Prints a line for each check and ends with 1 at the first that fails. The SDK looks for abstract classes where Python had them
until 3.10, so they are put there first.
"""

import collections
import collections.abc
import os
import sys

for name in ('Mapping', 'MutableMapping', 'Iterable', 'Sequence', 'Callable'):
    setattr(collections, name, getattr(collections.abc, name))

BASE = sys.argv[1]
PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'
os.environ['OS_IMS_ENDPOINT_OVERRIDE'] = f'{BASE}/v2'

from openstack import connection  # noqa: E402
from openstack.exceptions import SDKException  # noqa: E402


def check(what, found, meant=True):
    if found != meant:
        sys.exit(f'not ok {what}: found {found!r}, meant {meant!r}')
    print(f'ok {what}')


def connect(secret_key='demo-secret-key-for-the-emulator-only-01'):
    return connection.Connection(
        project_id=PROJECT,
        cloud='myhuaweicloud.com',
        region='cn-north-4',
        ak='DEMOACCESSKEY0000001',
        sk=secret_key,
    )


images = connect().ims
public = list(images.cloudimages(__imagetype='gold', limit=2))
check('the old SDK lists images', len(public), 2)
made = images.create_cloudimage(name='imported', image_url='images:tiny-v3.qcow2', min_disk=1)
check('the old SDK imports a disk', len(made.job_id), 32)
try:
    list(connect('wrong').ims.cloudimages())
    check('a wrong secret key is refused', False)
except SDKException as error:
    check('a wrong secret key is refused', '401' in str(error) or getattr(error, 'http_status', None) == 401)
