"""Images of data disks and of whole servers, and descriptions that a file is registered for."""

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import FILE, gives, one
from conformance.system_images import SYSTEM, WEB_SERVER

VAULT = '30000000-0000-4000-8000-000000000001'
BACKUP = '40000000-0000-4000-8000-000000000011'


def make(demo):
    for operation in ('CreateDataImage', 'CreateDataImageInSafeMode'):
        data_disk(demo, operation)
    whole_server(demo)
    whole_backup(demo)
    registered(demo)


def data_disk(demo, operation):
    body = ims.CreateDataImageRequestBody(
        name=f'python-{operation}',
        description='logs',
        image_url=FILE,
        min_disk=40,
        os_type='Windows',
        image_tags=[ims.ImageTag(key='disk', value='logs')],
    )
    image = demo.made(operation, demo.call(operation, body=body).job_id, 'imsImportDataImageJob')
    gives(
        operation,
        'the image of a data disk',
        image,
        name=f'python-{operation}',
        description='logs',
        status='active',
        virtual_env_type='DataImage',
        os_type='Windows',
        os_version=None,
        min_disk=40,
        tags=['disk=logs'],
        system_support_market=False,
    )
    demo.delete(image.id)


def whole_server(demo):
    body = ims.CreateWholeImageRequestBody(
        name='python-whole',
        description='all of it',
        instance_id=WEB_SERVER,
        vault_id=VAULT,
        min_ram=1024,
        max_ram=4096,
        image_tags=[ims.TagKeyValue(key='env', value='prod')],
    )
    job_id = demo.call('CreateWholeImage', body=body).job_id
    image = demo.made('CreateWholeImage', job_id, 'imsCreateWholeImageByInstanceJob')
    whole(demo, image)
    gives(
        'CreateWholeImage',
        'the image of a server',
        image,
        name='python-whole',
        description='all of it',
        min_ram=1024,
        max_ram='4096',
        tags=['env=prod'],
        data_origin=f'instance,{WEB_SERVER}',
    )
    disk = one('ListImages', 'images of a data disk', demo.images(name='python-whole-data-1'))
    gives(
        'CreateWholeImage',
        'the image of a data disk',
        disk,
        virtual_env_type='DataImage',
        min_disk=100,
        backup_id=image.backup_id,
    )
    demo.call('GlanceDeleteImage', image_id=image.id, body=ims.GlanceDeleteImageRequestBody(delete_backup=True))
    check('python GlanceDeleteImage: images left of a whole one', demo.images(id=image.id), [])


def whole_backup(demo):
    body = ims.CreateWholeImageRequestBody(name='python-backup', backup_id=BACKUP, whole_image_type='CBR')
    job_id = demo.call('CreateWholeImage', body=body).job_id
    image = demo.made('CreateWholeImage', job_id, 'imsCreateWholeImageByBackupJob')
    whole(demo, image)
    gives(
        'CreateWholeImage',
        'the image of a backup',
        image,
        name='python-backup',
        data_origin=f'server_backup,{BACKUP}',
        backup_id=BACKUP,
    )
    demo.delete(image.id)


def whole(demo, image):
    gives(
        'CreateWholeImage',
        'a whole image',
        image,
        status='active',
        imagetype='private',
        owner=demo.project,
        min_disk=40,
        os_version='CentOS 7.4 64bit',
        system_support_market=False,
    )


def registered(demo):
    described = ims.GlanceCreateImageMetadataRequestBody(name='python-registered', os_version=SYSTEM, min_disk=5)
    image_id = demo.call('GlanceCreateImageMetadata', body=described).id
    body = ims.RegisterImageRequestBody(image_url=FILE)
    job_id = demo.call('RegisterImage', image_id=image_id, body=body).job_id
    image = demo.made('RegisterImage', job_id, 'imsNativeImportImageJob')
    gives(
        'RegisterImage',
        'the image',
        image,
        id=image_id,
        name='python-registered',
        status='active',
        min_disk=5,
        os_version=SYSTEM,
        data_origin=f'file,{FILE}',
    )
    demo.delete(image_id)
