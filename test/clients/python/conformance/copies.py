"""Copies of an image, here and in another region, and files of it in a bucket."""

import filecmp
from pathlib import Path

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import FILE, gives


def make(demo, east, buckets):
    original = demo.image(demo.imported('python-original'))
    for operation in ('CopyImageInRegion', 'CopyImageInRegionInSafeMode'):
        in_region(demo, operation, original)
    cross_region(demo, east, original)
    for operation in ('ExportImage', 'ExportImageInSafeMode'):
        exported(demo, operation, original, Path(buckets, 'images'))
    demo.delete(original.id)


def in_region(demo, operation, original):
    body = ims.CopyImageInRegionRequestBody(name=f'python-{operation}', description='the second')
    job_id = demo.call(operation, image_id=original.id, body=body).job_id
    image = demo.made(operation, job_id, 'imsCopyImageInRegionJob')
    check(f'python {operation}: another image', image.id != original.id)
    gives(
        operation,
        'the copy',
        image,
        name=f'python-{operation}',
        description='the second',
        status='active',
        owner=demo.project,
        originalimagename=original.id,
        image_size=original.image_size,
    )
    demo.delete(image.id)


def cross_region(demo, east, original):
    """The copy belongs to the account's project there, whose user sees it."""
    body = ims.CopyImageCrossRegionRequestBody(
        name='python-far',
        description='far away',
        region='cn-east-3',
        project_name='cn-east-3',
        agency_name='ims_admin_agency',
    )
    job_id = demo.call('CopyImageCrossRegion', image_id=original.id, body=body).job_id
    copied = demo.succeeded('CopyImageCrossRegion', job_id, 'imsCrossRegionCopyImageJob').image_id
    check('python CopyImageCrossRegion: copies here', demo.images(id=copied), [])
    gives(
        'CopyImageCrossRegion',
        'the copy there',
        east.image(copied),
        name='python-far',
        description='far away',
        status='active',
        owner=east.project,
        data_origin=f'image,cn-north-4,{original.id}',
    )
    east.delete(copied)


def exported(demo, operation, original, folder):
    key = f'python-{operation}.qcow2'
    body = ims.ExportImageRequestBody(bucket_url=f'images:{key}', file_format='qcow2')
    job_id = demo.call(operation, image_id=original.id, body=body).job_id
    entities = demo.succeeded(operation, job_id, 'imsNativeExportImageJob')
    gives(operation, 'what was exported', entities, image_id=original.id, image_name=None)
    same = filecmp.cmp(folder / key, folder / FILE.partition(':')[2], shallow=False)
    check(f'python {operation}: the file has the bytes of the image', same)
