"""moto's S3 with a bucket of 1,003 objects: more than a page."""

import logging
import os
import sys
import threading

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")

import boto3
from moto.server import ThreadedMotoServer


def leave():
    sys.stdin.buffer.read()
    os._exit(0)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
said, sys.stdout = sys.stdout, sys.stderr
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
client = boto3.client("s3", endpoint_url="http://%s:%d" % (host, port), region_name="us-east-1")
client.create_bucket(Bucket="data")
for index in range(1003):
    client.put_object(Bucket="data", Key="part-%05d a+b.txt" % index, Body=b"object %05d" % index)
client.put_object(Bucket="data", Key="other", Body=b"")
print(port, file=said, flush=True)
threading.Timer(1800, os._exit, [1]).start()
leave()
