"""An image whose tags come and go: one by one, in batches, searched for."""

import huaweicloudsdkims.v2 as ims
from checks import check

from conformance.account import gives, one

ENVIRONMENT = ims.ResourceTag(key='环境', value='测试')
VERSION = ims.ResourceTag(key='python-version', value='3')
TEAM = ims.ResourceTag(key='python-team', value='storage')
BARE = ims.ResourceTag(key='python-bare', value='')


def change(demo):
    image_id = demo.imported('python-tagged')
    one_by_one(demo, image_id)
    in_batches(demo, image_id)
    searched(demo, image_id)
    taken_away(demo, image_id)
    demo.delete(image_id)


def leaves(demo, image_id, operation, *tags):
    found = demo.call('ListImageTags', image_id=image_id).tags
    check(f'python {operation}: tags that the image has', found, list(tags))


def done(demo, operation, **fields):
    gives(operation, 'an answer without words', demo.call(operation, **fields), status_code=204)


def one_by_one(demo, image_id):
    done(demo, 'AddImageTag', image_id=image_id, body=ims.AddImageTagRequestBody(tag=ENVIRONMENT))
    leaves(demo, image_id, 'AddImageTag', ENVIRONMENT)
    dotted = ims.AddOrUpdateTagsRequestBody(image_id=image_id, tag='python-version.1.2')
    done(demo, 'CreateOrUpdateTags', body=dotted)
    leaves(demo, image_id, 'CreateOrUpdateTags', ENVIRONMENT, ims.ResourceTag(key='python-version', value='1.2'))
    pair = ims.AddOrUpdateTagsRequestBody(image_id=image_id, image_tag=VERSION)
    done(demo, 'CreateOrUpdateTags', body=pair)
    leaves(demo, image_id, 'CreateOrUpdateTags', ENVIRONMENT, VERSION)
    found = demo.call('ListTags', name='python-tagged').tags
    check('python ListTags: tags of an image by its name', found, ['python-version=3', '环境=测试'])


def in_batches(demo, image_id):
    batch(demo, image_id, 'create', TEAM, BARE)
    leaves(demo, image_id, 'BatchAddOrDeleteTags', ENVIRONMENT, VERSION, TEAM, BARE)
    batch(demo, image_id, 'delete', VERSION)
    leaves(demo, image_id, 'BatchAddOrDeleteTags', ENVIRONMENT, TEAM, BARE)


def batch(demo, image_id, action, *tags):
    body = ims.BatchAddOrDeleteTagsRequestBody(action=action, tags=list(tags))
    done(demo, 'BatchAddOrDeleteTags', image_id=image_id, body=body)


def searched(demo, image_id):
    everywhere = demo.call('ListImagesTags').tags
    tag = one('ListImagesTags', 'tags of a key', [each for each in everywhere if each.key == TEAM.key])
    gives('ListImagesTags', 'a tag', tag, values=[TEAM.value])
    found = by_tag(demo, 'filter')
    gives('ListImageByTags', 'the count with the images', found, total_count=1)
    resource = one('ListImageByTags', 'images with a tag', found.resources)
    gives('ListImageByTags', 'an image', resource, resource_id=image_id, resource_name='python-tagged')
    gives('ListImageByTags', 'details of an image', resource.resource_detail, status='active')
    pairs = [(each.key, each.value) for each in resource.tags]
    check('python ListImageByTags: its tags', pairs, [(each.key, each.value) for each in (ENVIRONMENT, TEAM, BARE)])
    gives('ListImageByTags', 'the count alone', by_tag(demo, 'count'), total_count=1, resources=None)


def by_tag(demo, action):
    wanted = [ims.Tags(key=TEAM.key, values=[TEAM.value])]
    return demo.call('ListImageByTags', body=ims.ListImageByTagsRequestBody(action=action, tags=wanted))


def taken_away(demo, image_id):
    done(demo, 'DeleteImageTag', image_id=image_id, key=ENVIRONMENT.key)
    leaves(demo, image_id, 'DeleteImageTag', TEAM, BARE)
    done(demo, 'BatchDeleteTags', image_id=image_id, body=ims.BatchDeleteTagsRequestBody(tags=[TEAM, BARE]))
    leaves(demo, image_id, 'BatchDeleteTags')
