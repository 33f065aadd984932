"""Drives a strict emulator with the OpenStack clients, which get tokens from its identity service, or bring one.

usage: openstack-strict.py ENDPOINT TENANTS_FILE DISK_IMAGE

Prints a line for each check and ends with 1 at the first that fails. One thing is left out, as the client of the pinned
version ends before the service could help it: glanceclient dies of the gateway's refusals, whose JSON has no object inside. The
SDK is asked about those.
"""

import hashlib
import json
import os
import subprocess
import sys

import openstack
import yaml
from glanceclient import Client
from glanceclient.exc import HTTPForbidden
from keystoneauth1.exceptions.http import Unauthorized
from keystoneauth1.identity import v3
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token
from openstack.exceptions import HttpException

BASE, TENANTS, DISK = sys.argv[1:4]
USERS = {user['name']: user for user in yaml.safe_load(open(TENANTS, encoding='utf-8'))['users']}
DATA = open(DISK, 'rb').read()
DOMAINS = {'demo': 'demo', 'reader': 'demo', 'partner': 'partner'}
PARTNER = USERS['partner']['project_id']


def check(what, found, meant=True):
    if found != meant:
        sys.exit(f'not ok {what}\n  found {found!r}\n  meant {meant!r}')
    print(f'ok {what}')


def password_of(name):
    """What a client needs to get a token of the user's own project."""
    return {
        'auth_url': f'{BASE}/v3',
        'username': name,
        'password': USERS[name]['password'],
        'user_domain_name': DOMAINS[name],
        'project_name': 'cn-north-4',
        'project_domain_name': DOMAINS[name],
    }


def raised(kind, call):
    """Whether a call ends with an exception of this kind."""
    try:
        call()
    except kind:
        return True
    return False


def command(settings):
    """The `openstack` command with these settings; answers its exit code and what it printed."""
    others = {name: value for name, value in os.environ.items() if not name.startswith('OS_')}
    environment = {**others, **{f'OS_{name.upper()}': value for name, value in settings.items()}}
    program = os.path.join(os.path.dirname(sys.executable), 'openstack')

    def run(*words):
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip() or done.stderr.strip()

    return run


def with_command():
    run = command({**password_of('demo'), 'region_name': 'cn-north-4'})
    code, text = run(
        'image',
        'create',
        '--file',
        DISK,
        '--disk-format',
        'qcow2',
        '--container-format',
        'bare',
        '-f',
        'json',
        'strict command',
    )
    check('openstack image create uploads with a password', code, 0)
    created = json.loads(text)
    check(
        'openstack image create uploads all of it',
        (created['status'], created['size'], created['checksum']),
        ('active', len(DATA), hashlib.md5(DATA).hexdigest()),
    )
    identifier = created['id']
    code, _ = run('image', 'set', '--name', 'renamed', '--property', 'purpose=smoke', identifier)
    check('openstack image set', code, 0)
    shown = json.loads(run('image', 'show', '-f', 'json', identifier)[1])
    check('openstack image show', (shown['name'], shown['properties'].get('purpose')), ('renamed', 'smoke'))
    listed = json.loads(run('image', 'list', '-f', 'json', '--name', 'renamed')[1])
    check('openstack image list', [each['ID'] for each in listed], [identifier])
    code, text = run('image', 'add', 'project', '-f', 'json', identifier, PARTNER)
    check('openstack image add project', (code, json.loads(text)['member_id']), (0, PARTNER))
    code, text = command(password_of('reader'))('image', 'delete', identifier)
    check('openstack image delete is refused to a reader', (code, 'ims:images:delete' in text), (1, True))
    check('openstack image delete', run('image', 'delete', identifier), (0, ''))
    code, text = command({**password_of('demo'), 'password': 'wrong'})('image', 'list')
    check('openstack with a wrong password is refused', (code, 'HTTP 401' in text), (1, True))


