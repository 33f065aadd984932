"""An image that is shared with the native calls."""

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import gives, one

SCHEMA = '/v2/schemas/member'


def share(demo, partner):
    image_id = demo.imported('python-native-shared')
    member = {'image_id': image_id, 'member_id': partner.project}
    body = ims.GlanceAddImageMemberRequestBody(member=partner.project)
    added = demo.call('GlanceAddImageMember', image_id=image_id, body=body)
    gives('GlanceAddImageMember', 'the member', added, status='pending', schema=SCHEMA, **member)
    again = demo.call('GlanceAddImageMember', image_id=image_id, body=body)
    gives('GlanceAddImageMember', 'the member a second time', again, status='pending', schema=SCHEMA, **member)
    answer = demo.call('GlanceListImageMembers', image_id=image_id)
    gives('GlanceListImageMembers', 'the list', answer, schema='/v2/schemas/members')
    gives(
        'GlanceListImageMembers',
        'the member',
        one('GlanceListImageMembers', 'members', answer.members),
        status='pending',
        schema=SCHEMA,
        created_at=again.created_at,
        updated_at=again.updated_at,
        **member,
    )
    decide = ims.GlanceUpdateImageMemberRequestBody(status='accepted')
    decided = partner.call('GlanceUpdateImageMember', body=decide, **member)
    gives('GlanceUpdateImageMember', 'the member', decided, status='accepted', schema=SCHEMA, **member)
    shown = demo.call('GlanceShowImageMember', **member)
    gives('GlanceShowImageMember', 'the member', shown, status='accepted', created_at=again.created_at, **member)
    seen = partner.call('GlanceShowImage', image_id=image_id)
    gives('GlanceShowImage', 'an accepted image', seen, visibility='shared', owner=demo.project)
    removed = demo.call('GlanceDeleteImageMember', **member)
    gives('GlanceDeleteImageMember', 'an answer without words', removed, status_code=204)
    left = demo.call('GlanceListImageMembers', image_id=image_id).members
    check('python GlanceDeleteImageMember: members that are left', left, [])
    demo.delete(image_id)
