"""Drives the object service with the OBS SDK for Python: with_obs.py ENDPOINT ACCESS_KEY SECRET_KEY."""

import io
import os
import sys
import urllib.request

import names

names.resolve_localhost()

from obs import (  # noqa: E402
    CompleteMultipartUploadRequest,
    CompletePart,
    DeleteObjectsRequest,
    GetObjectHeader,
    Object,
    ObsClient,
)

endpoint, access_key, secret_key = sys.argv[1:]
client = ObsClient(access_key_id=access_key, secret_access_key=secret_key, server=endpoint, is_secure=False, max_retry_count=0)
bucket = f"python-{os.getpid()}"
KEY = "a b/ü+&=.txt"


def good(answer):
    assert answer.status < 300, (answer.status, answer.errorCode, answer.errorMessage)
    return answer.body


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def content(key, **more):
    return good(client.getObject(bucket, key, loadStreamInMemory=True, **more)).buffer


good(client.createBucket(bucket, location="cn-north-4"))
good(client.headBucket(bucket))
same(bucket in [each.name for each in good(client.listBuckets()).buckets], True)
same(good(client.getBucketLocation(bucket)).location, "cn-north-4")
print("buckets")

good(client.putContent(bucket, KEY, "hello world", metadata={"colour": "red"}))
good(client.putContent(bucket, "stream", io.BytesIO(b"s" * 300_000)))
same(content(KEY), b"hello world")
same(content(KEY, headers=GetObjectHeader(range="6-10")), b"world")
same(good(client.getObjectMetadata(bucket, "stream")).contentLength, 300_000)
same(client.getObject(bucket, "none").errorCode, "NoSuchKey")
print("put, get, range, head")

same([each.key for each in good(client.listObjects(bucket)).contents], [KEY, "stream"])
cut = good(client.listObjects(bucket, delimiter="/", max_keys=1))
same(([each.prefix for each in cut.commonPrefixs], cut.is_truncated, cut.next_marker), (["a b/"], True, "a b/"))
same([each.key for each in good(client.listObjects(bucket, prefix="a b/")).contents], [KEY])
print("list")

good(client.copyObject(bucket, KEY, bucket, "copy"))
same(content("copy"), b"hello world")
print("copy")

upload = good(client.initiateMultipartUpload(bucket, "parts")).uploadId
one = good(client.uploadPart(bucket, "parts", 1, upload, b"p" * 102_400)).etag
two = good(client.copyPart(bucket, "parts", 2, upload, f"{bucket}/stream")).etag
same([each.size for each in good(client.listParts(bucket, "parts", upload)).parts], [102_400, 300_000])
whole = CompleteMultipartUploadRequest([CompletePart(1, one), CompletePart(2, two)])
good(client.completeMultipartUpload(bucket, "parts", upload, whole))
same(content("parts"), b"p" * 102_400 + b"s" * 300_000)
upload = good(client.initiateMultipartUpload(bucket, "half")).uploadId
same([each.key for each in good(client.listMultipartUploads(bucket)).upload], ["half"])
good(client.abortMultipartUpload(bucket, "half", upload))
print("multipart")

link = client.createSignedUrl("GET", bucket, KEY, expires=60)
sent = urllib.request.Request(link.signedUrl, headers=link.actualSignedRequestHeaders)
same(urllib.request.urlopen(sent).read(), b"hello world")
link = client.createSignedUrl("PUT", bucket, "signed", expires=60, headers={"Content-Type": "text/plain"})
sent = urllib.request.Request(link.signedUrl, data=b"signed", method="PUT", headers=link.actualSignedRequestHeaders)
same(urllib.request.urlopen(sent).status, 200)
same(content("signed"), b"signed")
print("links")

keys = [Object(each.key) for each in good(client.listObjects(bucket)).contents if each.key != KEY]
same(len(good(client.deleteObjects(bucket, DeleteObjectsRequest(False, keys))).deleted), len(keys))
same(client.deleteBucket(bucket).errorCode, "BucketNotEmpty")
good(client.deleteObject(bucket, KEY))
good(client.deleteBucket(bucket))
same(client.headBucket(bucket).status, 404)
print("delete, multi-delete")
