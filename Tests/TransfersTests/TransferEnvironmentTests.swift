import TestSupport
import Testing

import Transfers

@Suite struct TransferEnvironmentTests {
  let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  private func environment(_ variables: [String: String]) throws -> TransferEnvironment {
    try TransferEnvironment(variables: variables, homeFolder: home.path)
  }

  @Test func withoutAnythingRequestsAreAnonymous() throws {
    let environment = try environment([:])
    #expect(environment.objectCredentials == nil)
    #expect(environment.objectEndpoint == nil)
    #expect(environment.objectRegion == "us-east-1")
    #expect(environment.hubToken == nil)
    #expect(environment.hubEndpoint == "https://huggingface.co")
  }

  @Test func variablesCount() throws {
    let environment = try environment([
      "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
      "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://all:1/",
      "AWS_ENDPOINT_URL_S3": "http://s3:2/", "HF_TOKEN": " hf_x\n",
      "HF_ENDPOINT": "https://mirror/",
    ])
    #expect(
      environment.objectCredentials
        == TransferEnvironment.ObjectCredentials(
          accessKey: "id", secretKey: "secret", sessionToken: "token"))
    #expect(environment.objectRegion == "eu-west-1")
    #expect(environment.objectEndpoint == "http://s3:2")
    #expect(environment.hubToken == "hf_x")
    #expect(environment.hubEndpoint == "https://mirror")
  }

  @Test func filesCountWhereVariablesAreSilent() throws {
    try home.write(
      """
      # keys
      [default]
      aws_access_key_id = first
      aws_secret_access_key=one=1
      [other]
      aws_access_key_id = second
      aws_secret_access_key = two
      aws_session_token = t
      """, to: ".aws/credentials")
    try home.write(
      "[default]\nregion = eu-central-1\n[profile other]\nregion = sa-east-1\n", to: ".aws/config")
    try home.write("hf_file\n", to: ".cache/huggingface/token")
    let byDefault = try environment([:])
    #expect(byDefault.objectCredentials?.accessKey == "first")
    #expect(byDefault.objectCredentials?.secretKey == "one=1")
    #expect(byDefault.objectRegion == "eu-central-1")
    #expect(byDefault.hubToken == "hf_file")
    let other = try environment(["AWS_PROFILE": "other", "AWS_REGION": "x-1"])
    #expect(other.objectCredentials?.sessionToken == "t")
    #expect(other.objectRegion == "x-1")
    let variables = try environment([
      "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "HF_TOKEN": "hf_x",
    ])
    #expect(variables.objectCredentials?.accessKey == "id")
    #expect(variables.hubToken == "hf_x")
    let path = try home.write("hf_elsewhere", to: "token")
    #expect(try environment(["HF_TOKEN_PATH": path]).hubToken == "hf_elsewhere")
  }

  @Test(arguments: [
    ["AWS_PROFILE": "absent"], ["AWS_ACCESS_KEY_ID": "id"], ["HF_ENDPOINT": "huggingface.co"],
    ["AWS_ENDPOINT_URL": "http://user@host"], ["HF_TOKEN": "a\nX-Header: b"],
    ["AWS_REGION": "a b"],
  ]) func nonsenseIsAnError(variables: [String: String]) {
    guard case .invalidSetting = transferError({ _ = try environment(variables) }) else {
      Issue.record("\(variables)")
      return
    }
  }

  @Test func bucketsHaveHostsOfTheirOwnAtAmazon() throws {
    var environment = TransferEnvironment()
    func url(_ bucket: String, region: String? = nil) throws -> String {
      try environment.target(
        for: .address(.object(bucket: bucket, key: "a b/c")), region: region
      ).url.text
    }
    #expect(try url("data") == "https://data.s3.us-east-1.amazonaws.com/a%20b/c")
    #expect(
      try url("data", region: "eu-west-1") == "https://data.s3.eu-west-1.amazonaws.com/a%20b/c")
    #expect(try url("my.data") == "https://s3.us-east-1.amazonaws.com/my.data/a%20b/c")
    environment.objectEndpoint = "http://127.0.0.1:9000"
    #expect(try url("data") == "http://127.0.0.1:9000/data/a%20b/c")
  }

  @Test func tokensGoToTheHubAlone() throws {
    var environment = TransferEnvironment()
    environment.hubToken = "hf_x"
    for (path, isSent) in [
      ("/api/x", true), ("https://huggingface.co/api/x?cursor=1", true),
      ("https://huggingface.co:444/api/x", false), ("http://huggingface.co/api/x", false),
      ("https://huggingface.co.evil.com/x", false), ("https://huggingface.co@evil.com/x", false),
    ] {
      let target = try environment.target(for: .hub(path, name: "x"))
      let headers = target.authorizing(.get, at: target.url, now: 0)
      #expect(headers.contains { $0.1.contains("hf_x") } == isSent, "\(path)")
    }
  }
}
