import Foundation
import Testing

import Transfers

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct ListingTests {
  let server: FixtureServer

  init() throws { server = try #require(FixtureServer.faulty) }

  @Test func bracesKeepTheirOrder() throws {
    let entries = try TransferClient.hasty().entries(
      matching: server.file("shard-{12..08}.{jsonl,zst}", "bytes=12"))
    #expect(
      entries.map(\.name)
        == [12, 11, 10, 9, 8].flatMap { number in
          ["jsonl", "zst"].map {
            "\(server.address)/f/shard-\(number < 10 ? "0" : "")\(number).\($0)?bytes=…"
          }
        })
    #expect(entries.allSatisfy { $0.byteCount == 12 && $0.entityTag == "\"v1\"" })
  }

  @Test func oneThatIsMissingIsNamed() throws {
    let error = transferError {
      _ = try TransferClient.hasty().entries(matching: "\(server.address)/{f/x,absent/y}")
    }
    guard case .missing("\(server.address)/absent/y", 404, "no such thing", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aWebServerHasNoList() throws {
    let pattern = "\(server.address)/f/*.jsonl"
    #expect(
      transferError { _ = try TransferClient.hasty().entries(matching: pattern) }
        == .cannotBeListed(pattern: pattern))
  }
}

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct HubListingTests {
  private static let commit = "0123456789abcdef0123456789abcdef01234567"
  let server: FixtureServer

  init() throws { server = try #require(FixtureServer.faulty) }

  private func client(token: String? = nil) -> TransferClient {
    var environment = TransferEnvironment()
    environment.hubEndpoint = server.address
    environment.hubToken = token
    return .hasty(environment: environment)
  }

  @Test func aGlobListsAllPages() throws {
    let entries = try client().entries(matching: "hf://datasets/owner/name/data/*.parquet")
    let folder = "hf://datasets/owner/name@\(Self.commit)/data"
    #expect(
      entries.map(\.name) == [
        "\(folder)/test.parquet", "\(folder)/train-00000.parquet",
        "\(folder)/train-00001.parquet", "\(folder)/with space.parquet",
      ])
    #expect(entries.map(\.byteCount) == [1_000, 3_000, 2_000, 100])
    #expect(entries.allSatisfy { $0.commit == Self.commit })
    let deep = try client().entries(matching: "hf://datasets/owner/name@v1/**/*[pP]arquet")
    #expect(deep.count == 5)
  }

  @Test func filesAreReadFromTheStore() throws {
    let client = client(token: "good-token")
    for entry in try client.entries(matching: "hf://datasets/gated/name/data/**.parquet") {
      let stream = try RemoteStream(entry, client: client)
      #expect(try stream.rest().count == entry.byteCount)
    }
    let one = try client.entries(matching: "hf://datasets/gated/name/data/train-00001.parquet")
    #expect(one.map(\.name) == ["hf://datasets/gated/name@\(Self.commit)/data/train-00001.parquet"])
    let file = try RemoteFile(try #require(one.first), client: client)
    var bytes = [UInt8](repeating: 0, count: 50)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 1_900) }
    #expect(bytes == Array(content(2_000, seed: 2)[1_900..<1_950]))
  }

  @Test func theTokenStaysAtTheHub() throws {
    let client = client(token: "good-token")
    let stream = try RemoteStream(
      RemoteEntry(address: RemoteAddress("hf://datasets/gated/name/data/with space.parquet")),
      client: client)
    #expect(try stream.rest() == content(100, seed: 5))
    #expect(stream.entry.commit == Self.commit)
    let requests = try server.requests("with space.parquet")
    let hub = requests.filter { $0.host.hasPrefix("127.0.0.1") }
    let store = requests.filter { $0.host.hasPrefix("localhost") }
    #expect(hub.contains { $0.headers["authorization"] == "Bearer good-token" })
    #expect(!store.isEmpty && store.allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test func theStoreIsAskedAgainWithoutTheHub() throws {
    let client = TransferClient.hasty(environment: client().environment) {
      $0.readAheadByteCount = 10
    }
    let file = try RemoteFile("hf://datasets/owner/name/data/test.parquet", client: client)
    let before = try server.requests("test.parquet").count
    func read(_ range: Range<Int>) throws {
      var bytes = [UInt8](repeating: 0, count: range.count)
      try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: range.lowerBound) }
      #expect(bytes == Array(content(1_000, seed: 3)[range]))
    }
    for start in stride(from: 0, to: 500, by: 100) { try read(start..<start + 50) }
    var requests = try server.requests("test.parquet").dropFirst(before)
    // Once each, and again only where a busy machine was slower than the hasty client.
    let hub = requests.filter { $0.host.hasPrefix("127.0.0.1") }.count
    let store = requests.filter { $0.host.hasPrefix("localhost") }.count
    #expect(hub >= 1 && store >= 5 && hub < store - 2)
    // A signature that has ended sends back to the hub.
    _ = try client.entry(at: RemoteAddress("\(server.address)/expire/test.parquet"))
    try read(700..<750)
    requests = try server.requests("test.parquet").dropFirst(before)
    #expect(requests.filter { $0.host.hasPrefix("127.0.0.1") }.count > hub)
  }

  @Test func aGatedDataSetSaysWhatToDo() throws {
    let pattern = "hf://datasets/gated/name/data/*.parquet"
    let without = transferError { _ = try client().entries(matching: pattern) }
    #expect(
      without
        == .refused(
          address: pattern, status: 401, explanation: "Access to this dataset is restricted.",
          advice: "set HF_TOKEN; if the data set is gated, accept its terms on its page first"))
    let wrong = transferError { _ = try client(token: "bad").entries(matching: pattern) }
    guard case .refused(_, 403, _, let advice) = wrong else {
      Issue.record("\(String(describing: wrong))")
      return
    }
    #expect(advice.contains("accept its terms"))
  }

  @Test func whatIsMissingIsNamed() throws {
    for address in [
      "hf://datasets/absent/name/*.parquet", "hf://datasets/owner/name@nothing/*.parquet",
      "hf://datasets/owner/name/absent.parquet",
    ] {
      guard
        case .missing(address, 404, _, let advice) = transferError({
          _ = try client().entries(matching: address)
        })
      else {
        Issue.record("\(address)")
        continue
      }
      #expect(advice.contains("HF_TOKEN"))
    }
    #expect(
      transferError { _ = try client().entries(matching: "hf://datasets/owner/name/*.csv") }
        == .patternMatchesNothing(pattern: "hf://datasets/owner/name/*.csv", listed: 6))
  }
}

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct ObjectListingTests {
  let server: FixtureServer

  init() throws { server = try #require(FixtureServer.objects) }

  private func client(
    _ access: String? = "AKIDEXAMPLE", _ secret: String = "a secret/with+signs",
    token: String? = nil
  ) -> TransferClient {
    var environment = TransferEnvironment()
    environment.objectEndpoint = server.address
    environment.objectRegion = "eu-north-1"
    environment.objectCredentials = access.map {
      TransferEnvironment.ObjectCredentials(accessKey: $0, secretKey: secret, sessionToken: token)
    }
    return .hasty(environment: environment)
  }

  @Test func aGlobListsAllPages() throws {
    let entries = try client().entries(matching: "s3://data/logs/202?/*")
    #expect(
      entries.map(\.name) == [
        "s3://data/logs/2024/a.jsonl", "s3://data/logs/2024/b.jsonl",
        "s3://data/logs/2024/c d+e&f.jsonl", "s3://data/logs/2025/h.jsonl",
        "s3://data/logs/2025/\u{FC}~(1).txt",
      ])
    #expect(entries.map(\.byteCount) == [1_500, 100, 70, 50, 40])
    #expect(try client().entries(matching: "s3://data/**").count == 8)
    #expect(try client().entries(matching: "s3://data/**/*.jsonl").count == 6)
  }

  @Test func everyKeyIsReadWithASignature() throws {
    for client in [client(), client("ASIAEXAMPLE", "another secret", token: "session")] {
      for entry in try client.entries(matching: "s3://data/**") {
        let bytes = try RemoteStream(entry, client: client).rest()
        #expect(bytes.count == entry.byteCount)
        let again = try client.entry(at: entry.address)
        #expect(again.byteCount == entry.byteCount)
        #expect(again.entityTag == entry.entityTag)
      }
      let odd = try RemoteFile("s3://data/logs/2025/\u{FC}~(1).txt", client: client)
      var bytes = [UInt8](repeating: 0, count: 10)
      try bytes.withUnsafeMutableBytes { try odd.read(into: $0, at: 30) }
      #expect(bytes == Array(content(40, seed: 6)[30...]))
    }
  }

  @Test func theBucketsRegionIsFoundOut() throws {
    let client = client()
    let entries = try client.entries(matching: "s3://far/other/**")
    #expect(entries.map(\.byteCount) == [30])
    #expect(try RemoteStream(try #require(entries.first), client: client).rest().count == 30)
  }

  @Test func publicBucketsNeedNoCredentials() throws {
    let client = client(nil)
    #expect(try client.entries(matching: "s3://public/other/**").count == 1)
    guard
      case .refused("s3://data/*", 403, "AccessDenied: Access Denied", let advice) = transferError({
        _ = try client.entries(matching: "s3://data/*")
      })
    else {
      Issue.record("an unsigned request was answered")
      return
    }
    #expect(advice.contains("AWS_ACCESS_KEY_ID"))
  }

  @Test func wrongSecretsAreRefused() throws {
    let error = transferError {
      _ = try client("AKIDEXAMPLE", "wrong").entries(matching: "s3://data/*")
    }
    guard
      case .refused(_, 403, "SignatureDoesNotMatch: The signature is another", let advice) = error
    else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(advice.contains("eu-north-1"))
    #expect(error?.description.contains("wrong") == false)
  }

  @Test func whatIsMissingIsNamed() throws {
    guard
      case .missing("s3://data/absent", 404, "NoSuchKey: The key does not exist", _) =
        transferError({ _ = try client().entries(matching: "s3://data/absent") })
    else {
      Issue.record("a key that is not there")
      return
    }
    #expect(
      transferError { _ = try client().entries(matching: "s3://data/logs/*.csv") }
        == .patternMatchesNothing(pattern: "s3://data/logs/*.csv", listed: 7))
  }
}
