"""What every check of the Python SDK needs: a line for each check, clients of the demo users, and what a refusal says."""

import re
import sys
from dataclasses import dataclass

import huaweicloudsdkims.v2 as ims
import yaml
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException


def check(what, found, meant=True):
    """Ends the run at the first difference."""
    if found != meant:
        sys.exit(f'not ok {what}\n  found {found!r}\n  meant {meant!r}')
    print(f'ok {what}')


@dataclass(frozen=True)
class Cloud:
    """A running emulator, and who exists in it."""

    endpoint: str
    users: dict
    buckets: str

    @classmethod
    def started(cls, endpoint, tenants_file, buckets):
        with open(tenants_file, encoding='utf-8') as file:
            users = yaml.safe_load(file)['users']
        return cls(endpoint, {user['name']: user for user in users}, buckets)

    def client(self, name, secret_key=None):
        """A client of one of the users, with its own access key and project."""
        user = self.users[name]
        return self.client_with(
            BasicCredentials(user['access_key'], secret_key or user['secret_key'], user['project_id'])
        )

    def client_with(self, credentials):
        return ims.ImsClient.new_builder().with_credentials(credentials).with_endpoint(self.endpoint).build()


def refused(call, request):
    """Status, code, message and whether there is a request id, of a call that must be refused."""
    try:
        answer = call(request)
    except ClientRequestException as error:
        named = re.fullmatch(r'[0-9a-f]{32}', error.request_id or '') is not None
        return error.status_code, error.error_code, error.error_msg, named
    sys.exit(f'not ok a refusal was meant, found {answer}')
