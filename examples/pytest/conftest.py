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
def client_of(world):
    """Makes the official client of a user of the world: `client_of('partner')` signs for another account."""

    def make(name):
        user = world.users[name]
        credentials = BasicCredentials(user['access_key'], user['secret_key'], user['project_id'])
        return ImsClient.new_builder().with_credentials(credentials).with_endpoint(world.endpoint).build()

    return make


@pytest.fixture
def client(client_of):
    """The official client, signing as the demo user of the world."""
    return client_of('demo')
