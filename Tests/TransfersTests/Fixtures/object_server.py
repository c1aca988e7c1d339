"""A small S3 server that checks Signature Version 4: GET, HEAD, and ListObjectsV2 in pages of three."""

import hashlib
import hmac
import urllib.parse

from fixture import Handler, byte_range, content, serve

KEYS = {"AKIDEXAMPLE": ("a secret/with+signs", None), "ASIAEXAMPLE": ("another secret", "session")}
BUCKETS = {
    bucket: {
        "logs/2024/a.jsonl": content(1500, 1),
        "logs/2024/b.jsonl": content(100, 2),
        "logs/2024/c d+e&f.jsonl": content(70, 3),
        "logs/2024/deep/er/g.jsonl": content(60, 4),
        "logs/2025/h.jsonl": content(50, 5),
        "logs/2025/\u00fc~(1).txt": content(40, 6),
        "other/i=1/j.jsonl": content(30, 7),
        "logs/../k": content(20, 8),
    }
    for bucket in ("data", "public", "far")
}


def quoted(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


class Server(Handler):
    def refuse(self, status, code, message):
        body = "<?xml version=\"1.0\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>"
        self.answer(status, (body % (code, message)).encode(), [("Content-Type", "application/xml")])

    def fault_of_signature(self, path, items):
        value = self.headers.get("Authorization", "")
        if not value.startswith("AWS4-HMAC-SHA256 "):
            return "AccessDenied", "Access Denied"
        fields = dict(p.strip().split("=", 1) for p in value[len("AWS4-HMAC-SHA256 ") :].split(","))
        key, day, region, service, end = fields["Credential"].split("/")
        if key not in KEYS:
            return "InvalidAccessKeyId", "The key does not exist"
        secret, token = KEYS[key]
        if token is not None and self.headers.get("x-amz-security-token") != token:
            return "InvalidToken", "The token is not the one"
        names = fields["SignedHeaders"].split(";")
        required = {"host", "x-amz-date", "x-amz-content-sha256"}
        if token is not None:
            required.add("x-amz-security-token")
        if not required <= set(names) or names != sorted(names):
            return "AccessDenied", "Not all that must be is signed"
        if self.headers["x-amz-content-sha256"] != hashlib.sha256(b"").hexdigest():
            return "XAmzContentSHA256Mismatch", "Not the digest of nothing"
        request = "\n".join(
            [
                self.command,
                quoted(path, "-_.~/"),
                "&".join("%s=%s" % item for item in sorted((quoted(k), quoted(v)) for k, v in items)),
                "".join("%s:%s\n" % (n, " ".join(self.headers[n].split())) for n in names),
                ";".join(names),
                self.headers["x-amz-content-sha256"],
            ]
        )
        scope = "/".join([day, region, service, end])
        date = self.headers["x-amz-date"]
        if not date.startswith(day) or (service, end) != ("s3", "aws4_request"):
            return "AuthorizationHeaderMalformed", "Scope and date differ"
        text = "\n".join(
            ["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(request.encode()).hexdigest()]
        )
        secret = ("AWS4" + secret).encode()
        for part in (day, region, service, end):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        right = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right, fields["Signature"]):
            return "SignatureDoesNotMatch", "The signature is another"
        return None

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        raw, _, query = self.path.partition("?")
        path = urllib.parse.unquote(raw)
        items = urllib.parse.parse_qsl(query, keep_blank_values=True)
        _, bucket, key = path.split("/", 2)
        if bucket != "public":
            fault = self.fault_of_signature(path, items)
            if fault:
                return self.refuse(403, *fault)
        if bucket == "far" and "/eu-west-3/s3/" not in self.headers.get("Authorization", ""):
            return self.answer(400, b"", [("x-amz-bucket-region", "eu-west-3")])
        if bucket not in BUCKETS:
            return self.refuse(404, "NoSuchBucket", "The bucket does not exist")
        if key == "":
            return self.listing(BUCKETS[bucket], dict(items))
        body = BUCKETS[bucket].get(key)
        if body is None:
            return self.refuse(404, "NoSuchKey", "The key does not exist")
        headers = [("ETag", '"%s"' % hashlib.md5(body).hexdigest()), ("Accept-Ranges", "bytes")]
        wanted = byte_range(self.headers.get("Range"), len(body))
        if wanted == ():
            return self.refuse(416, "InvalidRange", "The range is outside")
        if wanted is None:
            return self.answer(200, body, headers)
        first, end = wanted
        headers.append(("Content-Range", "bytes %d-%d/%d" % (first, end - 1, len(body))))
        self.answer(206, body[first:end], headers)

    def listing(self, objects, query):
        if query.get("list-type") != "2":
            return self.refuse(400, "InvalidArgument", "Only the second kind of list")
        keys = sorted(k for k in objects if k.startswith(query.get("prefix", "")))
        after = query.get("continuation-token", "")
        keys = [k for k in keys if "token " + k > after] if after else keys
        page, more = keys[:3], len(keys) > 3
        show = quoted if query.get("encoding-type") == "url" else lambda k: k
        parts = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"x\">"]
        parts.append("<KeyCount>%d</KeyCount><IsTruncated>%s</IsTruncated>" % (len(page), str(more).lower()))
        if query.get("encoding-type") == "url":
            parts.append("<EncodingType>url</EncodingType>")
        if more:
            parts.append("<NextContinuationToken>token %s</NextContinuationToken>" % page[-1])
        for key in page:
            tag = hashlib.md5(objects[key]).hexdigest()
            parts.append(
                "<Contents><Key>%s</Key><ETag>&quot;%s&quot;</ETag><Size>%d</Size></Contents>"
                % (show(key).replace("&", "&amp;"), tag, len(objects[key]))
            )
        self.answer(200, ("".join(parts) + "</ListBucketResult>").encode())


serve(Server)
