import Foundation
import Synchronization
import TestSupport
import Testing

import Transfers

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct RemoteStreamTests {
  let server: FixtureServer

  init() throws { server = try #require(FixtureServer.faulty) }

  @Test(arguments: [0, 1, 16_384, 99_999, 100_000]) func anyOffsetIsRead(offset: Int) throws {
    let stream = try TransferClient.hasty().stream(
      server.file("offset\(offset)", "bytes=100000"), from: offset)
    #expect(try stream.rest() == Array(content(100_000)[offset...]))
    #expect(stream.position == 100_000)
    #expect(try stream.rest() == [])
  }

  @Test(arguments: [1, 7, 16_384, 1_000_000]) func anyBufferIsFilled(pieces: Int) throws {
    let stream = try TransferClient.hasty().stream(server.file("pieces\(pieces)", "bytes=50000"))
    #expect(try stream.rest(pieces: pieces) == content(50_000))
  }

  @Test func theServerTellsWhatItIs() throws {
    let stream = try TransferClient.hasty().stream(server.file("told", "bytes=5&seed=3"))
    #expect(stream.entry.byteCount == 5)
    #expect(stream.entry.entityTag == "\"v3\"")
  }

  @Test(arguments: ["chunked=1", "nolength=1", "chunked=1&nohead=405"])
  func lengthsMayBeUnknown(fault: String) throws {
    let stream = try TransferClient.hasty().stream(
      server.file("length-\(fault)", "bytes=70000&\(fault)"))
    #expect(stream.byteCount == nil)
    #expect(try stream.rest() == content(70_000))
    #expect(stream.byteCount == 70_000)
  }

  @Test func anEmptyObjectHasAnEnd() throws {
    #expect(try TransferClient.hasty().stream(server.file("empty", "bytes=0")).rest() == [])
  }

  @Test func aLostConnectionIsTakenUpWhereItStopped() throws {
    let stream = try TransferClient.hasty().stream(server.file("drop", "bytes=100000&drop=9000"))
    #expect(try stream.rest() == content(100_000))
    let requests = try server.requests("drop")
    #expect(requests.count == 12)
    #expect(
      requests.map { $0.headers["range"] ?? "" }
        == [""] + stride(from: 9_000, to: 100_000, by: 9_000).map { "bytes=\($0)-" })
    #expect(requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"v1\"" })
  }

  @Test func aChunkedBodyThatBreaksIsTakenUp() throws {
    let stream = try TransferClient.hasty().stream(
      server.file("chunkdrop", "bytes=60000&chunked=1&drop=20000&times=2"))
    #expect(try stream.rest() == content(60_000))
  }

  @Test func aServerThatIgnoresRangesIsReadFromTheStart() throws {
    let address = server.file("ignoring", "bytes=100000&ranges=0&drop=60000&times=1")
    #expect(try TransferClient.hasty().stream(address).rest() == content(100_000))
    let offset = server.file("ignoring2", "bytes=100000&ranges=0")
    #expect(
      try TransferClient.hasty().stream(offset, from: 70_000).rest()
        == Array(content(100_000)[70_000...]))
  }

  @Test func passingOverHasALimit() throws {
    let client = TransferClient.hasty { $0.skippedByteLimit = 1_000 }
    let error = transferError {
      _ = try client.stream(server.file("limit", "bytes=9000&ranges=0"), from: 2_000)
    }
    guard case .rangesIgnored(_, 2_000, 1_000) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [408, 425, 429, 500, 502, 503, 504]) func troubleIsWaitedOut(status: Int) throws
  {
    let stream = try TransferClient.hasty().stream(
      server.file("trouble\(status)", "bytes=300&fail=3&status=\(status)"))
    #expect(try stream.rest() == content(300))
    #expect(try server.requests("trouble\(status)").count == 4)
  }

  @Test func troubleWithoutEndIsAnError() throws {
    let error = transferError {
      _ = try TransferClient.hasty().stream(server.file("endless", "bytes=300&fail=1000"))
    }
    guard case .gaveUp(4, .unexpectedStatus(_, 0, 503, "busy, come back")) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try server.requests("endless").count == 4)
    #expect(error?.description.contains("4 attempts without a new byte") == true)
  }

  @Test func attemptsCountAnewAfterEachByte() throws {
    // 30 lost connections in a row, each after a byte or more, with 4 attempts allowed.
    let stream = try TransferClient.hasty().stream(server.file("trickle", "bytes=30&drop=1"))
    #expect(try stream.rest() == content(30))
  }

  @Test func aServerThatGivesNothingMoreIsGivenUp() throws {
    let stream = try TransferClient.hasty().stream(
      server.file("stuck", "bytes=20000&ranges=0&drop=5000"))
    let error = transferError { _ = try stream.rest() }
    // The last attempts pass over what was read, and are no progress.
    guard case .gaveUp(4, let last) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(last.reason.contains("byte 5000"))
  }

  @Test func theServersWaitIsKept() throws {
    let waits = Mutex<[Duration]>([])
    let client = TransferClient.hasty {
      $0.report = { retry in waits.withLock { $0.append(retry.delay) } }
    }
    let stream = try client.stream(
      server.file("wait", "bytes=10&fail=1&status=429&retry=3600"))
    #expect(try stream.rest() == content(10))
    #expect(waits.withLock { $0 } == [.milliseconds(200)], "bounded by longestRetryAfter")
  }

  @Test func aStallIsALostConnection() throws {
    let client = TransferClient.hasty { $0.stallTimeout = .milliseconds(300) }
    let stream = try client.stream(server.file("stall", "bytes=5000&stall=2000&times=1"))
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try stream.rest() == content(5_000))
    #expect(start.duration(to: clock.now) < .seconds(10))
  }

  @Test func aStallWithoutEndIsAnError() throws {
    let client = TransferClient.hasty {
      $0.stallTimeout = .milliseconds(100)
      $0.attemptLimit = 2
    }
    let stream = try client.stream(server.file("stall2", "bytes=5000&stall=2000&ranges=0"))
    guard case .gaveUp(2, .stalled(_, 2_000, _)) = transferError({ _ = try stream.rest() }) else {
      Issue.record("no stall")
      return
    }
  }

  @Test func waitingEndsWhenAsked() throws {
    let asked = Atomic(false)
    let client = TransferClient.hasty {
      $0.isCancelled = { asked.load(ordering: .relaxed) }
    }
    let stream = try client.stream(server.file("cancel", "bytes=5000&stall=2000"))
    let clock = ContinuousClock()
    let start = clock.now
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) {
      asked.store(true, ordering: .relaxed)
    }
    #expect(
      transferError { _ = try stream.rest() } == .cancelled(address: stream.entry.name, byte: 2_000)
    )
    #expect(start.duration(to: clock.now) < .seconds(5))
  }

  @Test func anObjectThatChangesIsAnErrorAndNoMixture() throws {
    for query in ["", "&ranges=0"] {
      let stream = try TransferClient.hasty().stream(
        server.file("change\(query.count)", "bytes=5000&drop=2000&change=1\(query)"))
      var bytes = [UInt8](repeating: 0, count: 2_000)
      var filled = 0
      while filled < 2_000 {
        filled += try bytes.withUnsafeMutableBytes {
          try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
        }
      }
      #expect(bytes == Array(content(5_000)[..<2_000]))
      guard
        case .changed(_, 2_000, "ETag \"v1\"", "ETag \"v2\"") = transferError({
          _ = try stream.rest()
        })
      else {
        Issue.record("a mixture")
        return
      }
    }
  }

  @Test func aChangedSizeOrDateIsAChange() throws {
    let dated = "etag=none&modified=Sun,%2006%20Nov%201994%2008:49:37%20GMT"
    let entry = RemoteEntry(
      address: try RemoteAddress(server.file("dated", "bytes=10&\(dated)")), byteCount: 10,
      lastModified: "Mon, 07 Nov 1994 08:49:37 GMT")
    let error = transferError { _ = try RemoteStream(entry, client: TransferClient.hasty()) }
    guard case .changed(_, 0, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let sized = RemoteEntry(
      address: try RemoteAddress(server.file("sized", "bytes=10&etag=none")), byteCount: 11)
    guard
      case .changed(_, 0, "11 bytes", "10 bytes") = transferError({
        _ = try RemoteStream(sized, client: TransferClient.hasty())
      })
    else {
      Issue.record("a size that changed")
      return
    }
  }

  @Test func wrongLengthsAreErrors() throws {
    // More promised than given: a body that stays short at the same place.
    let more = transferError {
      _ = try TransferClient.hasty().stream(server.file("more", "bytes=500&more=7")).rest()
    }
    #expect(more?.reason.contains("byte 500") == true || more?.reason.contains("507") == true)
    // Another range than asked for.
    let shifted = transferError {
      _ = try TransferClient.hasty().stream(server.file("shift", "bytes=500&shift=1"), from: 10)
    }
    guard case .wrongRange(_, 10, "\"bytes 11-500/500\"") = shifted else {
      Issue.record("\(String(describing: shifted))")
      return
    }
    // The same tag with another length.
    let entry = RemoteEntry(
      address: try RemoteAddress(server.file("same", "bytes=500")), byteCount: 400,
      entityTag: "\"v1\"")
    guard
      case .wrongLength(_, 0, 400, 500) = transferError({
        _ = try RemoteStream(entry, client: TransferClient.hasty())
      })
    else {
      Issue.record("a wrong length")
      return
    }
  }

  @Test func aShorterRangeThanAskedForIsGoneOnFrom() throws {
    let stream = try TransferClient.hasty().stream(
      server.file("short", "bytes=500&short=100"), from: 50)
    #expect(try stream.rest() == Array(content(500)[50...]))
  }

  @Test func offsetsBeyondTheEndAreErrors() throws {
    guard
      case .outsideObject(_, 501, _, 500) = transferError({
        _ = try TransferClient.hasty().stream(server.file("beyond", "bytes=500"), from: 501)
      })
    else {
      Issue.record("an offset beyond the end")
      return
    }
  }

  @Test func aServerThatStartsAgainIsWaitedFor() throws {
    var server: FixtureServer? = try FixtureServer("faulty_server.py")
    let port = try #require(server?.port)
    let client = TransferClient.hasty {
      $0.attemptLimit = 100
      $0.longestDelay = .milliseconds(100)
    }
    let address = "http://127.0.0.1:\(port)/f/restart?bytes=4000000&drop=1000000&times=1"
    let stream = try client.stream(address)
    var beginning = [UInt8](repeating: 0, count: 1_000)
    let count = try beginning.withUnsafeMutableBytes { try stream.read(into: $0) }
    server = nil
    let later = Mutex<FixtureServer?>(nil)
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) {
      later.withLock { $0 = try? FixtureServer("faulty_server.py", "port=\(port)") }
    }
    #expect(try beginning[..<count] + stream.rest() == content(4_000_000)[...])
    #expect(later.withLock { $0 } != nil)
  }

  @Test func streamsAreReadSideBySide() throws {
    let client = TransferClient.hasty()
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let address = server.file("side\(index)", "bytes=200000&seed=\(index)&drop=150000&times=1")
      let bytes = try? client.stream(address).rest()
      if bytes != content(200_000, seed: index) { failures.add(1, ordering: .relaxed) }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
  }

  @Test func passingOverMovesOn() throws {
    let stream = try TransferClient.hasty().stream(server.file("skip", "bytes=3000000"))
    #expect(try stream.skip(100) == 100)
    #expect(try stream.skip(2_000_000) == 2_000_000)
    #expect(try stream.rest() == Array(content(3_000_000)[2_000_100...]))
    #expect(try stream.skip(1) == 0)
    #expect(try server.requests("skip").count == 2)
  }
}
