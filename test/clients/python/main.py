"""Drives a strict emulator with the official Python SDK.

usage: main.py ENDPOINT TENANTS_FILE BUCKETS_FOLDER SCENARIOS_FOLDER
"""

import sys
from pathlib import Path

import audit
import identity
import image_life
import odd_names
import refusals
import scenarios
from checks import Cloud

CLOUD = Cloud.started(*sys.argv[1:4])
image_life.live(CLOUD)
refusals.refuse(CLOUD)
odd_names.call(CLOUD)
identity.ask(CLOUD)
audit.trace(CLOUD)
scenarios.play(CLOUD, [path.stem for path in Path(sys.argv[4]).glob('*.yaml')])
