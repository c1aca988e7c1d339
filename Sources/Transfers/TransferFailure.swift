/// An attempt that failed: for good, or in a way that passes.
enum TransferFailure: Error {
  case permanent(TransferError)
  /// Another attempt may succeed; the server may have said when.
  case passing(TransferError, retryAfter: Duration? = nil)

  /// The failure that a response's status means.
  static func status(
    _ head: ResponseHead, of target: RequestTarget, byte: Int, explanation: String
  ) -> TransferFailure {
    let name = target.name
    switch head.status {
    case 401, 403:
      return .permanent(
        .refused(
          address: name, status: head.status, explanation: explanation,
          advice: target.adviceWhenRefused))
    case 404, 410:
      return .permanent(
        .missing(
          address: name, status: head.status, explanation: explanation,
          advice: target.adviceWhenMissing))
    case 408, 425, 429, 500, 502, 503, 504:
      return .passing(
        .unexpectedStatus(
          address: name, byte: byte, status: head.status, explanation: explanation),
        retryAfter: head.retryAfter)
    default:
      return .permanent(
        .unexpectedStatus(
          address: name, byte: byte, status: head.status, explanation: explanation))
    }
  }

  /// The failure that a connection's fault means.
  static func fault(_ fault: ConnectionFault, of name: String, byte: Int) -> TransferFailure {
    switch fault {
    case .cancelled: .permanent(.cancelled(address: name, byte: byte))
    case .stalled(let seconds):
      .passing(.stalled(address: name, byte: byte, seconds: seconds))
    case .unresolved(let reason): .passing(.hostNotFound(address: name, reason: reason))
    case .lost(let reason):
      .passing(.connectionFailed(address: name, byte: byte, reason: reason))
    case .impossible(let reason):
      .permanent(.connectionFailed(address: name, byte: byte, reason: reason))
    }
  }
}

extension TransferError {
  /// The byte at which it happened, if any.
  var byte: Int {
    switch self {
    case .unexpectedStatus(_, let byte, _, _), .connectionFailed(_, let byte, _),
      .stalled(_, let byte, _), .shortBody(_, let byte, _), .cancelled(_, let byte):
      byte
    default: 0
    }
  }
}
