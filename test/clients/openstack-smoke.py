"""Drives a stock image service with the three OpenStack clients: glanceclient, the `openstack` command, openstacksdk.

usage: openstack-smoke.py BASE_URL TOKENS_FILE DISK_IMAGE

Each client gets its endpoint and a token directly, and then logs in by password at the Keystone beside the service. Prints a
line for each check and ends with 1 at the first that fails.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile

import openstack
from glanceclient import Client
from keystoneauth1.adapter import Adapter
from keystoneauth1.identity import v3
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token
from openstack.exceptions import SDKException

BASE, TOKENS, DISK = sys.argv[1:4]
CALLERS = json.load(open(TOKENS, encoding='utf-8'))
DATA = open(DISK, 'rb').read()


def check(what, found, meant=True):
    if found != meant:
        sys.exit(f'not ok {what}: found {found!r}, meant {meant!r}')
    print(f'ok {what}')


def with_glanceclient():
    owner = Client('2', BASE, token=CALLERS['a']['token'])
    member = Client('2', BASE, token=CALLERS['b']['token'])
    image = owner.images.create(
        name='smoke glanceclient', disk_format='qcow2', container_format='bare', visibility='shared', team='storage'
    )
    check('glanceclient creates', image.status, 'queued')
    owner.images.upload(image.id, open(DISK, 'rb'))
    shown = owner.images.get(image.id)
    check('glanceclient uploads', (shown.status, shown.size), ('active', len(DATA)))
    check('glanceclient knows the checksum', shown.checksum, hashlib.md5(DATA).hexdigest())
    listed = owner.images.list(filters={'name': 'in:"smoke glanceclient",other', 'team': 'storage'})
    check('glanceclient lists with filters', [each.id for each in listed], [image.id])
    owner.image_members.create(image.id, CALLERS['b']['tenant'])
    pending = member.images.list(filters={'visibility': 'shared', 'member_status': 'pending'})
    check('glanceclient shares', [each.id for each in pending], [image.id])
    member.image_members.update(image.id, CALLERS['b']['tenant'], 'accepted')
    seen = [each.id for each in member.images.list(filters={'visibility': 'shared'})]
    check('glanceclient accepts', seen, [image.id])
    check('glanceclient downloads the same bytes', b''.join(member.images.data(image.id)) == DATA)
    owner.image_tags.update(image.id, 'blue')
    check('glanceclient tags', owner.images.get(image.id).tags, ['blue'])
    owner.images.update(image.id, remove_props=['team'], purpose='smoke')
    check('glanceclient patches', owner.images.get(image.id).get('purpose'), 'smoke')
    admin = Client('2', BASE, token=CALLERS['admin']['token'])
    admin.images.deactivate(image.id)
    check('glanceclient deactivates', admin.images.get(image.id).status, 'deactivated')
    admin.images.reactivate(image.id)
    owner.images.delete(image.id)
    check('glanceclient deletes', [each.id for each in owner.images.list(filters={'id': image.id})], [])


def command(settings):
    """The `openstack` command with these variables; ends the program when it fails."""
    others = {name: value for name, value in os.environ.items() if not name.startswith('OS_')}
    program = os.path.join(os.path.dirname(sys.executable), 'openstack')

    def run(*words):
        done = subprocess.run([program, *words], env={**others, **settings}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f'not ok openstack {" ".join(words)}: {done.stderr.strip()}')
        return done.stdout

    return run


def with_command():
    environment = {
        'OS_AUTH_TYPE': 'admin_token',
        'OS_ENDPOINT': f'{BASE}/v2',
        'OS_TOKEN': CALLERS['admin']['token'],
        'OS_IMAGE_API_VERSION': '2',
    }
    run = command(environment)
    created = json.loads(
        run('image', 'create', '--file', DISK, '--disk-format', 'qcow2', '--tag', 'red', '-f', 'json', 'smoke command')
    )
    identifier = created['id']
    shown = json.loads(run('image', 'show', '-f', 'json', identifier))
    check('openstack image create uploads', (shown['status'], shown['size']), ('active', len(DATA)))
    listed = json.loads(run('image', 'list', '-f', 'json', '--name', 'smoke command', '--status', 'active', '--tag', 'red'))
    check('openstack image list filters', [each['ID'] for each in listed], [identifier])
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, 'saved')
        run('image', 'save', '--file', target, identifier)
        check('openstack image save writes the same bytes', open(target, 'rb').read() == DATA)
    run('image', 'set', '--property', 'purpose=smoke', '--name', 'renamed', identifier)
    check('openstack image set renames', json.loads(run('image', 'show', '-f', 'json', identifier))['name'], 'renamed')
    run('image', 'set', '--deactivate', identifier)
    check('openstack image set deactivates', json.loads(run('image', 'show', '-f', 'json', identifier))['status'], 'deactivated')
    run('image', 'set', '--activate', identifier)
    run('image', 'delete', identifier)
    check('openstack image delete deletes', json.loads(run('image', 'list', '-f', 'json', '--name', 'renamed')), [])


def with_sdk():
    session = Session(auth=Token(BASE, CALLERS['a']['token']))
    connection = openstack.connection.Connection(session=session, image_endpoint_override=BASE, image_api_version='2')
    images = connection.image
    check('openstacksdk is an adapter', isinstance(images, Adapter))
    image = images.create_image(name='smoke sdk', filename=DISK, disk_format='qcow2', container_format='bare', wait=True)
    check('openstacksdk creates and uploads', images.get_image(image.id).status, 'active')
    check('openstacksdk lists with filters', [each.id for each in images.images(name='smoke sdk')], [image.id])
    check('openstacksdk downloads the same bytes', images.download_image(image.id).content == DATA)
    images.add_tag(image.id, 'green')
    check('openstacksdk tags', images.get_image(image.id).tags, ['green'])
    images.update_image(image.id, purpose='smoke')
    check('openstacksdk patches', images.get_image(image.id).properties.get('purpose'), 'smoke')
    images.add_member(image.id, member_id=CALLERS['b']['tenant'])
    check('openstacksdk shares', [each.member_id for each in images.members(image.id)], [CALLERS['b']['tenant']])
    images.delete_image(image.id)
    check('openstacksdk deletes', [each.id for each in images.images(name='smoke sdk')], [])


def password_of(name):
    return {
        'auth_url': f'{BASE}/v3',
        'username': name,
        'password': f'{name}-password',
        'project_name': name,
        'user_domain_id': 'default',
        'project_domain_id': 'default',
    }


def with_passwords():
    owner = Client('2', session=Session(auth=v3.Password(**password_of('a'))))
    image = owner.images.create(name='smoke password', disk_format='raw', container_format='bare')
    check('glanceclient logs in by password', image.owner, CALLERS['a']['tenant'])
    connection = openstack.connect(auth=password_of('a'), region_name='RegionOne')
    check('openstacksdk logs in by password', connection.image.get_image(image.id).name, 'smoke password')
    wrong = openstack.connect(auth={**password_of('a'), 'password': 'wrong'}, region_name='RegionOne')
    try:
        wrong.authorize()
        check('openstacksdk with a wrong password is refused', False)
    except SDKException:
        check('openstacksdk with a wrong password is refused', True)
    run = command({f'OS_{name.upper()}': value for name, value in password_of('a').items()})
    listed = json.loads(run('image', 'list', '-f', 'json', '--name', 'smoke password'))
    check('openstack logs in by password', [each['ID'] for each in listed], [image.id])
    owner.images.delete(image.id)


def as_administrator():
    """A project and a user are made, granted and deleted, as a deployment does it."""
    run = command({f'OS_{name.upper()}': value for name, value in password_of('admin').items()})
    project = json.loads(run('project', 'create', '-f', 'json', '--description', 'smoke', 'smoke'))
    user = json.loads(run('user', 'create', '-f', 'json', '--password', 'smoke-password', 'smoke'))
    run('role', 'add', '--project', 'smoke', '--user', 'smoke', 'member')
    assigned = json.loads(run('role', 'assignment', 'list', '-f', 'json', '--names', '--user', 'smoke'))
    check('openstack role add', [(each['Role'], each['Project']) for each in assigned], [('member', 'smoke@Default')])
    connection = openstack.connect(auth=password_of('smoke'), region_name='RegionOne')
    check('a new user works in its project', connection.image.create_image('x', validate_checksum=False).owner, project['id'])
    run('role', 'remove', '--project', 'smoke', '--user', 'smoke', 'member')
    run('user', 'delete', user['id'])
    run('project', 'delete', project['id'])
    check('openstack project delete', [each['Name'] for each in json.loads(run('project', 'list', '-f', 'json'))], ['admin', 'a', 'b', 'c'])


with_glanceclient()
with_command()
with_sdk()
with_passwords()
as_administrator()
