"""What jobs say of themselves, to the call for their result and to the call for their progress, and of their parts."""

import re

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import FILE, gives

LOGS_DISK = '20000000-0000-4000-8000-000000000102'
CACHE_DISK = '20000000-0000-4000-8000-000000000103'
# The cloud's times have a fixed width, so that their order is that of their letters.
TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z')


def watch(demo):
    body = ims.CreateImageRequestBody(name='python-job', image_url=FILE, min_disk=1)
    job_id = demo.call('CreateImage', body=body).job_id
    job = demo.finished(job_id)
    ended(job_id, 'ShowJob', job)
    gives('ShowJob', 'no progress', job.entities, process_percent=None, current_task=None)
    shown = demo.call('ShowJobProgress', job_id=job_id)
    ended(job_id, 'ShowJobProgress', shown)
    progress = {'image_id': job.entities.image_id, 'process_percent': 1.0, 'current_task': ''}
    gives('ShowJobProgress', 'the image and its progress', shown.entities, **progress)
    check('python ShowJobProgress: length of subJobId', len(shown.entities.sub_job_id), 32)
    demo.delete(job.entities.image_id)
    parts(demo)


def ended(job_id, operation, job):
    gives(
        operation,
        'a job that went well',
        job,
        job_id=job_id,
        job_type='imsImportImageJob',
        status='SUCCESS',
        error_code=None,
        fail_reason=None,
    )
    times = [bool(TIME.fullmatch(time)) for time in (job.begin_time, job.end_time)]
    check(f'python {operation}: times', (times, job.begin_time <= job.end_time), ([True, True], True))
    gives(operation, 'what it made', job.entities, image_name='python-job')


def parts(demo):
    """One job makes images of several disks of a server, each in a part of its own."""
    disks = [
        ims.CreateDataImage(name='python-logs', volume_id=LOGS_DISK, description='logs'),
        ims.CreateDataImage(name='python-cache', volume_id=CACHE_DISK, tags=['fast.yes']),
    ]
    job_id = demo.call('CreateImage', body=ims.CreateImageRequestBody(data_images=disks)).job_id
    entities = demo.succeeded('CreateImage', job_id, 'imsVolumesToSysDataImagesJob')
    results = entities.sub_jobs_result
    check('python ShowJob: ids of the parts', [each.job_id for each in results], entities.sub_jobs_list)
    check(
        'python ShowJob: the parts',
        [(each.job_type, each.status, each.entities.image_name) for each in results],
        [('imsCopyVolumeToImageJob', 'SUCCESS', name) for name in ('python-logs', 'python-cache')],
    )
    logs, cache = (demo.image(each.entities.image_id) for each in results)
    disk_image(logs, LOGS_DISK, description='logs', min_disk=100, tags=[])
    disk_image(cache, CACHE_DISK, description=None, min_disk=200, tags=['fast=yes'])
    demo.delete(logs.id)
    demo.delete(cache.id)


def disk_image(image, disk, **meant):
    gives(
        'CreateImage',
        'the image of a disk',
        image,
        data_origin=f'volume,{disk}',
        virtual_env_type='DataImage',
        status='active',
        **meant,
    )
