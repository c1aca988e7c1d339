import Foundation

/// Reads and tokenizes passages ahead of who takes them, on threads of its own, in order.
///
/// Reading is one thread's at a time, since one passage starts where the one before ends; each takes
/// a number while it reads, tokenizes side by side with the others, and lays the result down under
/// its number. So what comes out, and in which order, does not depend on how many threads there are.
final class PassagePipeline: Sendable {
  /// Bytes of passages that may be read before they are taken: enough to bridge a slow server's pauses.
  static let maximumBytesAhead = 32 << 20

  private let shared: Shared
  private let hasThreads: Bool
  private let workers = WorkerCount()

  /// - Parameter readers: threads; with 0 everything is done when it is asked for.
  init(_ mixture: sending MixtureReader, _ tokenizer: PassageTokenizer, readers: Int) {
    let shared = Shared(mixture, tokenizer)
    self.shared = shared
    hasThreads = readers > 0
    for number in 0..<readers {
      workers.start(named: "samara reader \(number)") { shared.work() }
    }
  }

  deinit {
    shared.stop()
    workers.wait()
  }

  /// The next passage, or nil at the end of the mixture.
  func next() throws(CorpusError) -> TokenizedPassage? {
    switch hasThreads ? shared.take() : shared.produce() {
    case .passage(let passage): return passage
    case .end: return nil
    case .failure(let error): throw error
    }
  }

  /// Records of each source passed over after its last passage, once the end is reached.
  func malformedRecordsSkippedAtEnd() -> [Int] { shared.malformedRecordsSkippedAtEnd() }

  private enum Item {
    case passage(TokenizedPassage)
    case end
    case failure(CorpusError)
  }

  /// What the threads share: they keep it alive, while the pipeline itself may go.
  ///
  /// The reader is touched under `reading` only, all else under `condition` only.
  private final class Shared: @unchecked Sendable {
    private let tokenizer: PassageTokenizer
    private let reading = NSLock()
    private var mixture: MixtureReader

    private let condition = NSCondition()
    private var items: [Int: (item: Item, byteCount: Int)] = [:]
    private var ticketsGiven = 0
    private var ticketsTaken = 0
    private var bytesAhead = 0
    private var isStopped = false

    init(_ mixture: sending MixtureReader, _ tokenizer: PassageTokenizer) {
      self.mixture = mixture
      self.tokenizer = tokenizer
    }

    func stop() {
      condition.withLock {
        isStopped = true
        condition.broadcast()
      }
    }

    /// One passage, here and now.
    func produce() -> Item {
      do throws(CorpusError) {
        guard let taken = try mixture.next() else { return .end }
        return .passage(tokenizer(taken))
      } catch {
        return .failure(error)
      }
    }

    /// The next item in order; the end and a failure are given again and again.
    func take() -> Item {
      condition.withLock {
        while true {
          if let (item, byteCount) = items[ticketsTaken] {
            if case .passage = item {
              items[ticketsTaken] = nil
              ticketsTaken += 1
              bytesAhead -= byteCount
              condition.broadcast()
            }
            return item
          }
          condition.wait()
        }
      }
    }

    func malformedRecordsSkippedAtEnd() -> [Int] {
      reading.withLock { mixture.takeMalformedRecordsSkipped() }
    }

    /// A thread's work, until there is no more.
    func work() {
      while let (ticket, taken) = read() {
        put(.passage(tokenizer(taken)), taken.byteCount, ticket)
      }
    }

    private func read() -> (ticket: Int, MixtureReader.Taken)? {
      reading.withLock {
        guard waitForRoom() else { return nil }
        do throws(CorpusError) {
          guard let taken = try mixture.next() else {
            finish(.end)
            return nil
          }
          return (giveTicket(bytes: taken.byteCount), taken)
        } catch {
          finish(.failure(error))
          return nil
        }
      }
    }

    private func waitForRoom() -> Bool {
      condition.withLock {
        while !isStopped, bytesAhead >= maximumBytesAhead { condition.wait() }
        return !isStopped
      }
    }

    private func giveTicket(bytes: Int) -> Int {
      condition.withLock {
        bytesAhead += bytes
        defer { ticketsGiven += 1 }
        return ticketsGiven
      }
    }

    private func finish(_ item: Item) {
      condition.withLock {
        items[ticketsGiven] = (item, 0)
        isStopped = true
        condition.broadcast()
      }
    }

    private func put(_ item: Item, _ byteCount: Int, _ ticket: Int) {
      condition.withLock {
        items[ticket] = (item, byteCount)
        condition.broadcast()
      }
    }
  }
}
