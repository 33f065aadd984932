import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkims.v2 import ListImagesRequest
from server_image import JobFailed, image_of_server

SERVER = '10000000-0000-4000-8000-000000000001'  # one of the servers of every new world


def test_the_image_is_active_when_its_job_is_done_without_real_waiting(client, world):
    image_id = image_of_server(client, 'golden', SERVER, pause=world.advance)

    (image,) = client.list_images(ListImagesRequest(id=image_id)).images
    assert (image.name, image.status) == ('golden', 'active')


def test_a_job_that_fails_at_60_percent_is_told_with_the_code_of_the_cloud(client, world):
    world.add_rule(
        'bad luck', when={'operation': 'CreateImage'}, then={'job': {'fail_at': '60%', 'error': 'IMG.0057'}}
    )

    with pytest.raises(JobFailed) as failure:
        image_of_server(client, 'golden', SERVER, pause=world.advance)

    assert failure.value.code == 'IMG.0057'
    world.expect_requests(1, operation='CreateImage', rule='bad luck')


def test_an_order_that_is_refused_is_not_sent_again(client, world):
    world.add_rule('full', when={}, then={'quota': {'private_images': 0}})

    with pytest.raises(ClientRequestException) as refusal:
        image_of_server(client, 'golden', SERVER, pause=world.advance)

    assert refusal.value.error_code == 'IMG.0015'
    world.expect_requests(1, operation='CreateImage')
    world.expect_requests(0, operation='ShowJobProgress')
