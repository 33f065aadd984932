"""The life of an image, from a file in a bucket to its deletion, signed with an access key all the way."""

import filecmp
import os

import huaweicloudsdkims.v2 as ims
from checks import check

FILE = 'images:tiny-v3.qcow2'
COPY = 'copy.qcow2'


def live(cloud):
    client = cloud.client('demo')
    gold = client.list_images(ims.ListImagesRequest(imagetype='gold', limit=2)).images
    check('python lists public images', [each.imagetype for each in gold], ['gold', 'gold'])
    versions = client.list_versions(ims.ListVersionsRequest()).versions
    check('python reads the versions', 'v2.0' in [each.id for each in versions])
    before = quota_used(client)
    image_id = imported(client)
    check('python sees the quota used', quota_used(client), before + 1)
    renamed(client, image_id)
    tagged(client, image_id)
    patched(client, image_id)
    exported(client, cloud, image_id)
    client.glance_delete_image(ims.GlanceDeleteImageRequest(image_id=image_id))
    check('python deletes', client.list_images(ims.ListImagesRequest(id=image_id)).images, [])
    check('python sees the quota free again', quota_used(client), before)


def imported(client):
    """Imports an image and gives its id."""
    job = client.create_image(
        ims.CreateImageRequest(
            body=ims.CreateImageRequestBody(name='sdk 镜像', image_url=FILE, min_disk=1, os_version='CentOS 7.6 64bit')
        )
    )
    done = finished(client, job.job_id)
    check('python imports a file', (done.status, done.job_type), ('SUCCESS', 'imsImportImageJob'))
    (image,) = client.list_images(ims.ListImagesRequest(id=done.entities.image_id)).images
    check('python shows the image', (image.name, image.status, image.disk_format), ('sdk 镜像', 'active', 'zvhd2'))
    return image.id


def finished(client, job_id):
    """The job once it is done: at the first looks, as the scenario takes no time."""
    for _ in range(10):
        job = client.show_job(ims.ShowJobRequest(job_id=job_id))
        if job.status in ('SUCCESS', 'FAIL'):
            return job
    return job


def quota_used(client):
    resources = client.show_image_quota(ims.ShowImageQuotaRequest()).quotas.resources
    return next(each.used for each in resources if each.type == 'image')


def renamed(client, image_id):
    change = ims.UpdateImageRequestBody(op='replace', path='/name', value='renamed')
    image = client.update_image(ims.UpdateImageRequest(image_id=image_id, body=[change]))
    check('python renames', (image.id, image.name), (image_id, 'renamed'))


def tagged(client, image_id):
    body = ims.BatchAddOrDeleteTagsRequestBody(
        action='create', tags=[ims.ResourceTag(key='环境', value='测试'), ims.ResourceTag(key='team', value='storage')]
    )
    client.batch_add_or_delete_tags(ims.BatchAddOrDeleteTagsRequest(image_id=image_id, body=body))
    client.delete_image_tag(ims.DeleteImageTagRequest(image_id=image_id, key='环境'))
    tags = client.list_image_tags(ims.ListImageTagsRequest(image_id=image_id)).tags
    check(
        'python tags, and deletes the tag with the Chinese key',
        [(each.key, each.value) for each in tags],
        [('team', 'storage')],
    )


def patched(client, image_id):
    """The SDK leaves this body unsigned: its media type is none of JSON's own."""
    change = ims.GlanceUpdateImageRequestBody(op='replace', path='/name', value='patched')
    image = client.glance_update_image(ims.GlanceUpdateImageRequest(image_id=image_id, body=[change]))
    check('python patches the native image', (image.id, image.name), (image_id, 'patched'))


def exported(client, cloud, image_id):
    body = ims.ExportImageRequestBody(bucket_url=f'images:{COPY}', file_format='qcow2')
    job = client.export_image(ims.ExportImageRequest(image_id=image_id, body=body))
    check('python exports', finished(client, job.job_id).status, 'SUCCESS')
    folder = os.path.join(cloud.buckets, 'images')
    same = filecmp.cmp(os.path.join(folder, COPY), os.path.join(folder, FILE.partition(':')[2]), shallow=False)
    check('python exports the same bytes', same)
