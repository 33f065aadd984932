"""The schemas that the native calls publish; the SDK leaves their properties as they come."""

from checks import check

from conformance.account import gives


def read(demo):
    image = demo.call('GlanceShowImageSchemas')
    described('GlanceShowImageSchemas', image, 'image', 'status', 'string')
    gives('GlanceShowImageSchemas', 'what is not described', image.additional_properties, type='string')
    related('GlanceShowImageSchemas', image, 'self', 'enclosure', 'describedby')
    images = demo.call('GlanceListImageSchemas')
    described('GlanceListImageSchemas', images, 'images', 'images', 'array')
    related('GlanceListImageSchemas', images, 'first', 'next', 'describedby')
    member = demo.call('GlanceShowImageMemberSchemas')
    described('GlanceShowImageMemberSchemas', member, 'member', 'member_id', 'string')
    members = demo.call('GlanceListImageMemberSchemas')
    described('GlanceListImageMemberSchemas', members, 'members', 'members', 'array')
    related('GlanceListImageMemberSchemas', members, 'describedby')


def described(operation, schema, name, field, kind):
    gives(operation, 'the schema', schema, name=name)
    check(f'python {operation}: type of {field}', schema.properties.get(field, {}).get('type'), kind)


def related(operation, schema, *relations):
    check(f'python {operation}: links', [each.rel for each in schema.links], list(relations))
