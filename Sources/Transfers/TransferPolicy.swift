/// How patient transfers are, and who is told.
public struct TransferPolicy: Sendable {
  /// How long a connection may take to stand: slow proxies and TLS across oceans need seconds.
  public var connectTimeout: Duration = .seconds(30)
  /// A connection that brings nothing for this long while somebody waits for it is given up.
  public var stallTimeout: Duration = .seconds(60)
  /// How many attempts in a row may end without a single new byte. With the delays below, ten
  /// span two to three minutes: longer than a server takes to start again.
  public var attemptLimit = 10
  /// A name that cannot be resolved is tried this often: misspelt ones are never found.
  public var resolveAttemptLimit = 3
  /// The wait before the second attempt. Each further one waits twice as long, between half the
  /// time and all of it, so that readers that fail together do not come back together.
  public var firstDelay: Duration = .milliseconds(500)
  /// The longest wait that comes of doubling.
  public var longestDelay: Duration = .seconds(60)
  /// The longest wait that a server may ask for by `Retry-After`.
  public var longestRetryAfter: Duration = .seconds(300)
  /// How many redirects in a row are followed.
  public var redirectLimit = 10
  /// How many bytes may be read and thrown away to get to an offset where a server ignores ranges.
  public var skippedByteLimit = Int.max
  /// The largest object that is copied to a temporary file to be read at random from a server
  /// that ignores ranges.
  public var spoolByteLimit = 256 << 20
  /// How much is asked for when less is wanted: a footer and what it points to then cost one
  /// request. At 10 MB/s it takes a tenth of a second, about what a request costs.
  public var readAheadByteCount = 1 << 20
  /// The pages that a listing may have; with a thousand names a page, ten million.
  public var listingPageLimit = 10_000
  /// What the program calls itself.
  public var userAgent = "samara/0.1.0"
  /// Asked at least five times a second while a transfer waits; true ends it with
  /// ``TransferError/cancelled(address:byte:)``.
  public var isCancelled: @Sendable () -> Bool = { false }
  /// Told of each failure that will be tried again.
  public var report: @Sendable (TransferRetry) -> Void = { _ in }

  public init() {}

  /// The wait after the attempt of this number (from 1) without progress.
  ///
  /// - Parameter seed: Whose wait it is: the same seed waits the same times.
  package func delay(afterAttempt attempt: Int, seed: UInt64) -> Duration {
    let doubled = firstDelay * (1 << min(max(0, attempt - 1), 20))
    // SplitMix64 (Steele, Lea & Flood 2014), one step.
    var bits = seed &+ UInt64(attempt) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    let fraction = 0.5 + Double((bits ^ (bits >> 31)) >> 11) / Double(1 << 54)
    return min(doubled, longestDelay) * fraction
  }
}

/// A failure that will be tried again.
public struct TransferRetry: Sendable, CustomStringConvertible {
  public var error: TransferError
  /// The number of attempts so far without a new byte.
  public var attempt: Int
  public var attemptLimit: Int
  /// The wait before the next one.
  public var delay: Duration

  public var description: String {
    let seconds = (delay.inSeconds * 10).rounded() / 10
    return "\(error); trying again in \(seconds) s (\(attempt) of \(attemptLimit))"
  }
}

extension Duration {
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// Whole milliseconds, at least one.
  var inMilliseconds: Int { max(1, Int(min(inSeconds * 1_000, 1e12))) }
}
