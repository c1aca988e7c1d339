import Foundation

/// A response whose body is being read.
final class Exchange {
  let target: RequestTarget
  let head: ResponseHead
  /// The head of the first answer, before any redirect: the hub's own word about a file.
  let firstHead: ResponseHead
  private var connection: Connection?
  private let pool: ConnectionPool

  init(
    target: RequestTarget, head: ResponseHead, firstHead: ResponseHead, connection: Connection,
    pool: ConnectionPool
  ) {
    self.target = target
    self.head = head
    self.firstHead = firstHead
    self.connection = connection
    self.pool = pool
  }

  deinit { close() }

  /// Reads what comes next of the body; zero at its end.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, byte: Int
  ) throws(TransferFailure) -> Int {
    guard let connection else { return 0 }
    do throws(ConnectionFault) { return try connection.read(into: buffer) } catch {
      throw .fault(error, of: target.name, byte: byte)
    }
  }

  /// Reads the body to its end, if it has at most `limit` bytes; else nil.
  func body(limit: Int) throws(TransferFailure) -> [UInt8]? {
    var bytes: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = try read(into: piece, byte: bytes.count)
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else { return nil }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }

  /// The first bytes of the body, at most `limit`, fewer if it ends or fails before.
  func beginning(limit: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    var filled = 0
    bytes.withUnsafeMutableBytes { buffer in
      while filled < limit {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        guard let count = try? read(into: rest, byte: filled), count > 0 else { break }
        filled += count
      }
    }
    return Array(bytes[..<filled])
  }

  /// Passes over a small body, so that the connection stays open; gives up a large one.
  func drain() {
    if (head.contentLength ?? 0) <= 64 << 10 { _ = beginning(limit: 64 << 10) }
    close()
  }

  func close() {
    if let connection { pool.give(back: connection) }
    connection = nil
  }

  /// The failure that the status means, in the server's own words where it has any.
  func failure(byte: Int) -> TransferFailure {
    let text = head["x-error-message"] ?? Explanation.of(beginning(limit: 4_096))
    let failure = TransferFailure.status(
      head, of: target, byte: byte, explanation: SecretFreeText.printable(text, limit: 200))
    close()
    return failure
  }

  /// What the response says about the object as a whole.
  var identity: ObjectIdentity {
    ObjectIdentity(
      byteCount: firstHead["x-linked-size"].flatMap { Int($0) } ?? head.objectByteCount,
      entityTag: firstHead["x-linked-etag"] ?? head["etag"],
      lastModified: head["last-modified"],
      commit: firstHead["x-repo-commit"],
      condition: firstHead["x-linked-etag"] == nil
        ? head["etag"].flatMap { $0.hasPrefix("W/") ? nil : $0 }
          ?? (head["etag"] == nil ? head["last-modified"] : nil)
        : nil)
  }
}
