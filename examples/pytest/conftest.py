import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkims.v2 import ImsClient
from ims_emulator import World, running_emulator


@pytest.fixture(scope='session')
def emulator():
    with running_emulator() as url:
        yield url


@pytest.fixture
def world(emulator):
    """A world that verifies signatures, and whose clock stands still until it is advanced."""
    made = World(emulator, auth='strict', clock={'rate': 0})
    yield made
    made.delete()


@pytest.fixture
def client(world):
    """The official client, signing as the demo user of the world."""
    credentials = BasicCredentials(world.access_key, world.secret_key, world.project_id)
    return ImsClient.new_builder().with_credentials(credentials).with_endpoint(world.endpoint).build()
