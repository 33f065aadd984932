"""Drives a strict world of Open Telekom Cloud with the extensions of that cloud for openstacksdk.

usage: otcextensions_client.py ENDPOINT

Prints a line for each check and ends with 1 at the first that fails. `update_image` is left out: it sends its request, and then
asks its own image for a field that the current openstacksdk does not have.
"""

import sys

import openstack
from otcextensions import sdk

BASE = sys.argv[1]
ACCOUNT = 'OTC00000000001000000001'


def check(what, found, meant=True):
    if found != meant:
        sys.exit(f'not ok {what}: found {found!r}, meant {meant!r}')
    print(f'ok {what}')


auth = {
    'auth_url': f'{BASE}/v3',
    'username': 'demo',
    'password': 'demo-password',
    'project_name': 'eu-de',
    'user_domain_name': ACCOUNT,
    'project_domain_name': ACCOUNT,
}
connection = openstack.connect(auth=auth, region_name='eu-de')
sdk.load(connection)

public = list(connection.imsv2.images(__imagetype='gold', name='Standard_Debian_11_latest'))
check('otcextensions lists images', [each.status for each in public], ['active'])
made = connection.imsv2.create_image(name='imported', image_url='images:tiny-v3.qcow2', min_disk=1)
job = connection.imsv1.wait_for_async_job(made.job_id, wait=0.1)
check('otcextensions imports a disk and waits for the job', job.status, 'SUCCESS')
image = job.entities['image_id']
exported = connection.imsv1.export_image(image_id=image, bucket_url='images:copy.vhd', file_format='vhd')
check('otcextensions exports', connection.imsv1.wait_for_async_job(exported.job_id, wait=0.1).status, 'SUCCESS')
connection.image.delete_image(image)
check('openstacksdk deletes', list(connection.imsv2.images(id=image)), [])
check('openstacksdk finds its services', connection.endpoint_for('compute').startswith(BASE))
