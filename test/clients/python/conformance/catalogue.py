"""What there is: images, changed and listed, quotas, systems, and the versions of the API."""

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import gives, one


def look(demo, endpoint):
    public_images(demo)
    changed(demo)
    quotas(demo)
    systems(demo)
    versions(demo, endpoint)


def public_images(demo):
    query = {'imagetype': 'gold', 'platform': 'CentOS', 'sort_key': 'name', 'sort_dir': 'asc', 'limit': 2}
    page = demo.images(**query)
    gives(
        'ListImages',
        'a public image',
        page[0],
        imagetype='gold',
        visibility='public',
        platform='CentOS',
        os_type='Linux',
        protected=True,
        status='active',
        tags=[],
    )
    following = demo.images(**query, marker=page[1].id)
    names = [image.name for image in page + following]
    check('python ListImages: two pages in order', (names, len(set(names))), (sorted(names), 4))


def changed(demo):
    image_id = demo.imported('python-before')
    changes = [
        ims.UpdateImageRequestBody(op='replace', path='/name', value='python-after'),
        ims.UpdateImageRequestBody(op='add', path='/__description', value='说明'),
        ims.UpdateImageRequestBody(op='replace', path='/min_ram', value='2048'),
    ]
    meant = {'id': image_id, 'name': 'python-after', 'description': '说明', 'min_ram': 2048, 'status': 'active'}
    gives('UpdateImage', 'the changed image', demo.call('UpdateImage', image_id=image_id, body=changes), **meant)
    gives('ListImages', 'the changed image', one('ListImages', 'a name', demo.images(name='python-after')), **meant)
    demo.delete(image_id)
    check('python GlanceDeleteImage: images that are left', demo.images(id=image_id), [])


def quotas(demo):
    before = demo.quota('image')
    gives('ShowImageQuota', 'the quota of images', before, type='image', quota=100, min=1, max=1000)
    image_id = demo.imported('python-counted')
    check('python ShowImageQuota: one image more', demo.quota('image').used, before.used + 1)
    demo.delete(image_id)
    check('python ShowImageQuota: one image less', demo.quota('image').used, before.used)


def systems(demo):
    platforms = demo.call('ListOsVersions', tag='arm').body
    centos = one('ListOsVersions', 'platforms called CentOS', [each for each in platforms if each.platform == 'CentOS'])
    version = centos.version_list[0]
    gives(
        'ListOsVersions',
        'a version',
        version,
        platform='CentOS',
        os_version_key=version.os_version,
        os_bit=64,
        os_type='Linux',
    )


def versions(demo, endpoint):
    found = demo.call('ListVersions').versions
    check('python ListVersions: ids', [each.id for each in found], ['v2.2', 'v2.1', 'v2.0', 'v1.1', 'v1.0'])
    version = one('ShowVersion', 'versions', demo.call('ShowVersion', version='v2').versions)
    links = [ims.Links(href=f'{endpoint}/v2/', rel='self')]
    gives('ShowVersion', 'the version', version, id='v2.2', status='CURRENT', links=links)
