import Files
import Foundation
import Synchronization

/// Blocks of objects that were fetched, kept in a folder of the user's choice.
///
/// A block's file is named after address, size, tag and place, so that what changed on the server
/// is another block. It is written aside, synced and renamed, and holds a checksum: a block that
/// is damaged is fetched again. When the folder grows above its limit, the blocks that were not
/// used for the longest time are removed. Several processes may share a folder.
public final class TransferCache: Sendable {
  public let directory: String
  public let byteLimit: Int
  /// Larger blocks cost fewer requests, and more for a few bytes from here and there.
  public let blockByteCount: Int

  /// What came of the blocks that were asked for.
  public struct Statistics: Sendable, Equatable {
    public var hits = 0
    public var misses = 0
    /// Files that were not what they should be, and were fetched again.
    public var damaged = 0
    public var removed = 0
    /// Blocks that the disk had no room for, or refused; reading went on without.
    public var unwritten = 0
  }

  private let state: Mutex<State>
  /// Threads that want the same block wait for the one that fetches it.
  private let stripes = (0..<64).map { _ in NSLock() }

  private struct State {
    var statistics = Statistics()
    var byteCount = 0
  }

  /// Opens or makes a cache.
  ///
  /// - Throws: ``FileError`` if the folder cannot be made.
  public init(
    directory: String, byteLimit: Int, blockByteCount: Int = 8 << 20
  ) throws(FileError) {
    precondition(blockByteCount > 0, "a cache's blocks have \(blockByteCount) bytes")
    self.directory = directory
    self.byteLimit = byteLimit
    self.blockByteCount = blockByteCount
    try FileSystem.makeFolder(directory)
    let found = CacheFolder(path: directory).files().reduce(0) { $0 + $1.byteCount }
    state = Mutex(State(byteCount: found))
    if found > byteLimit { makeRoom() }
  }

  public var statistics: Statistics { state.withLock { $0.statistics } }

  /// Returns a block: from the folder if it is there and sound, else from `fetch`.
  ///
  /// - Parameter key: The 32 bytes that name it.
  func block(
    _ key: [UInt8], byteCount: Int, fetch: () throws(TransferError) -> [UInt8]
  ) throws(TransferError) -> [UInt8] {
    let stripe = stripes[Int(key[0]) % stripes.count]
    stripe.lock()
    defer { stripe.unlock() }
    let hexadecimal = SHA256Digest.hexadecimal(key)
    let folder = "\(directory)/\(hexadecimal.prefix(2))"
    let file = CacheBlockFile(path: "\(folder)/\(hexadecimal.dropFirst(2)).block", key: key)
    switch file.read(byteCount: byteCount) {
    case .found(let bytes):
      state.withLock { $0.statistics.hits += 1 }
      return bytes
    case .damaged: state.withLock { $0.statistics.damaged += 1 }
    case .absent: break
    }
    let bytes = try fetch()
    state.withLock { $0.statistics.misses += 1 }
    guard bytes.count + CacheBlockFile.headerByteCount <= byteLimit else { return bytes }
    do throws(FileError) {
      try FileSystem.makeFolder(folder)
      try file.write(bytes)
      let isTooMuch = state.withLock {
        $0.byteCount += bytes.count + CacheBlockFile.headerByteCount
        return $0.byteCount > byteLimit
      }
      if isTooMuch { makeRoom() }
    } catch {
      // The bytes are there: a full disk is no reason to stop reading.
      state.withLock { $0.statistics.unwritten += 1 }
    }
    return bytes
  }

  /// Removes what was not used for the longest time, down to nine tenths of the limit, so that
  /// the folder is not walked for every block.
  private func makeRoom() {
    let files = CacheFolder(path: directory).files().sorted {
      ($0.used, $0.path) < ($1.used, $1.path)
    }
    var total = files.reduce(0) { $0 + $1.byteCount }
    var removed = 0
    if total > byteLimit {
      for file in files.dropLast() where total > byteLimit / 10 * 9 {
        // Another process may have been first.
        if unlink(file.path) == 0 { removed += 1 }
        total -= file.byteCount
      }
    }
    state.withLock {
      $0.byteCount = total
      $0.statistics.removed += removed
    }
  }
}
