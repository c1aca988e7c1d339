import Foundation
import Synchronization

/// Lends each thread an encoder, the one that it had before if that is idle.
///
/// An encoder's caches are megabytes, which lie in the processor's cache of the core that filled
/// them: threads that swap encoders after each short text would wait for each other's memory. There
/// are never more encoders than threads that encoded at once.
final class EncoderPool: Sendable {
  private struct Idle {
    var encoder: BytePairEncoder
    var thread: UInt
  }

  private let idle = Mutex<[Idle]>([])

  func withEncoder<Result>(_ body: (BytePairEncoder) -> Result) -> Result {
    #if canImport(Darwin)
      let thread = UInt(bitPattern: pthread_self())
    #else
      let thread = UInt(pthread_self())
    #endif
    let found = idle.withLock { idle -> BytePairEncoder? in
      guard let place = idle.lastIndex(where: { $0.thread == thread }) ?? idle.indices.last else {
        return nil
      }
      idle.swapAt(place, idle.count - 1)
      return idle.removeLast().encoder
    }
    let encoder = found ?? BytePairEncoder()
    defer { idle.withLock { $0.append(Idle(encoder: encoder, thread: thread)) } }
    return body(encoder)
  }
}
