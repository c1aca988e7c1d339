/// The bytes of an object from one place on, whatever happens to the connections that bring them.
///
/// A lost connection, a server in trouble or a body that ends too soon are followed by another
/// request from the byte where the last one stopped, as often as the policy allows; each answer is
/// held against what is known of the object, so that bytes of two objects are never mixed.
final class ResumingBody {
  /// What is known of the object so far.
  private(set) var identity: ObjectIdentity
  /// The offset of the next byte.
  private(set) var position: Int
  private let client: TransferClient
  private let address: RemoteAddress
  private let name: String
  /// Where to stop, if not at the object's end.
  private let end: Int?
  private let skippedByteLimit: Int
  private var exchange: Exchange?
  /// How many bytes are still to come from the response, as far as it or the object says.
  private var remaining: Int?
  private var isAtEnd = false
  private var isCheckedForMarkup: Bool
  private var retries: RetryCounter

  init(
    client: TransferClient, address: RemoteAddress, from position: Int, to end: Int? = nil,
    identity: ObjectIdentity = ObjectIdentity(), skippedByteLimit: Int? = nil
  ) {
    self.client = client
    self.address = address
    self.position = position
    self.end = end
    self.identity = identity
    self.skippedByteLimit = skippedByteLimit ?? client.policy.skippedByteLimit
    name = address.name
    isCheckedForMarkup = address.namesMarkup
    retries = RetryCounter(policy: client.policy, name: name)
  }

  /// Where the bytes end, as far as is known.
  private var goal: Int? { end ?? identity.byteCount }

  /// Opens the connection, so that the identity is known before the first byte is asked for.
  func open() throws(TransferError) {
    try retrying { () throws(TransferFailure) in
      if self.exchange == nil, !self.isFinished { try self.request() }
    }
  }

