import Foundation
import Synchronization

/// Fetches bytes from addresses, for any number of threads at once.
///
/// Calls block the thread that makes them. Connections are kept open between calls, and each
/// thread drives its own.
public final class TransferClient: Sendable {
  public let policy: TransferPolicy
  public let environment: TransferEnvironment
  /// Where blocks that were fetched are kept, if the user wants it.
  public let cache: TransferCache?
  let pool: ConnectionPool
  private let knownStores = KnownStores()
  /// Regions that buckets turned out to be in.
  private let regions = Mutex<[String: String]>([:])

  public init(
    policy: TransferPolicy = TransferPolicy(), environment: TransferEnvironment,
    cache: TransferCache? = nil
  ) {
    self.policy = policy
    self.environment = environment
    self.cache = cache
    pool = ConnectionPool(policy: policy, environment: environment)
  }

  /// What a request asks for beyond its address.
  struct Question {
    var method = HTTPMethod.get
    /// The value of `Range`, such as `bytes=5-`.
    var range: String?
    /// The value of `If-Range`.
    var condition: String?
    var accept = "*/*"
  }

  /// Sends a request and follows its redirects.
  func exchange(
    _ destination: Destination, _ question: Question, byte: Int = 0
  ) throws(TransferFailure) -> Exchange {
    let target = try target(for: destination)
    let first = try follow(target, question, byte: byte)
    // A bucket of another region answers with its region, once; then it is known.
    guard case .object(let bucket, let used, _) = target.kind,
      [301, 307, 400, 403].contains(first.head.status),
      let found = first.head["x-amz-bucket-region"], found != used, Self.isRegion(found)
    else { return first }
    first.drain()
    regions.withLock { $0[bucket] = found }
    return try follow(try self.target(for: destination), question, byte: byte)
  }

  private func target(for destination: Destination) throws(TransferFailure) -> RequestTarget {
    let region = destination.bucket.flatMap { bucket in regions.withLock { $0[bucket] } }
    do throws(TransferError) {
      return try environment.target(for: destination, region: region)
    } catch {
      throw .permanent(error)
    }
  }

  private static func isRegion(_ text: String) -> Bool {
    text.utf8.count <= 64 && text.utf8.allSatisfy { $0 == 0x2D || $0 > 0x2F && $0 < 0x7B }
  }

  private func follow(
    _ target: RequestTarget, _ question: Question, byte: Int
  ) throws(TransferFailure) -> Exchange {
    // What the hub said a moment ago about where a file lies saves a request for each range.
    if question.method == .get, let known = knownStores.store(of: target.url) {
      let exchange = try send(question, to: target, at: known.url, after: known.head, byte: byte)
      if (200..<300).contains(exchange.head.status) { return exchange }
      exchange.drain()
      knownStores.forget(target.url)
    }
    var hop = target.url
    var first: ResponseHead?
    for _ in 0...policy.redirectLimit {
      let exchange = try send(question, to: target, at: hop, after: first, byte: byte)
      guard exchange.head.isRedirect, let location = exchange.head["location"] else {
        if let first, first["x-linked-etag"] != nil, (200..<300).contains(exchange.head.status) {
          knownStores.remember(target.url, head: first, url: hop)
        }
        return exchange
      }
      // The hub says all there is to know before it redirects to a store that may refuse HEAD.
      if question.method == .head, exchange.head["x-linked-size"] != nil { return exchange }
      exchange.drain()
      first = first ?? exchange.head
      guard let next = WebURL(location, relativeTo: hop) else {
        throw .permanent(
          .malformedRedirect(address: target.name, location: SecretFreeText.address(location)))
      }
      hop = next
    }
    throw .permanent(.tooManyRedirects(address: target.name, limit: policy.redirectLimit))
  }

  private func send(
    _ question: Question, to target: RequestTarget, at hop: WebURL, after first: ResponseHead?,
    byte: Int
  ) throws(TransferFailure) -> Exchange {
    var headers = [("Accept", question.accept), ("Accept-Encoding", "identity")]
    if let range = question.range { headers.append(("Range", range)) }
    if let condition = question.condition { headers.append(("If-Range", condition)) }
    headers += target.authorizing(
      question.method, at: hop, now: Int(Date().timeIntervalSince1970))
    do throws(ConnectionFault) {
      let connection = try pool.take(for: hop.origin)
      let head = try connection.start(
        method: question.method, url: hop.text, origin: hop.origin, headers: headers)
      return Exchange(
        target: target, head: head, firstHead: first ?? head, connection: connection, pool: pool)
    } catch {
      throw .fault(error, of: target.name, byte: byte)
    }
  }

  /// Tries until it works, or the policy says that it is enough.
  func retrying<Result>(
    _ name: String, _ body: () throws(TransferFailure) -> Result
  ) throws(TransferError) -> Result {
    var retries = RetryCounter(policy: policy, name: name)
    while true {
      do throws(TransferFailure) { return try body() } catch { try retries.wait(after: error) }
    }
  }
}