def with_endpoint_and_token():
    """Without an identity service: the command is told where images are, and what to say there."""
    settings = {'auth_type': 'admin_token', 'endpoint': f'{BASE}/v2', 'token': USERS['demo']['token']}
    listed = json.loads(command(settings)('image', 'list', '--limit', '1', '-f', 'json')[1])
    check('openstack image list with a token', [each['Status'] for each in listed], ['active'])
    code, text = command({**settings, 'token': 'nobody'})('image', 'list')
    check('openstack with an unknown token is refused', (code, '401' in text), (1, True))


def with_glanceclient():
    owner = Client('2', session=Session(auth=v3.Password(**password_of('demo'))))
    image = owner.images.create(name='strict glanceclient', disk_format='qcow2', container_format='bare')
    owner.images.upload(image.id, open(DISK, 'rb'))
    check('glanceclient uploads', owner.images.get(image.id).status, 'active')
    check('glanceclient downloads the same bytes', b''.join(owner.images.data(image.id)) == DATA)
    check('glanceclient renames', owner.images.update(image.id, name='renamed').name, 'renamed')
    reader = Client('2', BASE, token=USERS['reader']['token'])
    check(
        'glanceclient lists as a reader',
        [each.id for each in reader.images.list(filters={'name': 'renamed'})],
        [image.id],
    )
    check('glanceclient may not delete as a reader', raised(HTTPForbidden, lambda: reader.images.delete(image.id)))
    owner.images.delete(image.id)
    check('glanceclient deletes', list(owner.images.list(filters={'name': 'renamed'})), [])


def with_sdk():
    owner = openstack.connect(auth=password_of('demo'), region_name='cn-north-4')
    partner = openstack.connect(auth=password_of('partner'), region_name='cn-north-4')
    image = owner.image.create_image(
        name='strict sdk', filename=DISK, disk_format='qcow2', container_format='bare', wait=True
    )
    check('openstacksdk creates and uploads', owner.image.get_image(image.id).status, 'active')
    owner.image.add_member(image.id, member_id=PARTNER)
    partner.image.update_member(PARTNER, image.id, status='accepted')
    check('openstacksdk shares', [each.status for each in owner.image.members(image.id)], ['accepted'])
    check('openstacksdk sees what is shared', partner.image.get_image(image.id).name, 'strict sdk')
    owner.image.delete_image(image.id)
    check('openstacksdk deletes', [each.id for each in owner.image.images(name='strict sdk')], [])
    check('openstacksdk lists projects', [each.id for each in partner.identity.projects()], [PARTNER])


def with_sdk_and_token():
    """A token is exchanged for one of a project, which ends when it is revoked."""
    auth = {'auth_url': f'{BASE}/v3', 'token': USERS['demo']['token'], 'project_id': USERS['demo']['project_id']}
    connection = openstack.connect(auth_type='v3token', auth=auth, region_name='cn-north-4')
    check('openstacksdk lists with a token', len(list(connection.image.images(limit=1, paginated=False))), 1)
    token = connection.auth_token
    glance = Client('2', BASE, token=token)
    check('glanceclient takes the token of openstacksdk', len(list(glance.images.list(limit=1))), 1)
    connection.session.delete(f'{BASE}/v3/auth/tokens', headers={'X-Subject-Token': token})
    check('openstacksdk with a revoked token is refused', status_with(token), 401)
    check('openstacksdk with an unknown token is refused', status_with('nobody'), 401)
    wrong = Session(auth=v3.Password(**{**password_of('demo'), 'password': 'wrong'}))
    check('keystoneauth with a wrong password is refused', raised(Unauthorized, wrong.get_token))


def status_with(token):
    """How a listing is refused that brings this token and asks no identity service."""
    images = openstack.connection.Connection(
        session=Session(auth=Token(BASE, token)), image_endpoint_override=BASE
    ).image
    try:
        return len(list(images.images()))
    except HttpException as error:
        return error.status_code


with_command()
with_endpoint_and_token()
with_glanceclient()
with_sdk()
with_sdk_and_token()
