"""A user at work: calls by the name of the operation, and what every subject needs of jobs and images."""

import sys
from dataclasses import dataclass
from pathlib import Path

import huaweicloudsdkims.v2 as ims
from checks import check
from huaweicloudsdkcore.exceptions.exceptions import SdkException

from conformance.journal import method_of

# The disk image that the bucket holds from the start.
FILE = 'images:tiny-v3.qcow2'
# Starts the name of everything that a run makes, so that it can be taken away.
PREFIX = 'python-'


def gives(operation, what, model, **meant):
    """Ends the run when a field of the decoded model differs."""
    check(f'python {operation}: {what}', {name: getattr(model, name, 'no such field') for name in meant}, meant)


def one(operation, what, models):
    """The only one of a list."""
    check(f'python {operation}: number of {what}', len(models), 1)
    return models[0]


@dataclass(frozen=True)
class Account:
    client: ims.ImsClient
    project: str

    @classmethod
    def of(cls, cloud, name):
        return cls(cloud.client(name), cloud.users[name]['project_id'])

    def call(self, operation, **fields):
        """The answer of a call that is meant to succeed."""
        request = getattr(ims, f'{operation}Request')(**fields)
        try:
            return getattr(self.client, method_of(operation))(request)
        except (SdkException, TypeError, ValueError) as error:
            # What the SDK cannot decode is told as a wrong type or value.
            sys.exit(f'not ok python {operation}\n  found {error!r} {error}\n  meant success')

    def finished(self, job_id):
        """The job once it is done: at the first looks, as the scenario takes no time."""
        for _ in range(10):
            job = self.call('ShowJob', job_id=job_id)
            if job.status in ('SUCCESS', 'FAIL'):
                break
        return job

    def succeeded(self, operation, job_id, job_type):
        """What the job of an operation names in the end."""
        job = self.finished(job_id)
        gives(operation, 'its job', job, job_id=job_id, job_type=job_type, status='SUCCESS', error_code=None)
        return job.entities

    def made(self, operation, job_id, job_type):
        """The image that the job of an operation has made, as the list shows it."""
        return self.image(self.succeeded(operation, job_id, job_type).image_id)

    def images(self, **query):
        return self.call('ListImages', **query).images

    def image(self, image_id):
        return one('ListImages', 'images with an id', self.images(id=image_id))

    def imported(self, name):
        """The id of a new image of the file."""
        body = ims.CreateImageRequestBody(name=name, image_url=FILE, min_disk=1)
        return self.finished(self.call('CreateImage', body=body).job_id).entities.image_id

    def delete(self, image_id):
        self.call('GlanceDeleteImage', image_id=image_id)

    def quota(self, kind):
        resources = self.call('ShowImageQuota').quotas.resources
        return one('ShowImageQuota', f'quotas of {kind}', [each for each in resources if each.type == kind])


def clean(cloud):
    """Takes away what a run made, also one that ended early; what the SDK raises here leaves the first failure told."""
    for name in ('demo', 'demo-east'):
        client = cloud.client(name)
        for image in client.list_images(ims.ListImagesRequest(imagetype='private')).images:
            if image.name.startswith(PREFIX):
                client.glance_delete_image(ims.GlanceDeleteImageRequest(image_id=image.id))
    for file in Path(cloud.buckets, 'images').glob(f'{PREFIX}*'):
        file.unlink()
