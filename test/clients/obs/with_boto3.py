"""Drives the object service with boto3: with_boto3.py ENDPOINT ACCESS_KEY SECRET_KEY SIGNATURE, where SIGNATURE is s3v4 or s3."""

import io
import os
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

import names

endpoint, access_key, secret_key, signature = sys.argv[1:]
names.resolve_localhost()
client = boto3.client(
    "s3",
    endpoint_url=endpoint,
    aws_access_key_id=access_key,
    aws_secret_access_key=secret_key,
    region_name="cn-north-4",
    config=Config(signature_version=signature, retries={"max_attempts": 0}),
)
bucket = f"boto3-{signature}-{os.getpid()}"
KEY = "a b/ü+&=.txt"


def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as refused:
        return refused.response["Error"]["Code"]
    return None


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "cn-north-4"})
client.head_bucket(Bucket=bucket)
same(bucket in [each["Name"] for each in client.list_buckets()["Buckets"]], True)
print("buckets")

client.put_object(Bucket=bucket, Key=KEY, Body=b"hello world", ContentType="text/plain", Metadata={"colour": "red"})
client.put_object(Bucket=bucket, Key="stream", Body=io.BytesIO(b"s" * 300_000))
read = client.get_object(Bucket=bucket, Key=KEY)
same((read["Body"].read(), read["ContentType"], read["Metadata"]), (b"hello world", "text/plain", {"colour": "red"}))
same(client.get_object(Bucket=bucket, Key=KEY, Range="bytes=6-")["Body"].read(), b"world")
same(client.head_object(Bucket=bucket, Key="stream")["ContentLength"], 300_000)
same(code(client.get_object, Bucket=bucket, Key="none"), "NoSuchKey")
same(code(client.get_object, Bucket=bucket, Key=KEY, IfMatch='"other"'), "PreconditionFailed")
print("put, get, range, head")

same([each["Key"] for each in client.list_objects(Bucket=bucket)["Contents"]], [KEY, "stream"])
cut = client.list_objects_v2(Bucket=bucket, Delimiter="/")
same([each["Prefix"] for each in cut["CommonPrefixes"]], ["a b/"])
same([each["Key"] for each in client.list_objects_v2(Bucket=bucket, Prefix="a b/", MaxKeys=1)["Contents"]], [KEY])
print("list")

client.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": KEY})
same(client.get_object(Bucket=bucket, Key="copy")["Body"].read(), b"hello world")
print("copy")

# Large enough for boto3 to put it in parts.
data = os.urandom(6 * 2**20)
parts = TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20)
client.upload_fileobj(io.BytesIO(data), bucket, "parts", Config=parts)
whole = io.BytesIO()
client.download_fileobj(bucket, "parts", whole)
same(whole.getvalue() == data, True)
same(client.head_object(Bucket=bucket, Key="parts")["ETag"].endswith('-2"'), True)
upload = client.create_multipart_upload(Bucket=bucket, Key="half")["UploadId"]
source = {"Bucket": bucket, "Key": KEY}
client.upload_part_copy(Bucket=bucket, Key="half", UploadId=upload, PartNumber=1, CopySource=source, CopySourceRange="bytes=0-4")
same([each["Size"] for each in client.list_parts(Bucket=bucket, Key="half", UploadId=upload)["Parts"]], [5])
same([each["Key"] for each in client.list_multipart_uploads(Bucket=bucket)["Uploads"]], ["half"])
client.abort_multipart_upload(Bucket=bucket, Key="half", UploadId=upload)
print("multipart")

link = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": KEY})
same(urllib.request.urlopen(link).read(), b"hello world")
link = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "signed"})
# Without a type of its own urllib would send one that was not signed.
urllib.request.urlopen(urllib.request.Request(link, data=b"signed", method="PUT", headers={"Content-Type": ""}))
same(client.get_object(Bucket=bucket, Key="signed")["Body"].read(), b"signed")
print("links")

keys = [{"Key": each["Key"]} for each in client.list_objects(Bucket=bucket)["Contents"] if each["Key"] != KEY]
same(len(client.delete_objects(Bucket=bucket, Delete={"Objects": keys})["Deleted"]), len(keys))
same(code(client.delete_bucket, Bucket=bucket), "BucketNotEmpty")
client.delete_object(Bucket=bucket, Key=KEY)
client.delete_bucket(Bucket=bucket)
same(code(client.list_objects, Bucket=bucket), "NoSuchBucket")
print("delete, multi-delete")