  /// Fills the front of `buffer`; zero at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransferError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    return try retrying { () throws(TransferFailure) in try self.step(into: buffer) }
  }

  /// Fills a buffer; that the object ends before is an error.
  func fill(
    _ buffer: UnsafeMutableRawBufferPointer
  ) throws(TransferError) {
    var filled = 0
    while filled < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      guard count > 0 else {
        throw .shortBody(
          address: name, byte: position, expectedEnd: position + buffer.count - filled)
      }
      filled += count
    }
    try retrying { () throws(TransferFailure) in if self.isFinished { try self.finish() } }
  }

  /// Ends the transfer, and keeps the connection open if its body was read whole.
  func close() {
    exchange?.close()
    exchange = nil
  }

  /// Ends a transfer that is done: the body's end is read too, so that the connection can serve
  /// again. That there is more than the object has means that what came was something else.
  private func finish() throws(TransferFailure) {
    defer { close() }
    guard let exchange, remaining == 0 else { return }
    let more = exchange.beginning(limit: 1).count
    guard more == 0 else {
      throw .permanent(
        .wrongLength(
          address: name, byte: position, expected: position, found: position + more))
    }
  }

  private var isFinished: Bool { isAtEnd || goal.map { position >= $0 } == true }

  private func retrying<Result>(
    _ body: () throws(TransferFailure) -> Result
  ) throws(TransferError) -> Result {
    while true {
      do throws(TransferFailure) { return try body() } catch {
        close()
        try retries.wait(after: error)
      }
    }
  }

  private func step(into buffer: UnsafeMutableRawBufferPointer) throws(TransferFailure) -> Int {
    while true {
      if isFinished {
        try finish()
        return 0
      }
      if exchange == nil { try request() }
      guard let exchange else { return 0 }
      let limit = end.map { min(buffer.count, $0 - position) } ?? buffer.count
      let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<limit])
      let count = try exchange.read(into: wanted, byte: position)
      if count > 0 {
        if let left = remaining {
          guard count <= left else {
            throw .permanent(
              .wrongLength(address: name, byte: position, expected: left, found: count))
          }
          remaining = left - count
        }
        position += count
        retries.madeProgress()
        return count
      }
      try finishResponse()
    }
  }

  /// Handles the end of a response's body.
  private func finishResponse() throws(TransferFailure) {
    close()
    if let remaining, remaining > 0 {
      throw .passing(
        .shortBody(address: name, byte: position, expectedEnd: position + remaining))
    }
    guard let goal else {
      // Nobody said how long it is: a body that ended in order ends the object.
      isAtEnd = true
      identity.byteCount = position
      return
    }
    if position < goal {
      throw .passing(.shortBody(address: name, byte: position, expectedEnd: goal))
    }
  }

  private func request() throws(TransferFailure) {
    let isWhole = position == 0 && end == nil
    var question = TransferClient.Question()
    if !isWhole {
      question.range = "bytes=\(position)-\(end.map { String($0 - 1) } ?? "")"
      question.condition = identity.condition
    }
    let exchange = try client.exchange(.address(address), question, byte: position)
    let head = exchange.head
    guard head.status == 200 || head.status == 206 || head.status == 416 else {
      throw exchange.failure(byte: position)
    }
    try checkForMarkup(exchange)
    let found = exchange.identity
    if let told = found.byteCount, let sent = head.objectByteCount, told != sent {
      throw .permanent(
        .wrongLength(address: name, byte: position, expected: told, found: sent))
    }
    if let error = identity.conflict(with: found, address: name, byte: position) {
      throw .permanent(error)
    }
    // A part that was sent on condition of the tag needs not repeat it.
    if let tag = identity.entityTag, found.entityTag == nil, head.status != 416,
      head.status == 200 || question.condition == nil
    {
      throw .permanent(
        .changed(address: name, byte: position, expected: "ETag \(tag)", found: "none"))
    }
    switch head.status {
    case 206: try acceptRange(of: exchange)
    case 416: try acceptEnd(of: exchange)
    default:
      remaining = head.contentLength ?? identity.byteCount
      if let expected = identity.byteCount, let length = head.contentLength, expected != length {
        throw .permanent(
          .wrongLength(address: name, byte: position, expected: expected, found: length))
      }
      if position > 0 { try skip(in: exchange) }
    }
    identity.complete(with: found)
    self.exchange = exchange
  }

  private func acceptRange(of exchange: Exchange) throws(TransferFailure) {
    let head = exchange.head
    guard let content = head.contentRange, content.range.lowerBound == position,
      content.range.upperBound <= end ?? Int.max
    else {
      throw .permanent(
        .wrongRange(
          address: name, byte: position,
          found: SecretFreeText.printable(
            head["content-range"].map { "\"\($0)\"" } ?? "no Content-Range", limit: 100)))
    }
    if let length = head.contentLength, length != content.range.count {
      throw .permanent(
        .wrongLength(
          address: name, byte: position, expected: content.range.count, found: length))
    }
    if let total = content.total ?? identity.byteCount, content.range.upperBound > total {
      throw .permanent(
        .wrongLength(
          address: name, byte: position, expected: total, found: content.range.upperBound))
    }
    remaining = content.range.count
  }

  /// There is nothing from `position` on: right at the end, wrong beyond it.
  private func acceptEnd(of exchange: Exchange) throws(TransferFailure) {
    let total = exchange.head.unsatisfiedTotal ?? identity.byteCount
    guard end == nil, let total, total == position else {
      throw .permanent(
        .outsideObject(
          address: name, offset: position, count: end.map { $0 - position } ?? 0,
          byteCount: total ?? 0))
    }
    remaining = 0
    isAtEnd = true
  }

  /// Passes over what comes before `position` in a response that starts at the start.
  private func skip(in exchange: Exchange) throws(TransferFailure) {
    guard position <= skippedByteLimit else {
      throw .permanent(
        .rangesIgnored(address: name, byte: position, limit: skippedByteLimit))
    }
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(position, 256 << 10), alignment: 16)
    defer { scratch.deallocate() }
    var skipped = 0
    while skipped < position {
      let limit = min(scratch.count, position - skipped)
      let count = try exchange.read(
        into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<limit]), byte: skipped)
      guard count > 0 else {
        throw .passing(.shortBody(address: name, byte: skipped, expectedEnd: position))
      }
      skipped += count
    }
    remaining = remaining.map { max(0, $0 - position) }
  }

  /// A page for people in place of data is an error, whatever its status says.
  private func checkForMarkup(_ exchange: Exchange) throws(TransferFailure) {
    guard exchange.head.isMarkup, !isCheckedForMarkup else { return }
    if let title = try client.pageTitle(at: address) {
      throw .permanent(.webPage(address: name, title: title))
    }
    isCheckedForMarkup = true
  }
}

extension TransferClient {
  /// The title of the page at an address, or nil if what is there does not look like one.
  func pageTitle(at address: RemoteAddress) throws(TransferFailure) -> String? {
    let exchange = try exchange(.address(address), Question(range: "bytes=0-1023"))
    guard exchange.head.status == 200 || exchange.head.status == 206 else {
      throw exchange.failure(byte: 0)
    }
    return Explanation.pageTitle(
      String(decoding: exchange.beginning(limit: 1_024), as: UTF8.self))
  }
}
