import Testing

import Transfers

/// The examples of the Amazon S3 API Reference, "Signature Calculations for the Authorization
/// Header".
@Suite struct SignatureV4Tests {
  private let signature = SignatureV4(
    accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1")

  private func signed(
    path: String, query: [(String, String)] = [], headers: [(String, String)] = []
  ) -> String? {
    signature.headers(
      method: "GET", host: "examplebucket.s3.amazonaws.com", path: path, query: query,
      headers: headers, date: "20130524T000000Z"
    ).first { $0.0 == "Authorization" }?.1
  }

  @Test func anObject() {
    #expect(
      signed(path: "/test.txt", headers: [("range", "bytes=0-9")])
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
  }

  @Test func aQueryInAnyOrder() {
    let right = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    for query in [[("max-keys", "2"), ("prefix", "J")], [("prefix", "J"), ("max-keys", "2")]] {
      #expect(signed(path: "/", query: query)?.hasSuffix(right) == true)
    }
  }

  @Test func aNameWithoutAValue() {
    #expect(
      signed(path: "/", query: [("lifecycle", "")])?
        .hasSuffix("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543") == true)
  }

  @Test func theTokenIsSigned() {
    var signature = signature
    signature.sessionToken = "token"
    let headers = signature.headers(
      method: "GET", host: "h", path: "/", date: "20130524T000000Z")
    #expect(headers.contains { $0 == ("x-amz-security-token", "token") })
    #expect(headers.last?.1.contains("x-amz-date;x-amz-security-token,") == true)
  }
}
