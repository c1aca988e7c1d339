import Foundation
import Synchronization

/// Notes Ctrl-C, so that a program can stop what it does and go on. A second one before the first was
/// taken note of ends the program, as users expect of one that hangs.
public enum InterruptWatch {
  private static let count = Atomic<Int>(0)

  /// Starts to note SIGINT. Reading from a terminal is interrupted by it.
  public static func start() {
    reset()
    var action = sigaction()
    // Without SA_RESTART, so that `read` returns.
    action.sa_flags = 0
    #if os(Linux)
      action.__sigaction_handler.sa_handler = { _ in InterruptWatch.note() }
    #else
      action.__sigaction_u.__sa_handler = { _ in InterruptWatch.note() }
    #endif
    sigaction(SIGINT, &action, nil)
  }

  /// Whether Ctrl-C was pressed since `reset`.
  public static var isInterrupted: Bool { count.load(ordering: .relaxed) > 0 }

  public static func reset() { count.store(0, ordering: .relaxed) }

  private static func note() {
    let before = count.wrappingAdd(1, ordering: .relaxed).oldValue
    // 128 and the signal's number, as shells have it.
    if before > 0 { _exit(128 + SIGINT) }
  }
}
