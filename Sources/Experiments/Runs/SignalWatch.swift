import Foundation
import Synchronization

/// Notes that the user or the system asks the program to stop, so that a step can be finished first.
public enum SignalWatch {
  private static let received = Atomic<Int32>(0)

  /// Starts to note SIGINT and SIGTERM. A second one of the same kind ends the program at once.
  public static func start() {
    received.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      #if os(Linux)
        action.__sigaction_handler.sa_handler = { SignalWatch.note($0) }
      #else
        action.__sigaction_u.__sa_handler = { SignalWatch.note($0) }
      #endif
      sigaction(number, &action, nil)
    }
  }

  /// The signal that came, if one did.
  public static var signal: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  private static func note(_ number: Int32) { received.store(number, ordering: .relaxed) }
}
