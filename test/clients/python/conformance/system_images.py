"""Images of a file in a bucket, of a file that loads while it is used, and of a server."""

from pathlib import Path

import huaweicloudsdkims.v2 as ims

from conformance.account import FILE, gives

PRODUCTION = '60000000-0000-4000-8000-000000000001'
SYSTEM = 'CentOS 7.6 64bit'
WEB_SERVER = '10000000-0000-4000-8000-000000000001'
QUICK_FILE = 'python-quick.zvhd2'


def make(demo, buckets):
    folder = Path(buckets, 'images')
    size = (folder / FILE.partition(':')[2]).stat().st_size
    for operation in ('CreateImage', 'CreateImageInSafeMode'):
        from_file(demo, operation, size)
    from_server(demo)
    (folder / QUICK_FILE).write_text('zvhd2', encoding='utf-8')
    for operation in ('ImportImageQuick', 'ImportImageQuickInSafeMode'):
        quickly(demo, operation)


def from_file(demo, operation, size):
    name = f'python-镜像-{operation}'
    body = ims.CreateImageRequestBody(
        name=name,
        description='来自文件',
        image_url=FILE,
        min_disk=1,
        min_ram=512,
        max_ram=4096,
        os_version=SYSTEM,
        architecture='x86',
        hw_firmware_type='uefi',
        enterprise_project_id=PRODUCTION,
        image_tags=[ims.TagKeyValue(key='from', value='file')],
    )
    image = demo.made(operation, demo.call(operation, body=body).job_id, 'imsImportImageJob')
    private_and_active(demo, operation, image)
    gives(
        operation,
        'the image of a file',
        image,
        name=name,
        description='来自文件',
        min_disk=1,
        min_ram=512,
        max_ram='4096',
        os_version=SYSTEM,
        os_bit='64',
        platform='CentOS',
        support_arm='false',
        hw_firmware_type='uefi',
        enterprise_project_id=PRODUCTION,
        tags=['from=file'],
        image_size=str(size),
        data_origin=f'file,{FILE}',
        root_origin='file',
    )
    demo.delete(image.id)


def from_server(demo):
    body = ims.CreateImageRequestBody(
        name='python-web', description='as it was on Monday', instance_id=WEB_SERVER, tags=['env.prod', 'bare']
    )
    image = demo.made('CreateImage', demo.call('CreateImage', body=body).job_id, 'imsCreateImageByInstance')
    private_and_active(demo, 'CreateImage', image)
    gives(
        'CreateImage',
        'the image of a server',
        image,
        name='python-web',
        description='as it was on Monday',
        data_origin=f'instance,{WEB_SERVER}',
        os_version='CentOS 7.4 64bit',
        min_disk=40,
        tags=['env=prod', 'bare'],
    )
    demo.delete(image.id)


def quickly(demo, operation):
    body = ims.QuickImportImageByFileRequestBody(
        name=f'python-{operation}',
        os_version=SYSTEM,
        image_url=f'images:{QUICK_FILE}',
        min_disk=40,
        type='ECS',
        image_tags=[ims.ResourceTag(key='way', value='quick')],
    )
    image = demo.made(operation, demo.call(operation, body=body).job_id, 'imsImportImageJob')
    private_and_active(demo, operation, image)
    gives(
        operation,
        'the image of a file that loads while it is used',
        image,
        name=f'python-{operation}',
        min_disk=40,
        os_version=SYSTEM,
        tags=['way=quick'],
        image_size='5',
        lazyloading='true',
    )
    demo.delete(image.id)


def private_and_active(demo, operation, image):
    gives(
        operation,
        'a private image for servers',
        image,
        status='active',
        imagetype='private',
        visibility='private',
        owner=demo.project,
        virtual_env_type='FusionCompute',
        os_type='Linux',
        disk_format='zvhd2',
        container_format='bare',
        protected=False,
        system_support_market=True,
        _self=f'/v2/images/{image.id}',
    )
