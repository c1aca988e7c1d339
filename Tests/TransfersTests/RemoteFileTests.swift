import Files
import Foundation
import Synchronization
import Testing

import Transfers

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct RemoteFileTests {
  let server: FixtureServer

  init() throws { server = try #require(FixtureServer.faulty) }

  private func read(_ file: RemoteFile, _ range: Range<Int>) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: range.lowerBound) }
    return bytes
  }

  @Test func anyRangeIsRead() throws {
    let file = try RemoteFile(server.file("ranges", "bytes=3000000"), client: .hasty())
    let expected = content(3_000_000)
    #expect(file.byteCount == 3_000_000)
    for range in [0..<10, 2_999_990..<3_000_000, 1_500_000..<1_500_001, 7..<2_500_000, 5..<5] {
      #expect(try read(file, range) == Array(expected[range]))
    }
  }

  @Test func aFooterAndWhatIsBesideItCostOneRequest() throws {
    let file = try RemoteFile(server.file("footer", "bytes=3000000"), client: .hasty())
    let expected = content(3_000_000)
    #expect(try read(file, 2_999_992..<3_000_000) == Array(expected[2_999_992...]))
    #expect(try read(file, 2_990_000..<2_999_992) == Array(expected[2_990_000..<2_999_992]))
    #expect(try read(file, 2_000_000..<2_000_100) == Array(expected[2_000_000..<2_000_100]))
    let requests = try server.requests("footer")
    #expect(requests.map(\.method) == ["HEAD", "GET"])
    #expect(requests.last?.headers["range"] == "bytes=1951424-2999999")
    #expect(Set(requests.map(\.peer)).count == 1, "one connection serves them all")
  }

  @Test func largeReadsAskForWhatTheyWantAlone() throws {
    let client = TransferClient.hasty { $0.readAheadByteCount = 1_000 }
    let file = try RemoteFile(server.file("exact", "bytes=50000"), client: client)
    #expect(try read(file, 10..<20_010) == Array(content(50_000)[10..<20_010]))
    #expect(try server.requests("exact").last?.headers["range"] == "bytes=10-20009")
  }

  @Test(arguments: [405, 403, 501, 400]) func whereHeadIsRefusedTheFirstByteTells(status: Int)
    throws
  {
    let file = try RemoteFile(
      server.file("nohead\(status)", "bytes=2000&nohead=\(status)"), client: .hasty())
    #expect(file.byteCount == 2_000)
    #expect(try read(file, 100..<200) == Array(content(2_000)[100..<200]))
    let empty = try RemoteFile(
      server.file("noheadempty\(status)", "bytes=0&nohead=\(status)"), client: .hasty())
    #expect(empty.byteCount == 0)
  }

  @Test func anEntryThatSaysAllNeedsNoQuestion() throws {
    let entry = RemoteEntry(
      address: try RemoteAddress(server.file("known", "bytes=900")), byteCount: 900,
      entityTag: "\"v1\"")
    let file = try RemoteFile(entry, client: .hasty())
    #expect(try read(file, 0..<900) == content(900))
    #expect(try server.requests("known").map(\.method) == ["GET"])
  }

  @Test func rangesOutsideAreRefused() throws {
    let file = try RemoteFile(server.file("outside", "bytes=100"), client: .hasty())
    for range in [-1..<2, 99..<101, 200..<201, 0..<101] {
      let error = #expect(throws: ByteAccessError.self) { try read(file, range) }
      #expect(error?.reason == "it has 100 bytes")
    }
  }

  @Test func lostConnectionsAreTakenUp() throws {
    let file = try RemoteFile(server.file("lost", "bytes=90000&drop=20000"), client: .hasty())
    #expect(try read(file, 5..<90_000) == Array(content(90_000)[5...]))
  }

  @Test func aChangeIsAnError() throws {
    let client = TransferClient.hasty { $0.readAheadByteCount = 10 }
    let file = try RemoteFile(server.file("changing", "bytes=1000&change=2"), client: client)
    #expect(try read(file, 0..<100) == Array(content(1_000)[..<100]))
    let error = #expect(throws: ByteAccessError.self) { try read(file, 100..<200) }
    #expect(error?.reason.contains("it changed while it was read (byte 100)") == true)
    #expect(error?.name == file.name)
  }

  @Test func withoutRangesASmallObjectIsKeptAside() throws {
    let file = try RemoteFile(server.file("spool", "bytes=50000&ranges=0"), client: .hasty())
    let expected = content(50_000)
    #expect(try read(file, 40_000..<40_010) == Array(expected[40_000..<40_010]))
    #expect(try read(file, 1..<50_000) == Array(expected[1...]))
    #expect(try server.requests("spool").count <= 3)
  }

  @Test func withoutRangesALargeObjectSaysWhatIsMissing() throws {
    let client = TransferClient.hasty {
      $0.spoolByteLimit = 10_000
      $0.readAheadByteCount = 100
    }
    let file = try RemoteFile(server.file("nospool", "bytes=50000&ranges=0"), client: client)
    let error = #expect(throws: ByteAccessError.self) { try read(file, 40_000..<40_200) }
    #expect(error?.reason.contains("the server ignores ranges") == true)
  }

  @Test func anUnknownSizeIsFoundOut() throws {
    let address = server.file("sizeless", "bytes=5000&chunked=1&nohead=405&ranges=0")
    let file = try RemoteFile(address, client: .hasty())
    #expect(file.byteCount == 5_000)
    #expect(try read(file, 4_000..<5_000) == Array(content(5_000)[4_000...]))
    let error = transferError {
      _ = try RemoteFile(address, client: .hasty { $0.spoolByteLimit = 4_999 })
    }
    #expect(error == .unknownSize(address: try RemoteAddress(address).name, limit: 4_999))
  }

  @Test func aHeadThatLiesIsFoundOut() throws {
    let file = try RemoteFile(server.file("headlie", "bytes=500&headmore=10"), client: .hasty())
    let error = #expect(throws: ByteAccessError.self) { try read(file, 0..<510) }
    #expect(error?.reason.contains("contradicts itself") == true)
  }

  @Test func aWebPageIsNoFile() throws {
    let error = transferError {
      _ = try RemoteFile(server.file("page.parquet", "html=1"), client: .hasty())
    }
    #expect(
      error == .webPage(address: "\(server.address)/f/page.parquet?html=…", title: "Please log in"))
  }

  @Test func threadsReadSideBySide() throws {
    let client = TransferClient.hasty { $0.readAheadByteCount = 4_096 }
    let file = try RemoteFile(server.file("threads", "bytes=400000"), client: client)
    let expected = content(400_000)
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 40) { index in
      let start = index * 9_973
      let range = start..<start + 1 + index * 200
      if (try? self.read(file, range)) != Array(expected[range]) {
        failures.add(1, ordering: .relaxed)
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
  }
}
