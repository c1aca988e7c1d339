import Foundation
import TestSupport
import Testing

import Transfers

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct DownloadTests {
  let server: FixtureServer
  let folder: TemporaryFolder

  init() throws {
    server = try #require(FixtureServer.faulty)
    folder = try TemporaryFolder()
  }

  /// Fetches until the server gives no more, which leaves the first bytes on disk.
  private func interrupted(_ name: String, _ query: String) throws {
    let client = TransferClient.hasty { $0.attemptLimit = 1 }
    let address = server.file(name, "\(query)&drop=40000&times=1")
    #expect(
      transferError { try Download.fetch(address, to: folder("file"), client: client) } != nil)
    #expect(try bytes(at: folder("file.partial")) == Array(content(100_000)[..<40_000]))
  }

  @Test func aFileIsFetched() throws {
    var reports: [Download.Progress] = []
    let entry = try Download.fetch(
      server.file("whole", "bytes=100000"), to: folder("file"), client: .hasty()
    ) { reports.append($0) }
    #expect(try bytes(at: folder("file")) == content(100_000))
    #expect(try folder.names() == ["file"])
    #expect(entry.byteCount == 100_000)
    #expect(entry.entityTag == "\"v1\"")
    let last = try #require(reports.last)
    #expect([last.bytesDone, last.byteCount, last.bytesFound] == [100_000, 100_000, 0])
  }

  @Test func itGoesOnWhereItStopped() throws {
    try interrupted("resumed", "bytes=100000")
    var found = 0
    try Download.fetch(
      server.file("resumed", "bytes=100000&drop=40000&times=1"), to: folder("file"),
      client: .hasty()
    ) { found = $0.bytesFound }
    #expect(try bytes(at: folder("file")) == content(100_000))
    #expect(try folder.names() == ["file"])
    #expect(found == 40_000)
    let last = try #require(try server.requests("resumed").last)
    #expect(last.headers["range"] == "bytes=40000-")
    #expect(last.headers["if-range"] == "\"v1\"")
  }

  @Test func whatChangedBeginsAgain() throws {
    try interrupted("changed", "bytes=100000&change=1")
    try Download.fetch(
      server.file("changed", "bytes=100000&change=1&drop=40000&times=1"), to: folder("file"),
      client: .hasty())
    #expect(try bytes(at: folder("file")) == content(100_000, seed: 2))
  }

  @Test func whatHasNoNameBeginsAgain() throws {
    try interrupted("nameless", "bytes=100000&etag=none")
    try Download.fetch(
      server.file("nameless", "bytes=100000&etag=none&drop=40000&times=1"), to: folder("file"),
      client: .hasty())
    #expect(try bytes(at: folder("file")) == content(100_000))
    #expect(try server.requests("nameless").last?.headers["range"] == nil)
  }

  @Test func aBrokenRecordBeginsAgain() throws {
    try interrupted("record", "bytes=100000")
    try folder.write("{", to: "file.partial.json")
    try Download.fetch(
      server.file("record", "bytes=100000&drop=40000&times=1"), to: folder("file"),
      client: .hasty())
    #expect(try bytes(at: folder("file")) == content(100_000))
  }

  @Test func aPartialFileThatIsTooLongBeginsAgain() throws {
    try interrupted("toolong", "bytes=100000")
    try folder.write([UInt8](repeating: 0, count: 100_001), to: "file.partial")
    try Download.fetch(
      server.file("toolong", "bytes=100000&drop=40000&times=1"), to: folder("file"),
      client: .hasty())
    #expect(try bytes(at: folder("file")) == content(100_000))
  }

  @Test func oneProcessAtATime() throws {
    let first = try PartialFile(path: folder("file"), name: "first")
    let error = transferError {
      try Download.fetch(server.file("locked", "bytes=10"), to: folder("file"), client: .hasty())
    }
    #expect(
      error
        == .alreadyDownloading(
          address: "\(server.address)/f/locked?bytes=…", path: folder("file.partial")))
    withExtendedLifetime(first) {}
  }

  @Test func aMissingFolderIsAnError() throws {
    let error = transferError {
      try Download.fetch(server.file("nofolder", "bytes=10"), to: folder("a/b"), client: .hasty())
    }
    guard case .file(_, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.code == ENOENT)
  }

  @Test func theHubsDigestIsChecked() throws {
    var environment = TransferEnvironment()
    environment.hubEndpoint = server.address
    let client = TransferClient.hasty(environment: environment)
    let entry = try Download.fetch(
      "hf://datasets/owner/name/data/train-00000.parquet", to: folder("file"), client: client)
    #expect(try bytes(at: folder("file")) == content(3_000, seed: 1))
    #expect(entry.contentDigest?.count == 64)
    let error = transferError {
      try Download.fetch(
        "hf://datasets/forged/name/data/train-00000.parquet", to: folder("forged"), client: client)
    }
    guard case .wrongDigest(_, _, String(repeating: "f", count: 64), _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try folder.names() == ["file"])
  }
}
