"""Who is let in, and what it may do there."""

import huaweicloudsdkims.v2 as ims
from checks import check, refused
from huaweicloudsdkcore.auth.credentials import BasicCredentials

LIST = ims.ListImagesRequest(limit=1)
NO_IMAGE = '11111111-2222-4333-8444-555555555555'
# The native calls answer with a page and no code, for which the SDK takes the status.
NATIVE = '403'


def refuse(cloud):
    strangers(cloud)
    reader(cloud)
    newcomer(cloud)


def strangers(cloud):
    wrong = cloud.client('demo', secret_key='not-the-secret-key')
    status, code, message, named = refused(wrong.list_images, LIST)
    check('python with a wrong secret key is refused', (status, code, named), (401, 'APIGW.0301', True))
    told = 'verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|limit=1|'
    check('python is told the canonical request', told in message)
    unknown = cloud.client_with(BasicCredentials('NOBODYSACCESSKEY0001', 'any', cloud.users['demo']['project_id']))
    check(
        'python with an unknown access key is refused',
        refused(unknown.list_images, LIST),
        (401, 'APIGW.0301', 'Incorrect IAM authentication information: ak NOBODYSACCESSKEY0001 not exist', True),
    )
    demo, partner = cloud.users['demo'], cloud.users['partner']
    elsewhere = cloud.client_with(BasicCredentials(demo['access_key'], demo['secret_key'], partner['project_id']))
    check(
        'python in a project of another account is refused',
        refused(elsewhere.list_images, LIST)[:2],
        (401, 'APIGW.0301'),
    )


def reader(cloud):
    client = cloud.client('reader')
    check('python may list as a reader', len(client.list_images(LIST).images), 1)
    change = ims.UpdateImageRequestBody(op='replace', path='/name', value='renamed')
    forbidden(
        'rename as a reader',
        client.update_image,
        ims.UpdateImageRequest(image_id=NO_IMAGE, body=[change]),
        'ims:images:update',
    )
    forbidden(
        'delete as a reader',
        client.glance_delete_image,
        ims.GlanceDeleteImageRequest(image_id=NO_IMAGE),
        'ims:images:delete',
        NATIVE,
    )


def newcomer(cloud):
    client = cloud.client('newcomer')
    forbidden('list as a newcomer', client.list_images, LIST, 'ims:images:list')
    forbidden(
        'list native images as a newcomer',
        client.glance_list_images,
        ims.GlanceListImagesRequest(),
        'ims:images:list',
        NATIVE,
    )


def forbidden(what, call, request, action, code='IMG.0026'):
    status, found, message, named = refused(call, request)
    check(f'python may not {what}', (status, found, named), (403, code, True))
    check(f'python is told that {action} is missing', f'allow {action} to be performed.' in message)
