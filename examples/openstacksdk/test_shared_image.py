import pytest
from openstack.exceptions import HttpException
from shared_image import share_disk_image

HOURS = 60 * 60
DATA = b'what is on the disk'


@pytest.fixture
def disk(tmp_path):
    file = tmp_path / 'disk.raw'
    file.write_bytes(DATA)
    return str(file)


def test_another_project_accepts_the_image_and_has_it(log_in, disk):
    owner, partner = log_in('demo'), log_in('partner')

    image_id = share_disk_image(owner, 'golden', disk, [partner.current_project_id])

    partner.image.update_member(partner.current_project_id, image_id, status='accepted')
    assert [(image.id, image.status) for image in partner.image.images(visibility='shared')] == [(image_id, 'active')]
    assert owner.image.download_image(image_id).content == DATA


def test_an_upload_that_fails_leaves_no_image_behind(log_in, world, disk):
    owner = log_in('demo')
    world.add_rule('upload fails', when={'operation': 'GlanceUploadImage'}, then={'error': 'APIGW.0601'})

    with pytest.raises(HttpException) as failure:
        share_disk_image(owner, 'golden', disk, [])

    assert failure.value.status_code == 500
    assert list(owner.image.images(name='golden')) == []
    world.expect_requests(1, operation='GlanceDeleteImage')


def test_a_token_that_has_ended_is_replaced_in_the_middle(log_in, world, disk):
    owner = log_in('demo')
    first = share_disk_image(owner, 'first', disk, [])

    world.advance(25 * HOURS)
    second = share_disk_image(owner, 'second', disk, [])

    assert {image.id for image in owner.image.images(visibility='private')} == {first, second}
    world.expect_requests(2, operation='KeystoneCreateToken')
