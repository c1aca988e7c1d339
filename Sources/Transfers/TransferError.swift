import Files

/// What can go wrong between a server and this program.
///
/// Addresses are free of secrets: user, password and the values of a query are left out.
public enum TransferError: Error, Equatable, Sendable {
  /// The address cannot be understood.
  case malformedAddress(address: String, detail: String)
  /// The braces of a pattern stand for too many addresses.
  case tooManyAddresses(pattern: String, limit: Int)
  /// A plain web server does not say what it has.
  case cannotBeListed(pattern: String)
  case patternMatchesNothing(pattern: String, listed: Int)
  /// 401 or 403: who asks may not have it.
  case refused(address: String, status: Int, explanation: String, advice: String)
  /// 404 or 410.
  case missing(address: String, status: Int, explanation: String, advice: String)
  /// Any other status that brings no data.
  case unexpectedStatus(address: String, byte: Int, status: Int, explanation: String)
  /// A host's name, or the proxy's, leads nowhere.
  case hostNotFound(address: String, reason: String)
  /// No connection, or a lost one.
  case connectionFailed(address: String, byte: Int, reason: String)
  /// A connection that brings nothing.
  case stalled(address: String, byte: Int, seconds: Double)
  /// The body ended before it should.
  case shortBody(address: String, byte: Int, expectedEnd: Int)
  /// `Content-Length`, `Content-Range` and what is known of the size contradict each other.
  case wrongLength(address: String, byte: Int, expected: Int, found: Int)
  /// Another range was sent than the one asked for.
  case wrongRange(address: String, byte: Int, found: String)
  /// It is no longer the object that reading began with.
  case changed(address: String, byte: Int, expected: String, found: String)
  /// A page for people where data was asked for.
  case webPage(address: String, title: String)
  case tooManyRedirects(address: String, limit: Int)
  case malformedRedirect(address: String, location: String)
  /// The server sends everything from the start whatever is asked for.
  case rangesIgnored(address: String, byte: Int, limit: Int)
  /// The server does not say how large it is.
  case unknownSize(address: String, limit: Int)
  case outsideObject(address: String, offset: Int, count: Int, byteCount: Int)
  /// A hub's or S3's listing makes no sense.
  case malformedListing(address: String, detail: String)
  /// What was downloaded is not what the hub says it is.
  case wrongDigest(address: String, path: String, expected: String, found: String)
  /// Another process is downloading to the same path.
  case alreadyDownloading(address: String, path: String)
  /// A variable of the environment, or a file that it names, makes no sense.
  case invalidSetting(name: String, detail: String)
  /// The disk's part of a transfer failed.
  case file(address: String, FileError)
  case cancelled(address: String, byte: Int)
  /// The last of several attempts, none of which brought a new byte.
  indirect case gaveUp(attempts: Int, TransferError)
}

extension TransferError: CustomStringConvertible {
  /// The address, what is wrong, and what to do.
  public var description: String { "\(address): \(reason)" }

  /// The address, pattern or setting that it is about.
  public var address: String {
    switch self {
    case .malformedAddress(let address, _), .refused(let address, _, _, _),
      .missing(let address, _, _, _), .unexpectedStatus(let address, _, _, _),
      .hostNotFound(let address, _), .connectionFailed(let address, _, _),
      .stalled(let address, _, _),
      .shortBody(let address, _, _), .wrongLength(let address, _, _, _),
      .wrongRange(let address, _, _), .changed(let address, _, _, _), .webPage(let address, _),
      .tooManyRedirects(let address, _), .malformedRedirect(let address, _),
      .rangesIgnored(let address, _, _), .unknownSize(let address, _),
      .outsideObject(let address, _, _, _), .malformedListing(let address, _),
      .wrongDigest(let address, _, _, _), .alreadyDownloading(let address, _),
      .file(let address, _), .cancelled(let address, _):
      address
    case .tooManyAddresses(let pattern, _), .cannotBeListed(let pattern),
      .patternMatchesNothing(let pattern, _):
      pattern
    case .invalidSetting(let name, _): name
    case .gaveUp(_, let last): last.address
    }
  }

