/// What goes wrong inside a template, before it is said which template it is.
struct TemplateFault: Error {
  enum Kind {
    /// The source is no template.
    case syntax
    /// A part of the language that is left out here.
    case unsupported
    /// A value is not what is done with it.
    case value
    /// `raise_exception`.
    case raised
    /// A bound that keeps a template from hanging or filling memory.
    case limit
  }

  var kind: Kind
  var reason: String
  /// Counted from 1; nil until it is known.
  var line: Int?

  init(_ kind: Kind, _ reason: String, line: Int? = nil) {
    self.kind = kind
    self.reason = reason
    self.line = line
  }
}

/// What bounds a template, whoever wrote it. Published templates come nowhere near.
enum TemplateLimit {
  /// The longest published ones have some 30,000 characters.
  static let sourceCharacters = 1 << 20
  /// The height of an expression's tree, and of statements within one another.
  static let depth = 128
  /// Statements and expressions within one another while a template runs, macros included.
  static let runningDepth = 400
  /// Expressions and statements that are evaluated, and turns of loops. A conversation of a hundred turns takes
  /// some 30,000.
  static let steps = 1_000_000
  /// Characters and elements that are made or gone through on the way, in all.
  static let made = 16 << 20
  /// As in Jinja's sandbox.
  static let range = 100_000
}
