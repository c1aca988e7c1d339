/// What can be wrong with a chat template, or with what it is given.
public enum ChatTemplateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The source is no Jinja template.
  case malformed(name: String, line: Int, reason: String)
  /// The template asks for a part of Jinja that is left out here.
  case unsupported(name: String, line: Int, feature: String)
  /// Running the template met a value that is not what is done with it.
  case failed(name: String, line: Int, reason: String)
  /// The template itself refuses the conversation.
  case refused(name: String, message: String)
  /// The template exceeds a bound.
  case unbounded(name: String, line: Int, reason: String)
  /// A file of a template could not be read.
  case unreadable(path: String, reason: String)
  /// There is no built-in template of that name, and no such file.
  case unknown(name: String, known: [String])
  /// The model brings no template, and none was named.
  case missing(path: String, known: [String])
  /// The tokenizer turns ordinary text into a token that only templates may write.
  case forgedMarker(token: Int32, text: String)

  init(_ fault: TemplateFault, name: String) {
    let line = fault.line ?? 1
    switch fault.kind {
    case .syntax: self = .malformed(name: name, line: line, reason: fault.reason)
    case .unsupported: self = .unsupported(name: name, line: line, feature: fault.reason)
    case .value: self = .failed(name: name, line: line, reason: fault.reason)
    case .raised: self = .refused(name: name, message: fault.reason)
    case .limit: self = .unbounded(name: name, line: line, reason: fault.reason)
    }
  }

  public var description: String {
    switch self {
    case .malformed(let name, let line, let reason):
      "\(name), line \(line): no chat template: \(reason). Mend the line, or name another template "
        + "with --template."
    case .unsupported(let name, let line, let feature):
      "\(name), line \(line): not supported: \(feature). Write the line without it, or name another "
        + "template with --template."
    case .failed(let name, let line, let reason):
      "\(name), line \(line): \(reason). The template does not fit this conversation; mend the line, or "
        + "name another template with --template."
    case .refused(let name, let message):
      "\(name) refuses this conversation: \(message)"
    case .unbounded(let name, let line, let reason):
      "\(name), line \(line): stopped: \(reason). Name another template with --template."
    case .unreadable(let path, let reason):
      "\(path): cannot be read (\(reason)). Check the path and its permissions."
    case .unknown(let name, let known):
      "there is no chat template \"\(name)\", and no such file; give a file, or one of "
        + "\(known.joined(separator: ", "))"
    case .missing(let path, let known):
      "\(path): this model brings no chat template; name one with --template: a file, or one of "
        + "\(known.joined(separator: ", ")) (plain suits base models)"
    case .forgedMarker(let token, let text):
      "the tokenizer turns a message into token \(token), \"\(text)\", which only the template may "
        + "write; leave it out of the message"
    }
  }
}
