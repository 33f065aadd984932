"""What the official Python SDK of the Cloud Trace Service reads of calls that the SDK of images made."""

import huaweicloudsdkcts.v3 as cts
import huaweicloudsdkims.v2 as ims
from checks import check, refused
from huaweicloudsdkcore.auth.credentials import BasicCredentials

NO_IMAGE = '00000000-0000-4000-8000-fffffffffffe'


def client(cloud, name):
    user = cloud.users[name]
    credentials = BasicCredentials(user['access_key'], user['secret_key'], user['project_id'])
    return cts.CtsClient.new_builder().with_credentials(credentials).with_endpoint(cloud.endpoint).build()


def trace(cloud):
    images, audit, user = cloud.client('demo'), client(cloud, 'demo'), cloud.users['demo']
    created = ims.GlanceCreateImageMetadataRequest(
        body=ims.GlanceCreateImageMetadataRequestBody(name='audited', disk_format='raw', container_format='bare')
    )
    image = images.glance_create_image_metadata(created).id
    images.glance_delete_image(ims.GlanceDeleteImageRequest(image_id=image))
    found = audit.list_traces(cts.ListTracesRequest(trace_type='system', resource_id=image)).traces
    check('python reads the traces of an image', [each.trace_name for each in found], ['deleteImage', 'createImage'])
    deletion = found[0]
    seen = (
        deletion.code,
        deletion.trace_rating,
        deletion.resource_name,
        deletion.service_type,
        deletion.user.name,
        deletion.user.access_key_id,
        deletion.read_only,
        type(deletion.time),
    )
    meant = ('204', 'normal', 'audited', 'IMS', 'demo', user['access_key'], False, int)
    check('python reads who deleted it', seen, meant)
    unknown = ims.GlanceDeleteImageRequest(image_id=NO_IMAGE)
    check('python deletes no unknown image', refused(images.glance_delete_image, unknown)[0], 404)
    warnings = cts.ListTracesRequest(trace_type='system', resource_id=NO_IMAGE, trace_rating='warning')
    check('python reads the trace of a refused call', [each.code for each in audit.list_traces(warnings).traces], ['404'])
    pages(audit)
    lists(audit, user)
    denied = refused(client(cloud, 'reader').list_traces, cts.ListTracesRequest(trace_type='system'))
    check('python is refused without the right to the audit', denied[:2], (403, 'CTS.0013'))


def pages(audit):
    """Page by page, the traces are those of one large page."""
    whole = [each.trace_id for each in audit.list_traces(cts.ListTracesRequest(trace_type='system', limit=200)).traces]
    found, marker = [], None
    while True:
        page = audit.list_traces(cts.ListTracesRequest(trace_type='system', limit=7, next=marker))
        found += [each.trace_id for each in page.traces]
        marker = page.meta_data.marker
        if marker is None:
            break
    check('python reads traces page by page', found[: len(whole)], whole)


def lists(audit, user):
    operations = audit.list_operations(cts.ListOperationsRequest(service_type='IMS', resource_type='ims')).operations
    check('python lists the names of traces', 'deleteMemeber' in operations[0].operation_list)
    users = audit.list_user_resources(cts.ListUserResourcesRequest()).users
    check('python lists the users', 'demo' in [each.name for each in users])
    trackers = audit.list_trackers(cts.ListTrackersRequest()).trackers
    tracker = (trackers[0].tracker_name, trackers[0].status, trackers[0].project_id)
    check('python lists the tracker', tracker, ('system', 'enabled', user['project_id']))
    quotas = audit.list_quotas(cts.ListQuotasRequest()).resources
    check('python lists the quotas', [each.type for each in quotas], ['system_tracker', 'data_tracker'])
