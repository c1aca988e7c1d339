import Foundation

/// Lines of a stream as they come, from a terminal or a pipe.
public struct InputLines: ~Copyable {
  /// What reading gave.
  public enum Line: Equatable, Sendable {
    case line(String)
    /// A signal came while nothing was there.
    case interrupted
    case end
    /// A line that exceeds `longestLine`, which was skipped.
    case tooLong(bytes: Int)
  }

  /// A context has no use for more.
  public static let longestLine = 16 << 20

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isAtEnd = false
  private var skipped = 0

  public init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// Returns the next line without its end; U+FFFD stands for bytes that are not UTF-8.
  public mutating func next() -> Line {
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        return finished(line)
      }
      searched = buffer.count
      if searched > Self.longestLine {
        skipped += searched
        buffer = []
        searched = 0
      }
      if isAtEnd {
        guard !buffer.isEmpty || skipped > 0 else { return .end }
        let line = buffer
        buffer = []
        return finished(line)
      }
      guard fill() else { return .interrupted }
    }
  }

  private mutating func finished(_ line: [UInt8]) -> Line {
    defer { skipped = 0 }
    guard skipped == 0 else { return .tooLong(bytes: skipped + line.count) }
    let end = line.last == 0x0D ? line.count - 1 : line.count
    return .line(String(decoding: line[..<end], as: UTF8.self))
  }

  /// Takes what has come; false if a signal did.
  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      buffer += chunk[..<count]
    } else if count < 0, errno == EINTR {
      return false
    } else {
      isAtEnd = true
    }
    return true
  }
}
