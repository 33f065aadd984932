"""What the emulator noted of the calls, and what the SDK could call."""

import json
import re
import urllib.request

import huaweicloudsdkims.v2 as ims


class Journal:
    """The journal of the default world, over the control plane."""

    def __init__(self, endpoint):
        self.address = f'{endpoint}/_ims/journal'

    def clear(self):
        self._send('DELETE')

    def succeeded(self, names):
        """Those of the operations that were answered with success."""
        return sorted({each['operation'] for each in self._noted() if each['status'] < 400} & set(names))

    def unread(self):
        """What the SDK sent and the emulator did not look at, by operation."""
        return {each['operation']: each['unread'] for each in self._noted() if each['unread']}

    def _noted(self):
        return json.loads(self._send('GET'))['requests']

    def _send(self, method):
        with urllib.request.urlopen(urllib.request.Request(self.address, method=method)) as answer:
            return answer.read()


def method_of(operation):
    return re.sub(r'(?<!^)(?=[A-Z])', '_', operation).lower()


def methods():
    """The operations of the SDK's client: it has a request for each of them, and nothing else has one."""
    requests = [name.removesuffix('Request') for name in dir(ims) if name.endswith('Request')]
    return sorted(name for name in requests if hasattr(ims.ImsClient, method_of(name)))
