"""An image with the native calls, from its description to its deletion."""

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import gives, one

SYSTEM = 'Ubuntu 18.04 server 64bit'


def live(demo):
    image_id = described(demo)
    listed(demo, image_id)
    tagged(demo, image_id)
    patched(demo, image_id)
    answer = demo.call('GlanceDeleteImage', image_id=image_id)
    gives('GlanceDeleteImage', 'an answer without words', answer, status_code=204)
    check('python GlanceDeleteImage: images that are left', by_name(demo, 'python-patched'), [])


def described(demo):
    body = ims.GlanceCreateImageMetadataRequestBody(
        name='python-described',
        os_version=SYSTEM,
        container_format='bare',
        disk_format='qcow2',
        min_disk=5,
        min_ram=1024,
        tags=['python-first'],
        visibility='private',
        protected=False,
    )
    made = demo.call('GlanceCreateImageMetadata', body=body)
    meant = {
        'name': 'python-described',
        'status': 'queued',
        'owner': demo.project,
        'visibility': 'private',
        'protected': False,
        'disk_format': 'qcow2',
        'container_format': 'bare',
        'min_disk': 5,
        'min_ram': 1024,
        'tags': ['python-first'],
        'os_version': SYSTEM,
        'os_type': 'Linux',
        'os_bit': '64',
        'platform': 'Ubuntu',
        'imagetype': 'private',
        'virtual_env_type': 'FusionCompute',
        'image_size': '0',
        '_self': f'/v2/images/{made.id}',
        'file': f'/v2/images/{made.id}/file',
        'schema': '/v2/schemas/image',
    }
    gives('GlanceCreateImageMetadata', 'the image', made, status_code=201, **meant)
    times = {'created_at': made.created_at, 'updated_at': made.updated_at}
    gives('GlanceShowImage', 'the image', show(demo, made.id), id=made.id, **meant, **times)
    found = one('GlanceListImages', 'images of a name', by_name(demo, 'python-described'))
    gives('GlanceListImages', 'the image', found, id=made.id, **meant, **times)
    return made.id


def show(account, image_id):
    return account.call('GlanceShowImage', image_id=image_id)


def by_name(demo, name):
    return demo.call('GlanceListImages', name=name).images


def listed(demo, image_id):
    page = demo.call('GlanceListImages', visibility='public', limit=1)
    last = one('GlanceListImages', 'images of a page', page.images)
    gives('GlanceListImages', 'a public image', last, imagetype='gold', visibility='public', status='active')
    gives('GlanceListImages', 'the page', page, schema='/v2/schemas/images')
    check('python GlanceListImages: the first page keeps the query', 'visibility=public' in page.first)
    check('python GlanceListImages: the next page begins after the last image', f'marker={last.id}' in page.next)
    own = demo.call('GlanceListImages', owner=demo.project, status='queued').images
    check('python GlanceListImages: images by owner and status', image_id in [each.id for each in own])


def tagged(demo, image_id):
    made = demo.call('GlanceCreateTag', image_id=image_id, tag='python-second')
    gives('GlanceCreateTag', 'an answer without words', made, status_code=204)
    gives('GlanceCreateTag', 'the image', show(demo, image_id), tags=['python-first', 'python-second'])
    gone = demo.call('GlanceDeleteTag', image_id=image_id, tag='python-first')
    gives('GlanceDeleteTag', 'an answer without words', gone, status_code=204)
    gives('GlanceDeleteTag', 'the image', show(demo, image_id), tags=['python-second'])


def patched(demo, image_id):
    """The SDK leaves this body unsigned: its media type is none of JSON's own."""
    changes = [
        ims.GlanceUpdateImageRequestBody(op='replace', path='/name', value='python-patched'),
        ims.GlanceUpdateImageRequestBody(op='add', path='/__description', value='native'),
        ims.GlanceUpdateImageRequestBody(op='add', path='/hw_firmware_type', value='uefi'),
    ]
    meant = {'id': image_id, 'name': 'python-patched', 'description': 'native', 'hw_firmware_type': 'uefi'}
    gives('GlanceUpdateImage', 'the image', demo.call('GlanceUpdateImage', image_id=image_id, body=changes), **meant)
    gives('GlanceShowImage', 'the changed image', show(demo, image_id), **meant)
