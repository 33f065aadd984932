"""Runs a real Glance with a table of tokens in Keystone's place and a clock that requests set.

usage: serve.py glance-api|glance-manage --config-file FILE ...   (the table of tokens is the file $TOKENS)
"""

import json
import os
import sys

CLOCK = 'HTTP_X_CLOCK'


def filter_factory(global_conf, **local_conf):
    """The paste filter that stands where Keystone's would: an unknown token is refused, a known one becomes headers."""
    import datetime

    import webob.exc
    from glance.common import timeutils
    from oslo_utils import timeutils as oslo_timeutils

    with open(os.environ['TOKENS']) as table:
        callers = {caller['token']: caller for caller in json.load(table).values()}

    def wrap(app):
        def call(environ, start_response):
            now = environ.pop(CLOCK, None)
            if now is not None:
                time = datetime.datetime.strptime(now, '%Y-%m-%dT%H:%M:%SZ')
                timeutils.utcnow.override_time = time
                oslo_timeutils.set_time_override(time)
            caller = callers.get(environ.get('HTTP_X_AUTH_TOKEN'))
            if caller is None:
                refusal = webob.exc.HTTPUnauthorized(headers=[('WWW-Authenticate', 'Keystone uri="http://127.0.0.1:5000"')])
                return refusal(environ, start_response)
            environ['HTTP_X_IDENTITY_STATUS'] = 'Confirmed'
            environ['HTTP_X_USER_ID'] = caller['user']
            environ['HTTP_X_PROJECT_ID'] = caller['tenant']
            environ['HTTP_X_ROLES'] = ','.join(caller['roles'])
            return app(environ, start_response)

        return call

    return wrap


def main():
    program = sys.argv.pop(1)
    if program == 'glance-manage':
        from glance.cmd.manage import main as run
    else:
        from glance.cmd.api import main as run
    sys.exit(run())


if __name__ == '__main__':
    main()
