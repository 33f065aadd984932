from huaweicloudsdkims.v2 import (
    BatchAddMembersRequest,
    BatchAddMembersRequestBody,
    BatchUpdateMembersRequest,
    BatchUpdateMembersRequestBody,
    ListImagesRequest,
)
from server_image import image_of_server

SERVER = '10000000-0000-4000-8000-000000000001'  # one of the servers of every new world
SECONDS_OF_A_JOB = 60


def test_an_image_that_is_shared_can_be_used_by_the_other_account_once_it_has_accepted(client, client_of, world):
    partner, project = client_of('partner'), world.users['partner']['project_id']
    image_id = image_of_server(client, 'golden', SERVER, pause=world.advance)

    sharing = BatchAddMembersRequestBody(images=[image_id], projects=[project])
    client.batch_add_members(BatchAddMembersRequest(body=sharing))
    world.advance(SECONDS_OF_A_JOB)
    assert shared_with(partner, 'pending') == [image_id]
    assert shared_with(partner, 'accepted') == []

    answer = BatchUpdateMembersRequestBody(images=[image_id], project_id=project, status='accepted')
    partner.batch_update_members(BatchUpdateMembersRequest(body=answer))
    world.advance(SECONDS_OF_A_JOB)
    assert shared_with(partner, 'accepted') == [image_id]


def shared_with(client, status):
    wanted = ListImagesRequest(visibility='shared', imagetype='shared', member_status=status)
    return [image.id for image in client.list_images(wanted).images]
