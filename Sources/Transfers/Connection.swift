import CCurl
import Foundation

/// Why a connection brings nothing more.
enum ConnectionFault: Error, Equatable {
  /// A host's name leads nowhere.
  case unresolved(String)
  /// In a way that another attempt may mend.
  case lost(String)
  /// In a way that will be the same next time, such as a certificate that nobody vouches for.
  case impossible(String)
  case stalled(seconds: Double)
  case cancelled
}

/// One request after another through libcurl, on the connections that it keeps open.
///
/// The thread that wants the bytes drives the transfer: no other thread, no queue. Between two
/// reads nothing is taken from the socket, so that TCP's own window stops a server that is faster
/// than the reader, and what the kernel holds is the read-ahead.
///
/// The connections belong to the multi handle; each request has an easy handle of its own. One
/// that serves again is unsafe in Debian 12's libcurl (7.88.1): a response whose first header line
/// begins with a space, as if it went on with another, makes it write to the last header of the
/// response before, which is freed by then (curl issue 11101, mended in later ones).
///
/// One thread at a time may use it.
final class Connection {
  private let multi: UnsafeMutableRawPointer
  /// The request under way.
  private var easy: UnsafeMutableRawPointer?
  private let sink = ConnectionSink()
  private let policy: TransferPolicy
  private let environment: TransferEnvironment
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private(set) var isComplete = false
  /// Scheme, host and port of the latest request.
  private(set) var origin = ""

  private static let isInitialized = samara_curl_initialize() == CURLE_OK

  /// Nil if libcurl has no memory for it.
  init?(policy: TransferPolicy, environment: TransferEnvironment) {
    guard Self.isInitialized, let multi = curl_multi_init() else { return nil }
    self.multi = multi
    self.policy = policy
    self.environment = environment
    samara_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 4)
  }

  deinit {
    detach()
    curl_multi_cleanup(multi)
  }

  private func configure(_ easy: UnsafeMutableRawPointer) {
    let pointer = Unmanaged.passUnretained(sink).toOpaque()
    samara_curl_set_pointer(easy, CURLOPT_WRITEDATA, pointer)
    samara_curl_set_pointer(easy, CURLOPT_HEADERDATA, pointer)
    samara_curl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, sink in
      guard let bytes, let sink else { return 0 }
      return Unmanaged<ConnectionSink>.fromOpaque(sink).takeUnretainedValue()
        .receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    samara_curl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, sink in
      guard let bytes, let sink else { return 0 }
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      Unmanaged<ConnectionSink>.fromOpaque(sink).takeUnretainedValue().receive(line: line)
      return size * count
    }
    for (option, value) in [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_TCP_KEEPALIVE, 1), (CURLOPT_BUFFERSIZE, 256 << 10),
      (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_PATH_AS_IS, 1), (CURLOPT_HTTP_CONTENT_DECODING, 0),
      (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
      (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)),
      (CURLOPT_CONNECTTIMEOUT_MS, policy.connectTimeout.inMilliseconds),
    ] {
      samara_curl_set_long(easy, option, value)
    }
    samara_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    samara_curl_set_text(easy, CURLOPT_USERAGENT, policy.userAgent)
    let direct = environment.hostsWithoutProxy
    samara_curl_set_text(
      easy, CURLOPT_NOPROXY, direct == "*" ? direct : "localhost,127.0.0.1,::1,\(direct)")
    if let certificates = environment.certificates {
      samara_curl_set_text(easy, CURLOPT_CAINFO, certificates)
    }
  }

  /// Sends a request and waits for the head of its response.
  func start(
    method: HTTPMethod, url: String, origin: String, headers: [(String, String)]
  ) throws(ConnectionFault) -> ResponseHead {
    detach()
    sink.reset()
    isComplete = false
    self.origin = origin
    guard let easy = curl_easy_init() else { throw .impossible("libcurl has no memory left") }
    configure(easy)
    samara_curl_set_text(easy, CURLOPT_URL, url)
    samara_curl_set_long(easy, method == .head ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1)
    for (name, value) in headers {
      headerList = curl_slist_append(headerList, "\(name): \(value)") ?? headerList
    }
    samara_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList)
    let code = curl_multi_add_handle(multi, easy)
    guard code == CURLM_OK else {
      curl_easy_cleanup(easy)
      throw .lost(String(cString: curl_multi_strerror(code)))
    }
    self.easy = easy
    try drive { sink.hasHead }
    return sink.head
  }

  /// Fills the front of `buffer` with what comes next of the body; zero at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ConnectionFault) -> Int {
    if policy.isCancelled() { throw .cancelled }
    sink.open(buffer)
    defer { sink.close() }
    if sink.filled > 0 { return sink.filled }
    if sink.isPaused, !isComplete, let easy {
      sink.isPaused = false
      let code = curl_easy_pause(easy, CURLPAUSE_CONT)
      guard code == CURLE_OK else { throw .lost(String(cString: curl_easy_strerror(code))) }
    }
    if sink.filled == 0, !isComplete { try drive { sink.filled > 0 } }
    return sink.filled
  }

  /// Ends the request. A connection whose body was read to its end is kept open.
  func detach() {
    if let easy {
      curl_multi_remove_handle(multi, easy)
      curl_easy_cleanup(easy)
    }
    easy = nil
    curl_slist_free_all(headerList)
    headerList = nil
  }

  /// Lets libcurl work until there is what is waited for, or nothing more will come.
  private func drive(until isReady: () -> Bool) throws(ConnectionFault) {
    let clock = ContinuousClock()
    var latest = clock.now
    var activity = sink.activity
    while true {
      var running: Int32 = 0
      let code = curl_multi_perform(multi, &running)
      guard code == CURLM_OK else { throw .lost(String(cString: curl_multi_strerror(code))) }
      // What came before a fault is delivered first; the fault comes when nothing else is left.
      if isReady() { return }
      var result = CURLE_OK
      if samara_curl_multi_result(multi, &result) != 0 {
        isComplete = true
        if result != CURLE_OK { try fail(result) }
        return
      }
      if policy.isCancelled() { throw .cancelled }
      if sink.activity != activity {
        activity = sink.activity
        latest = clock.now
      } else if latest.duration(to: clock.now) > policy.stallTimeout {
        throw .stalled(seconds: policy.stallTimeout.inSeconds)
      }
      let patience = min(100, policy.stallTimeout.inMilliseconds)
      curl_multi_poll(multi, nil, 0, Int32(patience), nil)
    }
  }

  private func fail(_ result: CURLcode) throws(ConnectionFault) {
    let reason = String(cString: curl_easy_strerror(result)).lowercased()
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: throw .unresolved(reason)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN,
      CURLE_OUT_OF_MEMORY, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION:
      throw .impossible(reason)
    default: throw .lost(reason)
    }
  }
}

package enum HTTPMethod: String, Sendable {
  case get = "GET"
  case head = "HEAD"
}
