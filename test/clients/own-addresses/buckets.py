"""boto3 finds the object service by its environment alone, and puts the bucket before the name of the host."""

import boto3

s3 = boto3.client("s3")
s3.create_bucket(Bucket="made-here", CreateBucketConfiguration={"LocationConstraint": "cn-north-4"})
s3.put_object(Bucket="made-here", Key="a/b", Body=b"x" * 1000)
assert s3.get_object(Bucket="made-here", Key="a/b")["Body"].read() == b"x" * 1000
print("boto3: " + s3.meta.endpoint_url)
