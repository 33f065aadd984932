"""A disk's way through OBS and IMS with boto3: made, put, imported, exported as vhd, fetched and compared."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

endpoint = sys.argv[1]


def send(method: str, url: str, body: object = None, token: str = "") -> dict:
    headers = {"Content-Type": "application/json", "X-Auth-Token": token}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as reply:
        return json.loads(reply.read() or b"{}")


def finished(job_url: str, token: str) -> dict:
    job = send("GET", job_url, token=token)
    assert job["status"] == "SUCCESS", job
    return job


with tempfile.TemporaryDirectory() as folder:
    raw, disk, exported = Path(folder, "disk.raw"), Path(folder, "disk.qcow2"), Path(folder, "exported.vhd")
    with raw.open("wb") as file:
        file.write(bytes(range(256)) * 4096)
        file.truncate(8 * 2**20)
        file.seek(7 * 2**20)
        file.write(b"the end of the guest" * 1000)
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, disk], check=True)

    world = send("POST", f"{endpoint}/_ims/worlds", {"scenario": "instant"})
    base, token, project = f"{endpoint}/w/{world['name']}", world["token"], world["project_id"]
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="cn-north-4",
        aws_access_key_id=world["access_key"],
        aws_secret_access_key=world["secret_key"],
        config=Config(s3={"addressing_style": "path"}),
    )
    s3.create_bucket(Bucket="journey-python", CreateBucketConfiguration={"LocationConstraint": "cn-north-4"})
    s3.upload_file(str(disk), "journey-python", "disks/disk.qcow2")

    made = {"name": "journey", "image_url": "journey-python:disks/disk.qcow2", "min_disk": 1}
    job = send("POST", f"{base}/v2/cloudimages/action", made, token)
    image = finished(f"{base}/v1/{project}/jobs/{job['job_id']}", token)["entities"]["image_id"]
    wanted = {"bucket_url": "journey-python:exports/disk.vhd", "file_format": "vhd"}
    job = send("POST", f"{base}/v1/cloudimages/{image}/file", wanted, token)
    finished(f"{base}/v1/{project}/jobs/{job['job_id']}", token)

    s3.download_file("journey-python", "exports/disk.vhd", str(exported))
    subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vpc", raw, exported], check=True)
    send("DELETE", f"{endpoint}/_ims/worlds/{world['name']}")
print("ok the way of a disk with boto3")
