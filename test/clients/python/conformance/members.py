"""An image that one project shares with another: offered, accepted, taken back."""

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import gives, one


def share(demo, partner):
    image_id = demo.imported('python-shared')
    both = {'images': [image_id], 'projects': [partner.project]}
    job_id = demo.call('BatchAddMembers', body=ims.BatchAddMembersRequestBody(**both)).job_id
    done('BatchAddMembers', demo, job_id, 'imsAddImageMembersJob', image_id, partner)
    listed(demo, partner, image_id, 'pending')
    check('python ListImages: images before one is accepted', partner.images(id=image_id), [])
    accepted(demo, partner, image_id)
    job_id = demo.call('BatchDeleteMembers', body=ims.BatchAddMembersRequestBody(**both)).job_id
    entities = demo.succeeded('BatchDeleteMembers', job_id, 'imsDelImageMembersJob')
    check('python BatchDeleteMembers: results of its job', entities.results, [])
    check('python BatchDeleteMembers: members left', demo.call('ListImageMembers', image_id=image_id).members, [])
    check('python BatchDeleteMembers: images for the other project', partner.images(id=image_id), [])
    demo.delete(image_id)


def accepted(demo, partner, image_id):
    body = ims.BatchUpdateMembersRequestBody(images=[image_id], project_id=partner.project, status='accepted')
    job_id = partner.call('BatchUpdateMembers', body=body).job_id
    done('BatchUpdateMembers', partner, job_id, 'imsUpdateImageMembersJob', image_id, partner)
    listed(demo, partner, image_id, 'accepted')
    gives(
        'ListImages',
        'an accepted image',
        partner.image(image_id),
        name='python-shared',
        imagetype='shared',
        visibility='shared',
        owner=demo.project,
        status='active',
    )


def done(operation, account, job_id, job_type, image_id, partner):
    results = account.succeeded(operation, job_id, job_type).results
    gives(
        operation,
        'the result',
        one(operation, 'results', results),
        image_id=image_id,
        project_id=partner.project,
        status='success',
    )


def listed(demo, partner, image_id, status):
    answer = demo.call('ListImageMembers', image_id=image_id)
    gives('ListImageMembers', 'the list', answer, schema='/v2/schemas/members')
    gives('ListImageMembers', 'the page', answer.page_info, current_count=1, next_marker=None)
    meant = {
        'status': status,
        'image_id': image_id,
        'member_id': partner.project,
        'member_type': 'project',
        'schema': '/v2/schemas/member',
    }
    member = one('ListImageMembers', 'members', answer.members)
    gives('ListImageMembers', f'a member, {status}', member, **meant)
    alone = demo.call('ShowImageMember', image_id=image_id, member_id=partner.project)
    gives(
        'ShowImageMember',
        f'a member, {status}',
        alone,
        created_at=member.created_at,
        updated_at=member.updated_at,
        **meant,
    )
