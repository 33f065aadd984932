"""Drives a strict emulator with the official Python SDK.

usage: main.py ENDPOINT TENANTS_FILE BUCKETS_FOLDER
"""

import sys

import identity
import image_life
import odd_names
import refusals
from checks import Cloud

CLOUD = Cloud.started(*sys.argv[1:4])
image_life.live(CLOUD)
refusals.refuse(CLOUD)
odd_names.call(CLOUD)
identity.ask(CLOUD)