  /// What is wrong, and what to do, without the address.
  public var reason: String {
    switch self {
    case .malformedAddress(_, let detail), .invalidSetting(_, let detail): detail
    case .tooManyAddresses(_, let limit):
      "the braces stand for more than \(limit) addresses; check the range"
    case .cannotBeListed:
      "a web server cannot be asked what files it has; write the names out, "
        + "or as {00000..00099} or {a,b}"
    case .patternMatchesNothing(_, let listed):
      "no name matches (\(listed) looked at); check the folder, and the spelling of the pattern"
    case .refused(_, let status, let explanation, let advice),
      .missing(_, let status, let explanation, let advice):
      "status \(status)\(quoted(explanation)); \(advice)"
    case .unexpectedStatus(_, let byte, let status, let explanation):
      "status \(status) at byte \(byte)\(quoted(explanation)); \(Self.advice(for: status))"
    case .hostNotFound(_, let reason):
      "the host is not found (\(reason)); check the spelling, the network and the proxy"
    case .connectionFailed(_, let byte, let reason):
      "no connection at byte \(byte) (\(reason)); check the address, the network and the proxy"
    case .stalled(_, let byte, let seconds):
      "nothing came for \(seconds) s at byte \(byte); check the network, or try later"
    case .shortBody(_, let byte, let expectedEnd):
      "the data stop at byte \(byte), expected \(expectedEnd); the server's copy may be incomplete"
    case .wrongLength(_, let byte, let expected, let found):
      "the server contradicts itself at byte \(byte): \(expected) bytes expected, \(found) found; "
        + "check the server, and any proxy between"
    case .wrongRange(_, let byte, let found):
      "bytes from \(byte) on were asked for, the server sent \(found); "
        + "check the server, and any proxy between"
    case .changed(_, let byte, let expected, let found):
      "it changed while it was read (byte \(byte)): \(expected) expected, \(found) found; "
        + "start again with the new one, or name a version that does not change"
    case .webPage(_, let title):
      "a web page came where data was expected, \"\(title)\"; "
        + "check the address, and whether the site asks for a login"
    case .tooManyRedirects(_, let limit):
      "more than \(limit) redirects in a row; check the address"
    case .malformedRedirect(_, let location):
      "redirected to \"\(location)\", which is no address to fetch from; check the address"
    case .rangesIgnored(_, let byte, let limit):
      "the server ignores ranges, and byte \(byte) is beyond the \(limit) bytes that may be passed "
        + "over or kept aside; download the whole file first"
    case .unknownSize(_, let limit):
      "the server does not say its size, and it has more than the \(limit) bytes that may be kept "
        + "aside; download the whole file first"
    case .outsideObject(_, let offset, let count, let byteCount):
      "bytes \(offset)..<\(offset.addingReportingOverflow(count).partialValue) are not within its "
        + "\(byteCount) bytes; the file that points there is broken, or was cut"
    case .malformedListing(_, let detail):
      "the listing cannot be understood (\(detail)); check the endpoint"
    case .wrongDigest(_, let path, let expected, let found):
      "\(path) has SHA-256 \(found), expected \(expected); it was removed: download it again"
    case .alreadyDownloading(_, let path):
      "another process is writing \(path); wait for it, or choose another path"
    case .file(_, let error): error.description
    case .cancelled(_, let byte): "stopped at byte \(byte), as asked"
    case .gaveUp(let attempts, let last):
      "\(last.reason) (\(attempts) attempts without a new byte)"
    }
  }

  private func quoted(_ explanation: String) -> String {
    explanation.isEmpty ? "" : ", \"\(explanation)\""
  }

  private static func advice(for status: Int) -> String {
    switch status {
    case 429: "the server asks for fewer requests; use fewer readers, or try later"
    case 408, 425, 500...599: "the server has a fault; try later"
    default: "check the address"
    }
  }
}
