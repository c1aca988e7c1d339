import Foundation
import Testing

import Transfers

/// A second opinion on S3: moto, where the interpreter has it (`pip install 'moto[server]'`).
///
/// `SAMARA_PYTHON` names another interpreter than the first python3.
@Suite(
  .enabled(
    if: FixtureServer.pythonWithMoto != nil, "no python3 has moto: pip install 'moto[server]'"))
struct MotoTests {
  @Test func objectsAreListedAndRead() throws {
    let server = try FixtureServer(
      "moto_server.py", python: try #require(FixtureServer.pythonWithMoto))
    var environment = TransferEnvironment()
    environment.objectEndpoint = server.address
    environment.objectCredentials = TransferEnvironment.ObjectCredentials(
      accessKey: "testing", secretKey: "testing")
    let client = TransferClient.hasty(environment: environment)
    let entries = try client.entries(matching: "s3://data/part-*")
    #expect(entries.count == 1_003)
    #expect(entries.first?.name == "s3://data/part-00000 a+b.txt")
    #expect(entries.map(\.name) == entries.map(\.name).sorted())
    for entry in [entries[0], entries[1_002]] {
      let number = entry.address.text.dropFirst("s3://data/part-".count).prefix(5)
      let bytes = try RemoteStream(entry, client: client).rest()
      #expect(String(decoding: bytes, as: UTF8.self) == "object \(number)")
    }
    let file = try RemoteFile(entries[7], client: client)
    var bytes = [UInt8](repeating: 0, count: 5)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 7) }
    #expect(String(decoding: bytes, as: UTF8.self) == "00007")
    guard
      case .missing(_, 404, let explanation, _) = transferError({
        _ = try client.entries(matching: "s3://absent/*")
      })
    else {
      Issue.record("a bucket that is not there")
      return
    }
    #expect(explanation.hasPrefix("NoSuchBucket"))
  }
}
