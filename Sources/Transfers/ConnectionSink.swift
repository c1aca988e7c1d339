import CCurl

/// Where libcurl puts what comes: into the reader's buffer, and what does not fit aside.
///
/// Aside lies at most one piece of libcurl's (16 KiB): the next is refused, which pauses the
/// transfer until the reader comes back.
final class ConnectionSink {
  private(set) var head = ResponseHead()
  private(set) var hasHead = false
  /// How many bytes the open buffer has.
  private(set) var filled = 0
  /// Grows with everything that comes.
  private(set) var activity = 0
  var isPaused = false
  private var buffer: UnsafeMutableRawBufferPointer?
  private var aside: [UInt8] = []
  private var asideStart = 0

  func reset() {
    head = ResponseHead()
    hasHead = false
    isPaused = false
    aside.removeAll(keepingCapacity: true)
    asideStart = 0
  }

  /// Takes the reader's buffer, and puts into it what lies aside.
  func open(_ buffer: UnsafeMutableRawBufferPointer) {
    self.buffer = buffer
    let count = min(buffer.count, aside.count - asideStart)
    aside.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[asideStart..<asideStart + count]))
    }
    filled = count
    asideStart += count
    if asideStart == aside.count {
      aside.removeAll(keepingCapacity: true)
      asideStart = 0
    }
  }

  func close() { buffer = nil }

  func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    activity &+= 1
    hasHead = true
    let room = buffer.map { $0.count - filled } ?? 0
    guard aside.isEmpty, room > 0 || bytes.isEmpty else {
      isPaused = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    let count = min(room, bytes.count)
    if count > 0, let buffer {
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
    filled += count
    aside.append(contentsOf: bytes[count...])
    return bytes.count
  }

  func receive(line bytes: UnsafeRawBufferPointer) {
    activity &+= 1
    // Lines after the head are a chunked body's trailers.
    guard !hasHead else { return }
    let line = String(decoding: bytes, as: UTF8.self)
    if line == "\r\n" || line == "\n" {
      // Interim responses (1xx) are followed by the one that counts.
      hasHead = head.status >= 200 || head.status == 0
    } else {
      head.append(line: line)
    }
  }
}
