"""What the SDK's exceptions carry: status, code, message and the id of the request."""

import huaweicloudsdkims.v2 as ims
from checks import check, refused

from conformance.account import FILE, Account
from conformance.journal import method_of

NO_IMAGE = '11111111-2222-4333-8444-555555555555'
NO_JOB = '0123456789abcdef0123456789abcdef'
# The native calls answer with a page and no code, for which the SDK takes the status.
NATIVE_ABSENT, NATIVE_FORBIDDEN, NATIVE_CONFLICT = '404', '403', '409'


def refuse(cloud, demo):
    strangers(cloud)
    forbidden(Account.of(cloud, 'reader'))
    absent(demo)
    invalid(demo)
    in_conflict(demo)


def refuses(account, operation, status, code, part, **fields):
    """The part is one of the message."""
    call, request = getattr(account.client, method_of(operation)), getattr(ims, f'{operation}Request')(**fields)
    found_status, found_code, message, named = refused(call, request)
    check(f'python {operation}: refused with {status}', (found_status, found_code, named), (status, code, True))
    check(f'python {operation}: told {part}', message if part not in message else part, part)


def strangers(cloud):
    demo = Account.of(cloud, 'demo')
    wrong = Account(cloud.client('demo', secret_key='not-the-secret-key'), demo.project)
    told = 'verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|limit=1|'
    refuses(wrong, 'ListImages', 401, 'APIGW.0301', told, limit=1)


def forbidden(reader):
    change = ims.UpdateImageRequestBody(op='replace', path='/name', value='python-forbidden')
    told = "Policy doesn't allow ims:images:update to be performed."
    refuses(reader, 'UpdateImage', 403, 'IMG.0026', told, image_id=NO_IMAGE, body=[change])
    told = 'allow ims:images:delete to be performed.'
    refuses(reader, 'GlanceDeleteImage', 403, NATIVE_FORBIDDEN, told, image_id=NO_IMAGE)


def absent(demo):
    refuses(demo, 'GlanceShowImage', 404, NATIVE_ABSENT, NO_IMAGE, image_id=NO_IMAGE)
    told = 'The image ID in the request does not exist.'
    refuses(demo, 'ListImageTags', 400, 'IMG.0027', told, image_id=NO_IMAGE)
    refuses(demo, 'ShowJob', 400, 'IMG.0023', 'An exception occurred during task query.', job_id=NO_JOB)
    refuses(demo, 'ShowJobProgress', 400, 'IMG.0023', 'An exception occurred during task query.', job_id=NO_JOB)


def invalid(demo):
    body = ims.CreateImageRequestBody(name='python-refused', image_url=FILE, min_disk=0)
    refuses(demo, 'CreateImage', 400, 'IMG.0055', 'The memory or disk size is invalid.', body=body)
    refuses(demo, 'ListImageTags', 400, 'IMG.0066', 'The image ID is incorrect.', image_id='no id')


def in_conflict(demo):
    """A change of what an image does not have, and one tag more than it may have."""
    image_id = demo.imported('python-full')
    change = ims.GlanceUpdateImageRequestBody(op='replace', path='/colour', value='red')
    told = 'Property colour does not exist.'
    refuses(demo, 'GlanceUpdateImage', 409, NATIVE_CONFLICT, told, image_id=image_id, body=[change])
    tags = [ims.ResourceTag(key=f'python-{number}', value='') for number in range(11)]
    body = ims.BatchAddOrDeleteTagsRequestBody(action='create', tags=tags)
    told = 'The number of image tags exceeds the quota.'
    refuses(demo, 'BatchAddOrDeleteTags', 400, 'IMG.0116', told, image_id=image_id, body=body)
    check('python BatchAddOrDeleteTags: no tag of too many', demo.image(image_id).tags, [])
    demo.delete(image_id)
