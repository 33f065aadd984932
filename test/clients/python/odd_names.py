"""Names that clients, servers and proxies encode differently: in queries, paths and bodies."""

import huaweicloudsdkims.v2 as ims
from checks import check, refused

NAMES = [
    'two words',
    'a+b',
    '100%',
    '%2B',
    '*.img',
    "it's (here)!",
    'a=b&c=d',
    '镜像',
    '😀',
    'é',
    '~_-.',
    '/v2/',
    '?#',
    '"\\',
    '$@:,;',
]


def call(cloud):
    client = cloud.client('demo')
    queries(client)
    paths(client)
    tag_keys(client)
    found_by_name(client)


def queries(client):
    found = {
        name: client.list_images(ims.ListImagesRequest(name=name, tag=f'{name}={name}', imagetype='private')).images
        for name in NAMES
    }
    check('python queries odd names', found, {name: [] for name in NAMES})


def paths(client):
    """A path that names no image is refused as such once its signature is good."""
    refusals = {name: refused(client.list_image_tags, ims.ListImageTagsRequest(image_id=name)) for name in NAMES}
    check(
        'python has odd names in paths',
        {name: (status, code) for name, (status, code, *_) in refusals.items()},
        {name: (400, 'IMG.0066') for name in NAMES},
    )


def tag_keys(client):
    """A key stands in a body when it is set, in a path when it is deleted. Keys have letters of China, and no others."""
    image_id = made(client, 'tagged').id
    given = ['镜像', '标-签_1']
    for key in given:
        tag = ims.ResourceTag(key=key, value='值.1')
        client.add_image_tag(ims.AddImageTagRequest(image_id=image_id, body=ims.AddImageTagRequestBody(tag=tag)))
    check('python sets Chinese tags', keys_of(client, image_id), given)
    absent = [name for name in NAMES if name not in given]
    refusals = {
        key: refused(client.delete_image_tag, ims.DeleteImageTagRequest(image_id=image_id, key=key))[:2]
        for key in absent
    }
    check('python deletes tags that are not there', refusals, {key: (404, 'IMG.0121') for key in absent})
    for key in given:
        client.delete_image_tag(ims.DeleteImageTagRequest(image_id=image_id, key=key))
    check('python deletes Chinese tags', keys_of(client, image_id), [])
    client.glance_delete_image(ims.GlanceDeleteImageRequest(image_id=image_id))


def keys_of(client, image_id):
    return [each.key for each in client.list_image_tags(ims.ListImageTagsRequest(image_id=image_id)).tags]


def made(client, name):
    body = ims.GlanceCreateImageMetadataRequestBody(name=name, disk_format='qcow2', container_format='bare')
    return client.glance_create_image_metadata(ims.GlanceCreateImageMetadataRequest(body=body))


def found_by_name(client):
    for name in ['两个 词', 'two words', 'dots.and-dashes_']:
        image_id = made(client, name).id
        found = client.glance_list_images(ims.GlanceListImagesRequest(name=name, imagetype='private')).images
        check(f'python finds the image {name}', [(each.id, each.name) for each in found], [(image_id, name)])
        client.glance_delete_image(ims.GlanceDeleteImageRequest(image_id=image_id))
