"""Creates images of servers with the official SDK."""

import time

from huaweicloudsdkims.v2 import CreateImageRequest, CreateImageRequestBody, ImsClient, ShowJobProgressRequest

SECONDS_BETWEEN_LOOKS = 1


class JobFailed(Exception):
    """A job of the cloud failed; `code` is the cloud's error code, such as IMG.0057."""

    def __init__(self, code, reason):
        super().__init__(f'{code}: {reason}')
        self.code = code


def image_of_server(client: ImsClient, name, server_id, pause=time.sleep):
    """Creates an image of a server; returns its id when its job has succeeded.

    `pause` waits for so many seconds; tests hand in one that moves virtual time.
    """
    order = CreateImageRequestBody(name=name, instance_id=server_id)
    job_id = client.create_image(CreateImageRequest(body=order)).job_id
    while True:
        job = client.show_job_progress(ShowJobProgressRequest(job_id=job_id))
        if job.status == 'SUCCESS':
            return job.entities.image_id
        if job.status == 'FAIL':
            raise JobFailed(job.error_code, job.fail_reason)
        pause(SECONDS_BETWEEN_LOOKS)
