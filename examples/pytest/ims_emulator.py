"""One emulator for all tests, and a world, an isolated cloud in it, for each test."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager


@contextmanager
def running_emulator():
    """Starts an emulator for the session, or uses the one at IMS_URL and leaves it running; returns its address."""
    url = os.environ.get('IMS_URL')
    if url:
        yield url
        return
    program = shutil.which('ims-emulator')
    if program is None:
        raise RuntimeError('there is no ims-emulator on the PATH, and IMS_URL does not say where one runs')
    with subprocess.Popen([program, 'start', '--port', '0', '--json'], stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = process.stdout.readline()
            if not ready:
                raise RuntimeError('ims-emulator ended before it was ready; what it said is above')
            yield json.loads(ready)['endpoint']
        finally:
            process.terminate()


class World:
    """An isolated cloud: endpoint and credentials for the code under test, and methods for tests."""

    def __init__(self, emulator, **wish):
        """`wish` has the fields of `POST /_ims/worlds`: scenario, seed, auth, clock, pace …"""
        made = _send('POST', f'{emulator}/_ims/worlds', wish)
        self.name = made['name']
        self.endpoint = made['endpoint']
        self.project_id = made['project_id']
        self.access_key = made['access_key']
        self.secret_key = made['secret_key']
        self.users = made['users']  # by name; each has project_id, access_key, secret_key and token
        self._home = f'{emulator}/_ims/worlds/{self.name}'

    def advance(self, seconds):
        """Advances the clock."""
        _send('POST', f'{self._home}/clock/advance', {'by': f'{seconds}s'})

    def add_rule(self, name, when, then):
        """Adds a rule; `when` and `then` are those of a scenario's rules."""
        _send('POST', f'{self._home}/rules', {'name': name, 'when': when, 'then': then})

    def expect_requests(self, count, **requests):
        """Fails unless exactly `count` requests match the filter."""
        answer = _send('POST', f'{self._home}/journal/verify', {'requests': requests, 'exactly': count})
        assert answer['verified'], '; '.join(answer['failures'])

    def delete(self):
        _send('DELETE', self._home)


def _send(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {'Content-Type': 'application/json'}, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read() or b'null')
    except urllib.error.HTTPError as error:
        raise RuntimeError(f'{method} {url}: {error.code} {error.read().decode()}') from error
