"""Calls every operation of the official Python SDK in a strict emulator, signing with access keys.

usage: every_operation.py ENDPOINT TENANTS_FILE BUCKETS_FOLDER LIST_OF_OPERATIONS
"""

import json
import sys
from pathlib import Path

from checks import Cloud, check
from conformance import (
    catalogue,
    copies,
    jobs,
    members,
    native_images,
    native_members,
    other_images,
    refusals,
    schemas,
    system_images,
    tags,
)
from conformance.account import Account, clean
from conformance.journal import Journal, methods


def call(cloud, journal):
    demo, partner, east = (Account.of(cloud, name) for name in ('demo', 'partner', 'demo-east'))
    journal.clear()
    used = demo.quota('image').used
    catalogue.look(demo, cloud.endpoint)
    system_images.make(demo, cloud.buckets)
    other_images.make(demo)
    copies.make(demo, east, cloud.buckets)
    jobs.watch(demo)
    tags.change(demo)
    members.share(demo, partner)
    native_images.live(demo)
    native_members.share(demo, partner)
    schemas.read(demo)
    refusals.refuse(cloud, demo)
    check('python ShowImageQuota: images that are used in the end', demo.quota('image').used, used)


def run(endpoint, tenants, buckets, list_of_operations):
    cloud, journal = Cloud.started(endpoint, tenants, buckets), Journal(endpoint)
    names = json.loads(Path(list_of_operations).read_text(encoding='utf-8'))
    check('python has a method for each operation', methods(), names)
    try:
        call(cloud, journal)
        check('python sent nothing that is not read', journal.unread(), {})
        called = journal.succeeded(names)
        check('python called every operation', [name for name in names if name not in called], [])
        print(f'operations called: {len(called)} of {len(names)}')
    finally:
        clean(cloud)


run(*sys.argv[1:5])
