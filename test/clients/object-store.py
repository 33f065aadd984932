"""An application that shares an S3 server with the emulator: it uploads disks with boto3 and reads exports back."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3

EMULATOR = sys.argv[1:]
IMAGES = Path("fixtures/disk-images")
TINY = (IMAGES / "tiny-v3.qcow2").read_bytes()
OTHER = (IMAGES / "two-gib.qcow2").read_bytes()
LOG = Path(".tmp/object-store.log")


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


class Store:
    """A moto server on one port, with a user whose keys alone it takes from then on."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        with LOG.open("a") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
                stdout=log,
                stderr=log,
                # As many calls as make the user; signatures are verified from then on.
                env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "3"},
            )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/moto-api/", timeout=5)
                break
            except OSError:
                time.sleep(0.1)
        iam = self.client("iam", "first", "first")
        iam.create_user(UserName="app")
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_user_policy(UserName="app", PolicyName="all", PolicyDocument=json.dumps(everything))
        key = iam.create_access_key(UserName="app")["AccessKey"]
        self.keys = key["AccessKeyId"], key["SecretAccessKey"]
        self.s3 = self.client("s3", *self.keys)

    def client(self, service, access_key, secret_key):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )

    def bytes(self, bucket, key):
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Emulator:
    """An emulator with a frozen clock, that is started with an object store."""

    def __init__(self, store, keys):
        self.process = subprocess.Popen(
            [*EMULATOR, "--port", "0", "--json", "--clock", "frozen", "--object-store", store.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "IMS_OBJECT_STORE_ACCESS_KEY": keys[0],
                "IMS_OBJECT_STORE_SECRET_KEY": keys[1],
            },
        )
        self.banner = self.process.stdout.readline()
        if self.banner:
            facts = json.loads(self.banner)
            self.url, self.project = facts["endpoint"], facts["project_id"]

    def send(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Auth-Token": "any", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.status, json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def import_(self, url, **fields):
        body = {"name": "disk", "image_url": url, "min_disk": 40, **fields}
        return self.send("POST", "/v2/cloudimages/action", body)

    def export(self, image, url):
        body = {"bucket_url": url, "file_format": "qcow2"}
        return self.send("POST", f"/v1/cloudimages/{image}/file", body)

    def end(self, answer):
        status, body = answer
        assert status == 200, answer
        self.send("POST", "/_ims/clock/advance", {"until": "idle"})
        return self.send("GET", f"/v1/{self.project}/jobs/{body['job_id']}")[1]

    def image(self, answer):
        job = self.end(answer)
        assert job["status"] == "SUCCESS", job
        return job["entities"]["image_id"]

    def checksum(self, image):
        return self.send("GET", f"/v2/images/{image}")[1]["checksum"]

    def stop(self):
        self.process.terminate()
        out, err = self.process.communicate(timeout=30)
        return self.banner + out, err


def refused(answer, code, text=""):
    status, body = answer
    assert status == 400 and body["error"]["code"] == code and text in body["error"]["message"], answer


def refused_start(store, keys, text):
    emulator = Emulator(store, keys)
    out, err = emulator.stop()
    assert emulator.process.returncode == 1 and out == "" and text in err and keys[1] not in err, (out, err)


LOG.write_text("")
port = free_port()
store = Store(port)
processes = [store]
try:
    refused_start(store, ("AKIAUNKNOWN", "canary"), "answered 403 InvalidAccessKeyId to GET /")
    refused_start(store, (store.keys[0], "canary"), "answered 403 SignatureDoesNotMatch to GET /")
    print("ok: wrong keys are refused at the start")

    store.s3.create_bucket(Bucket="images")
    store.s3.put_object(Bucket="images", Key="disks/tiny_v3.qcow2", Body=TINY)
    emulator = Emulator(store, store.keys)
    processes.append(emulator)
    image = emulator.image(emulator.import_("images:disks/tiny_v3.qcow2"))
    assert emulator.checksum(image) == hashlib.md5(TINY).hexdigest()
    print("ok: a disk that the application uploaded is imported")

    refused(emulator.import_("images:none.qcow2"), "IMG.0057")
    refused(emulator.import_("nowhere:disk.qcow2"), "IMG.0069")
    refused(emulator.export(image, "nowhere:out.qcow2"), "IMG.0069")
    refused(emulator.export(image, "images:disks/tiny_v3.qcow2"), "IMG.0070")
    print("ok: a missing key, a missing bucket and a key that is taken are refused")

    for key in ("out.qcow2", "deep/er/out-2.qcow2", "磁盘.qcow2"):
        job = emulator.end(emulator.export(image, f"images:{key}"))
        assert job["status"] == "SUCCESS", job
        assert store.bytes("images", key) == TINY
        refused(emulator.export(image, f"images:{key}"), "IMG.0070")
    emulator.image(emulator.import_("images:out.qcow2"))
    print("ok: exports are in the store when their jobs have succeeded")

    store.s3.put_object(Bucket="images", Key="disks/tiny_v3.qcow2", Body=OTHER)
    changed = emulator.image(emulator.import_("images:disks/tiny_v3.qcow2"))
    assert emulator.checksum(changed) == hashlib.md5(OTHER).hexdigest()
    store.s3.delete_object(Bucket="images", Key="disks/tiny_v3.qcow2")
    refused(emulator.import_("images:disks/tiny_v3.qcow2"), "IMG.0057")
    print("ok: an object that was changed or deleted is seen so")

    store.s3.put_object(Bucket="images", Key="cold.qcow2", Body=TINY, StorageClass="STANDARD_IA")
    refused(emulator.import_("images:cold.qcow2"), "IMG.0069")
    print("ok: an object of a class for rare access is refused")

    pending = emulator.export(image, "images:late.qcow2")
    store.stop()
    job = emulator.end(pending)
    assert (job["status"], job["error_code"]) == ("FAIL", "IMG.0069"), job
    refused(emulator.import_("images:out.qcow2"), "IMG.0069", "cannot be reached (ECONNREFUSED)")
    refused(emulator.export(image, "images:late.qcow2"), "IMG.0069", "cannot be reached (ECONNREFUSED)")
    assert emulator.send("GET", "/v2/cloudimages")[0] == 200
    print("ok: a store that stops fails its imports and exports, and nothing else")

    refused_start(store, store.keys, f"the object store at {store.url} cannot be reached (ECONNREFUSED)")
    print("ok: a store that is not there is refused at the start")

    secret = store.keys[1]
    journal = json.dumps(emulator.send("GET", "/_ims/journal?bodies=true")[1])
    out, err = emulator.stop()
    assert "the export to images:late.qcow2 has failed" in err, err
    assert secret not in journal + out + err
    print("ok: the secret key is in no output and not in the journal")
finally:
    for process in processes:
        process.stop()
