import openstack
import pytest
from ims_emulator import World, running_emulator


@pytest.fixture(scope='session')
def emulator():
    with running_emulator() as url:
        yield url


@pytest.fixture
def world(emulator):
    """A world that verifies tokens, and whose clock stands still until it is advanced."""
    made = World(emulator, auth='strict', clock={'rate': 0})
    yield made
    made.delete()


@pytest.fixture
def log_in(world):
    """Connects as a user of an account: `log_in('demo')`. These are the users of every new world."""

    def connect(name):
        return openstack.connect(
            load_yaml_config=False,
            load_envvars=False,
            auth_url=f'{world.endpoint}/v3',
            username=name,
            password=f'{name}-password',
            user_domain_name=name,
            project_name=world.region,
            project_domain_name=name,
            region_name=world.region,
        )

    return connect
