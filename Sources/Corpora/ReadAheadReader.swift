import Foundation

/// Reads ahead of who takes the bytes, on a thread of its own: what unwraps a file and what reads the
/// lines in it work side by side.
///
/// Bytes, and where an error comes, are those of the reader underneath.
final class ReadAheadReader: ByteReader {
  /// Bytes read at a time; fewer would cost more in waiting than in copying.
  private static let chunkSize = 512 << 10
  /// Chunks at most that wait, or are being filled.
  private static let chunkCount = 4

  private let shared: Shared
  private let workers = WorkerCount()
  /// The chunk that is being taken from, and how far.
  private var chunk: Chunk?
  private var position = 0

  /// - Parameter base: nobody else may touch it from now on.
  init(_ base: any ByteReader) {
    let shared = Shared(base)
    self.shared = shared
    workers.start(named: "samara unwrapping") { shared.work() }
  }

  deinit {
    shared.stop()
    workers.wait()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
    if chunk == nil {
      chunk = try shared.take()
      position = 0
    }
    guard let chunk else { return 0 }
    let count = min(buffer.count, chunk.count - position)
    buffer.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: chunk.memory[position..<position + count]))
    position += count
    if position == chunk.count {
      shared.giveBack(chunk)
      self.chunk = nil
    }
    return count
  }

  private final class Chunk {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 64)
    var count = 0

    deinit { memory.deallocate() }
  }

  /// What both threads share: the base is the worker's alone, all else is touched under `condition`,
  /// and a chunk belongs to one thread at a time.
  private final class Shared: @unchecked Sendable {
    private let base: any ByteReader
    /// An error that came behind bytes of a chunk; the worker's alone.
    private var pending: CorpusError?
    private let condition = NSCondition()
    private var filled: [Chunk] = []
    private var empty = (0..<chunkCount).map { _ in Chunk() }
    private var ending: Result<Void, CorpusError>?
    private var isStopped = false

    init(_ base: any ByteReader) { self.base = base }

    func stop() {
      condition.withLock {
        isStopped = true
        condition.broadcast()
      }
    }

    /// The next chunk, or nil at the end.
    func take() throws(CorpusError) -> Chunk? {
      let taken = condition.withLock { () -> Result<Chunk?, CorpusError> in
        while filled.isEmpty, ending == nil { condition.wait() }
        if !filled.isEmpty { return .success(filled.removeFirst()) }
        return ending?.map { nil } ?? .success(nil)
      }
      return try taken.get()
    }

    func giveBack(_ chunk: Chunk) {
      condition.withLock {
        empty.append(chunk)
        condition.broadcast()
      }
    }

    func work() {
      while let chunk = emptyChunk() {
        do throws(CorpusError) {
          chunk.count = try fill(chunk.memory)
          put(chunk)
          if chunk.count < chunk.memory.count { return end(.success(())) }
        } catch {
          return end(.failure(error))
        }
      }
    }

    /// As many bytes as there are; an error is kept for the next call if there are any before it.
    private func fill(_ memory: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
      if let pending { throw pending }
      var count = 0
      while count < memory.count {
        do throws(CorpusError) {
          let got = try base.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
          if got == 0 { break }
          count += got
        } catch {
          guard count > 0 else { throw error }
          pending = error
          break
        }
      }
      return count
    }

    private func emptyChunk() -> Chunk? {
      condition.withLock {
        while empty.isEmpty, !isStopped { condition.wait() }
        return isStopped ? nil : empty.removeLast()
      }
    }

    private func put(_ chunk: Chunk) {
      condition.withLock {
        if chunk.count > 0 { filled.append(chunk) } else { empty.append(chunk) }
        condition.broadcast()
      }
    }

    private func end(_ result: Result<Void, CorpusError>) {
      condition.withLock {
        ending = pending.map { .failure($0) } ?? result
        condition.broadcast()
      }
    }
  }
}
