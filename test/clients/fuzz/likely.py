"""Makes the requests of the fuzzer likelier to be let in: much that is drawn by chance alone is refused at the door.

Two times out of three a text under a name that is known here becomes something that is there; every second body of an
operation that is known here becomes one that goes well, with a drawn field laid over it. What decides is the request
itself, so that every run sends the same.
"""

import json
import zlib

import schemathesis

PROJECT = "0605767a9500d5ed2fb3c00a8e3a0d4c"
PARTNER = "0605767b4480d5872f0ec00af5c37a9b"
PROJECTS_OF_ENTERPRISE = [f"60000000-0000-4000-8000-00000000000{n}" for n in (1, 2)]
# What may be deleted are others than those that the rest of the requests are about.
IMAGES = [f"a0000000-0000-4000-8000-0000000000{n:02}" for n in range(1, 9)]
DELETED = [f"a0000000-0000-4000-8000-0000000000{n:02}" for n in range(9, 17)]
LENT = "a0000000-0000-4000-8000-000000000020"

KNOWN = {
    "image_id": IMAGES,
    "images": IMAGES,
    "resource_id": IMAGES,
    "marker": IMAGES,
    "project_id": [PROJECT],
    "member_id": [PARTNER, PROJECT],
    "projects": [PARTNER],
    "enterprise_project_id": PROJECTS_OF_ENTERPRISE,
    "image_url": ["images:tiny.qcow2"],
    "bucket_url": ["images:out.qcow2"],
    "os_version": ["CentOS 7.6 64bit"],
    "tag": ["k.v"],
    "key": ["k"],
    "limit": ["1", "2"],
    "sort_key": ["name", "created_at"],
    "sort_dir": ["asc", "desc"],
    "region_id": ["cn-north-4"],
    "version": ["v2", "v1", "v2.2"],
    "operation": ["ListImages", "ShowJob"],
    "by": ["3m", "30d"],
}

FILE = {"name": "made", "image_url": "images:tiny.qcow2", "min_disk": 1}
IDENTITY = {"methods": ["token"], "token": {"id": "demo-token"}}
RENAMED = [{"op": "replace", "path": "/name", "value": "renamed"}]
TAG = {"key": "k", "value": "v"}

GOOD = {
    "POST /v2/cloudimages/action": FILE,
    "POST /v1/cloudimages/dataimages/action": FILE,
    "POST /v1/cloudimages/wholeimages/action": {"name": "whole", "instance_id": "10000000-0000-4000-8000-000000000017"},
    "POST /v2/cloudimages/quickimport/action": FILE | {"type": "DataImage", "image_url": "images:disk.zvhd2"},
    "PUT /v1/cloudimages/{image_id}/upload": {"image_url": "images:tiny.qcow2"},
    "POST /v1/cloudimages/{image_id}/copy": {"name": "copied"},
    "POST /v1/cloudimages/{image_id}/cross_region_copy": {
        "name": "copied",
        "region": "cn-east-3",
        "agency_name": "ims_admin_agency",
        "project_name": "cn-east-3",
    },
    "PATCH /v2/cloudimages/{image_id}": RENAMED,
    "POST /v1/cloudimages/{image_id}/file": {"bucket_url": "images:out.qcow2", "file_format": "qcow2"},
    "POST /v1/cloudimages/members": {"images": [IMAGES[0]], "projects": [PARTNER]},
    "PUT /v1/cloudimages/members": {"images": [LENT], "project_id": PROJECT, "status": "accepted"},
    "DELETE /v1/cloudimages/members": {"images": [IMAGES[1]], "projects": [PARTNER]},
    "PUT /v1/cloudimages/tags": {"image_id": IMAGES[2], "image_tag": TAG},
    "POST /v2/{project_id}/images/{image_id}/tags": {"tag": TAG},
    "POST /v2/{project_id}/images/{image_id}/tags/action": {"action": "create", "tags": [TAG]},
    "DELETE /v1/{project_id}/cloudimages/{image_id}/tags/delete": {"tags": [{"key": "k"}]},
    "POST /v2/{project_id}/images/resource_instances/action": {"action": "filter"},
    "POST /v2/images": {"name": "made", "disk_format": "qcow2", "container_format": "bare"},
    "PATCH /v2/images/{image_id}": RENAMED,
    "POST /v2/images/{image_id}/members": {"member": PARTNER},
    "PUT /v2/images/{image_id}/members/{member_id}": {"status": "accepted"},
    "POST /v1.0/enterprise-projects/{enterprise_project_id}/action": {"action": "enable"},
    "POST /v1.0/enterprise-projects/{enterprise_project_id}/resources/filter": {
        "projects": [PROJECT],
        "resource_types": ["images"],
    },
    "POST /v1.0/enterprise-projects/{enterprise_project_id}/resources-migrate": {
        "resource_type": "images",
        "resource_id": IMAGES[3],
        "project_id": PROJECT,
        "region_id": "cn-north-4",
    },
    "POST /v3/auth/tokens": {"auth": {"identity": IDENTITY, "scope": {"project": {"name": "cn-north-4"}}}},
    "POST /v3.0/OS-CREDENTIAL/securitytokens": {"auth": {"identity": IDENTITY}},
    "POST /_ims/clock/advance": {"by": "3m"},
    "POST /_ims/rules": {"name": "slow", "when": {"operation": "ListImages"}, "then": {"error": {"status": 503}}},
    "POST /_ims/journal/verify": {"requests": [{"operation": "ListImages"}], "at_least": 0},
}

# JSON under a name of its own.
schemathesis.serializer.alias("application/openstack-images-v2.1-json-patch", "application/json")


def likelier(value, name, seed):
    """The value with known texts in it; the seed changes with the place."""
    if isinstance(value, dict):
        return {key: likelier(inner, key, zlib.crc32(key.encode(errors="replace"), seed)) for key, inner in value.items()}
    if isinstance(value, list):
        return [likelier(inner, name, zlib.crc32(b"%d" % n, seed)) for n, inner in enumerate(value)]
    known = KNOWN.get(name)
    if known is None or not isinstance(value, str) or seed % 3 == 0:
        return value
    return known[seed // 3 % len(known)]


def better(body, good, seed):
    """A body that goes well, but for one field of the drawn one."""
    if isinstance(good, list):
        return good + body if seed % 4 == 0 and isinstance(body, list) else good
    drawn = sorted(body.items()) if isinstance(body, dict) else []
    return good | dict(drawn[seed % len(drawn) :][:1]) if drawn and seed % 4 else good


@schemathesis.hook
def map_case(context, case):
    body = case.body if isinstance(case.body, (dict, list)) else None
    drawn = json.dumps([case.path_parameters, case.query, body], default=str, sort_keys=True)
    seed = zlib.crc32(drawn.encode(errors="replace"))
    case.path_parameters = likelier(case.path_parameters, "", seed)
    if case.path_parameters and case.method == "DELETE" and case.path.endswith("{image_id}"):
        if case.path_parameters.get("image_id") in IMAGES:
            case.path_parameters["image_id"] = DELETED[seed % len(DELETED)]
    case.query = likelier(case.query, "", seed)
    if body is not None:
        good = GOOD.get(f"{case.method} {case.path}")
        case.body = likelier(body, "", seed) if good is None or seed % 2 == 0 else better(body, good, seed // 2)
    return case
