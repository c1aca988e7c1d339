import Foundation
import Synchronization

/// One line of progress on standard error: redrawn in place on a terminal, rare lines in a log.
///
/// A class, because it stands for one thing that is shared, the bottom line of the screen: the
/// loop that advances it and whatever writes a message in between must see the same one.
///
/// ```swift
/// let progress = ProgressLine(total: 400)
/// progress.update(completed: 120, details: ["loss 3.21"])
/// progress.interrupt { print("checkpoint written") }
/// progress.finish()
/// ```
public final class ProgressLine: Sendable {
  private struct State {
    var snapshot: ProgressSnapshot
    var estimator: ProgressEstimator
    var interruptionCount = 0
    var isDrawn = false
    var isFinished = false
    var lastShownSeconds: Double?
    var lastTenth: Int
  }

  private let terminal: @Sendable () -> TerminalCapabilities
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private let plainInterval: Double
  private let startSeconds: Double
  private let state: Mutex<State>

  /// The seconds between two drawings: ten a second are as many as an eye needs.
  private static let redrawInterval = 0.1

  /// Creates a progress line that shows nothing before its first update.
  ///
  /// - Parameters:
  ///   - label: what is counted.
  ///   - completed: what was done before, by a run that is resumed.
  ///   - total: how many there are, if known.
  ///   - everySeconds: the longest silence in a log; a minute, the least that tells a slow
  ///     task from one that hangs without filling a log. Each tenth of the way is told as well.
  ///   - terminal: asked at each drawing, since a window may change its width.
  ///   - now: a clock in seconds that never goes back, and stands still while the machine
  ///     sleeps, because nothing is done then.
  ///   - write: where the text goes.
  public init(
    label: String = "step", completed: Int = 0, total: Int?, everySeconds: Double = 60,
    terminal: @escaping @Sendable () -> TerminalCapabilities = { .init(of: .error) },
    now: @escaping @Sendable () -> Double = ProgressLine.monotonicSeconds,
    write: @escaping @Sendable (String) -> Void = ProgressLine.writeToStandardError
  ) {
    self.terminal = terminal
    self.now = now
    self.write = write
    plainInterval = everySeconds
    startSeconds = now()
    let snapshot = ProgressSnapshot(label: label, completed: completed, total: total)
    state = Mutex(
      State(
        snapshot: snapshot,
        estimator: ProgressEstimator(completed: completed, atSeconds: startSeconds),
        lastTenth: Self.tenth(snapshot)))
  }

  deinit {
    // An error may leave the loop before `finish`: what is written next starts on its own line.
    state.withLock { if $0.isDrawn { write("\n") } }
  }

  /// Notes how much is done, and shows it if it is time to.
  public func update(completed: Int, details: [String] = []) {
    let seconds = now()
    state.withLock { state in
      guard !state.isFinished else { return }
      state.estimator.record(completed: completed, atSeconds: seconds)
      state.snapshot.completed = completed
      state.snapshot.details = details
      if let total = state.snapshot.total, total > 0 {
        let remaining = state.estimator.remainingSeconds(total: total)
        state.snapshot.timing = remaining.map { .remaining(seconds: $0) } ?? .unknown
      } else {
        state.snapshot.timing = .elapsed(seconds: seconds - startSeconds)
      }
      guard state.interruptionCount == 0 else { return }
      show(&state, atSeconds: seconds)
    }
  }

  /// Clears the line, runs `body`, which may write what it likes, and draws the line again.
  public func interrupt<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      state.interruptionCount += 1
      if state.isDrawn { write("\r\u{1B}[2K") }
    }
    // The lock is free meanwhile, so that `body` may call back without waiting for itself.
    defer {
      state.withLock { state in
        state.interruptionCount -= 1
        if state.interruptionCount == 0, state.isDrawn { draw(state.snapshot) }
      }
    }
    return try body()
  }

  /// Shows the last state with the time it took, and ends the line for good.
  public func finish() {
    let elapsed = now() - startSeconds
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      state.snapshot.timing = .elapsed(seconds: elapsed)
      if terminal().redrawsLines {
        draw(state.snapshot)
        write("\n")
      } else {
        write(state.snapshot.plainLine + "\n")
      }
      state.isDrawn = false
    }
  }

  private func show(_ state: inout State, atSeconds seconds: Double) {
    let since = state.lastShownSeconds.map { seconds - $0 } ?? .infinity
    let isComplete = state.snapshot.fraction == 1
    if terminal().redrawsLines {
      guard since >= Self.redrawInterval || isComplete else { return }
      draw(state.snapshot)
      state.isDrawn = true
    } else {
      let tenth = Self.tenth(state.snapshot)
      // The last one is left to `finish`, which tells the same with the whole time.
      guard !isComplete, tenth > state.lastTenth || since >= plainInterval else { return }
      state.lastTenth = tenth
      write(state.snapshot.plainLine + "\n")
    }
    state.lastShownSeconds = seconds
  }

  /// Draws over the line; one column stays free, because filling the last one wraps the line.
  private func draw(_ snapshot: ProgressSnapshot) {
    let terminal = terminal()
    write("\r" + snapshot.rendered(width: terminal.width - 1, for: terminal) + "\u{1B}[K")
  }

  private static func tenth(_ snapshot: ProgressSnapshot) -> Int {
    snapshot.fraction.map { Int($0 * 10) } ?? 0
  }

  /// Returns the seconds of a clock that never goes back and stops while the machine sleeps.
  public static func monotonicSeconds() -> Double {
    let parts = (SuspendingClock.now - clockStart).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// Writes a text to standard error; if that is closed there is nobody to tell.
  public static func writeToStandardError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  private static let clockStart = SuspendingClock.now
}
