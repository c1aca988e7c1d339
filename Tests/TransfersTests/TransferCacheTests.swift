import Foundation
import TestSupport
import Testing

import Transfers

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct TransferCacheTests {
  let server: FixtureServer
  let folder: TemporaryFolder

  init() throws {
    server = try #require(FixtureServer.faulty)
    folder = try TemporaryFolder()
  }

  private func cache(byteLimit: Int = 1 << 20) throws -> TransferCache {
    try TransferCache(directory: folder("cache"), byteLimit: byteLimit, blockByteCount: 1_000)
  }

  private func blocks() throws -> [String] {
    try folder.names(folder("cache")).flatMap { name in
      try folder.names(folder("cache/\(name)")).map { "cache/\(name)/\($0)" }
    }
  }

  @Test func aSecondReadingFetchesNothing() throws {
    let address = server.file("twice", "bytes=5500")
    for pass in 0..<2 {
      let cache = try cache()
      let stream = try TransferClient.hasty(cache: cache).stream(address)
      #expect(try stream.rest(pieces: 300) == content(5_500))
      #expect(cache.statistics.misses == (pass == 0 ? 6 : 0))
      #expect(cache.statistics.hits == (pass == 0 ? 0 : 6))
    }
    let methods = try server.requests("twice").map(\.method)
    #expect(methods.filter { $0 == "HEAD" }.count == 2)
    #expect(methods.filter { $0 == "GET" }.count <= 2, "missing blocks in a row come together")
    #expect(try blocks().count == 6)
  }

  @Test func filesAndStreamsShareBlocks() throws {
    let client = TransferClient.hasty(cache: try cache())
    let address = server.file("shared", "bytes=9500")
    let file = try RemoteFile(address, client: client)
    var bytes = [UInt8](repeating: 0, count: 2_200)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 3_900) }
    #expect(bytes == Array(content(9_500)[3_900..<6_100]))
    #expect(client.cache?.statistics.misses == 4)
    let stream = try client.stream(address, from: 3_000)
    #expect(try stream.rest() == Array(content(9_500)[3_000...]))
    #expect(client.cache?.statistics.hits == 4)
    #expect(client.cache?.statistics.misses == 7)
  }

  @Test(arguments: ["flipped", "cut", "longer", "empty"])
  func damagedBlocksAreFetchedAgain(damage: String) throws {
    let address = server.file("damaged-\(damage)", "bytes=2500")
    #expect(try TransferClient.hasty(cache: try cache()).stream(address).rest() == content(2_500))
    let path = folder(try #require(try blocks().first))
    var block = try bytes(at: path)
    switch damage {
    case "flipped": block[block.count - 1] ^= 1
    case "cut": block.removeLast()
    case "longer": block.append(0)
    default: block = []
    }
    try Data(block).write(to: URL(filePath: path))
    let cache = try cache()
    #expect(try TransferClient.hasty(cache: cache).stream(address).rest() == content(2_500))
    #expect(cache.statistics.damaged == 1)
    #expect(cache.statistics.hits == 2)
    let again = try self.cache()
    #expect(try TransferClient.hasty(cache: again).stream(address).rest() == content(2_500))
    #expect(again.statistics.hits == 3)
  }

  @Test func anotherTagIsAnotherBlock() throws {
    let cache = try cache()
    for seed in [1, 2] {
      let entry = RemoteEntry(
        address: try RemoteAddress(server.file("tags", "bytes=1500&change=1")), byteCount: 1_500,
        entityTag: "\"v\(seed)\"")
      let stream = try RemoteStream(entry, client: .hasty(cache: cache))
      #expect(try stream.rest() == content(1_500, seed: seed))
    }
    #expect(cache.statistics.hits == 0)
  }

  @Test func theOldestAreRemovedFirst() throws {
    // Five blocks of 1,056 bytes fit.
    let cache = try cache(byteLimit: 5 * 1_056)
    let client = TransferClient.hasty(cache: cache)
    for name in ["old", "used", "new"] {
      #expect(try client.stream(server.file("lru-\(name)", "bytes=2000")).rest() == content(2_000))
      // Files' times may be as coarse as a tick of the kernel's clock.
      Thread.sleep(forTimeInterval: 0.05)
      if name == "used" {
        _ = try client.stream(server.file("lru-old", "bytes=2000")).rest()
        #expect(cache.statistics.hits == 2)
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
    #expect(cache.statistics.removed == 2)
    #expect(try blocks().count == 4)
    _ = try client.stream(server.file("lru-old", "bytes=2000")).rest()
    #expect(cache.statistics.hits == 4, "what was used again is still there")
    _ = try client.stream(server.file("lru-used", "bytes=2000")).rest()
    #expect(cache.statistics.hits == 4)
  }

  @Test func aSmallerLimitIsKeptAtOnce() throws {
    _ = try TransferClient.hasty(cache: try cache()).stream(server.file("limit", "bytes=9000"))
      .rest()
    #expect(try blocks().count == 9)
    _ = try cache(byteLimit: 3_200)
    #expect(try blocks().count == 2)
  }

  @Test func whatHasNoTagIsNotKept() throws {
    let client = TransferClient.hasty(cache: try cache())
    #expect(
      try client.stream(server.file("tagless", "bytes=2500&etag=none")).rest() == content(2_500))
    #expect(try blocks() == [])
  }

  @Test func withoutRangesStreamsStillReadThroughIt() throws {
    let address = server.file("cacheignoring", "bytes=4500&ranges=0")
    let client = TransferClient.hasty(cache: try cache())
    #expect(try client.stream(address).rest() == content(4_500))
    let file = try RemoteFile(server.file("cacheignoring2", "bytes=4500&ranges=0"), client: client)
    var bytes = [UInt8](repeating: 0, count: 10)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 4_000) }
    #expect(bytes == Array(content(4_500)[4_000..<4_010]))
  }

  @Test func aFullDiskDoesNotStopReading() throws {
    let cache = try cache()
    // A file where the block's folder would be.
    for high in 0..<256 {
      let name = String(high, radix: 16)
      try folder.write("", to: "cache/" + (name.count == 1 ? "0" : "") + name)
    }
    let stream = try TransferClient.hasty(cache: cache).stream(server.file("full", "bytes=1500"))
    #expect(try stream.rest() == content(1_500))
    #expect(cache.statistics.unwritten == 2)
  }

  @Test func theFolderHoldsNoSecrets() throws {
    let address = server.file("secret", "bytes=1500&token=abcdefgh")
    _ = try TransferClient.hasty(cache: try cache()).stream(address).rest()
    for path in try blocks() {
      #expect(!String(decoding: try bytes(at: folder(path)), as: UTF8.self).contains("abcdefgh"))
    }
  }
}
