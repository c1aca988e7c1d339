import Files
import Tokenization

/// The settings of a JSON file that somebody else wrote: each is asked for with the type that it must
/// have, and told with its file where it has another.
struct JSONSettings {
  let path: String
  let root: JSONValue
  private var prefix = ""

  /// Far longer than any configuration; files of tokens have their own readers.
  private static let byteCountLimit = 1 << 26

  /// Reads a file that holds an object.
  ///
  /// - Throws: ``InterchangeError``.
  init(path: String) throws(InterchangeError) {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw .unreadable(path: path, reason: error.description)
    }
    guard file.bytes.count <= Self.byteCountLimit else {
      throw .invalidJSON(
        path: path,
        reason: "it has \(file.bytes.count) bytes, and at most \(Self.byteCountLimit) are read")
    }
    try self.init(bytes: withExtendedLifetime(file) { Array(file.bytes) }, path: path)
  }

  /// Reads an object's bytes; `path` is for messages.
  init(bytes: [UInt8], path: String) throws(InterchangeError) {
    self.path = path
    do {
      root = try JSONDocument(bytes).root
    } catch {
      throw .invalidJSON(path: path, reason: "not JSON (\(error.reason))")
    }
    guard root.isObject else {
      throw .invalidJSON(path: path, reason: "expected an object, found \(root.summary)")
    }
  }

  /// The settings under a key that holds an object; nil where it is missing or null.
  func object(_ key: String) throws(InterchangeError) -> JSONSettings? {
    guard let value = root[key] else { return nil }
    guard value.isObject else { throw failure(key, "an object", value) }
    return JSONSettings(path: path, root: value, prefix: "\(prefix)\(key).")
  }

  private init(path: String, root: JSONValue, prefix: String) {
    self.path = path
    self.root = root
    self.prefix = prefix
  }

  func has(_ key: String) -> Bool { root[key] != nil }

  func failure(_ key: String, _ expected: String, _ found: JSONValue?) -> InterchangeError {
    .setting(
      path: path, key: prefix + key, expected: expected, found: found?.summary ?? "nothing")
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(InterchangeError) -> Int {
    guard let value = root[key], let integer = Self.integer(value), range.contains(integer) else {
      throw failure(
        key, "a whole number from \(range.lowerBound) to \(range.upperBound)", root[key])
    }
    return integer
  }

  func integer(
    _ key: String, in range: ClosedRange<Int>, default missing: Int
  ) throws(InterchangeError) -> Int {
    has(key) ? try integer(key, in: range) : missing
  }

  /// A whole number, which some writers give a fraction of zero.
  private static func integer(_ value: JSONValue) -> Int? {
    value.integer ?? value.number.flatMap { Int(exactly: $0) }
  }

  func number(_ key: String, default missing: Double) throws(InterchangeError) -> Double {
    guard let value = root[key] else { return missing }
    guard let number = value.number else { throw failure(key, "a number", value) }
    return number
  }

  func optionalNumber(_ key: String) throws(InterchangeError) -> Double? {
    has(key) ? try number(key, default: 0) : nil
  }

  func bool(_ key: String) throws(InterchangeError) -> Bool? {
    guard let value = root[key] else { return nil }
    guard let bool = value.bool else { throw failure(key, "true or false", value) }
    return bool
  }

  func string(_ key: String) throws(InterchangeError) -> String? {
    guard let value = root[key] else { return nil }
    guard let string = value.string else { throw failure(key, "a string", value) }
    return string
  }

  /// One number or a list of them; nil where the key is missing.
  func numbers(_ key: String) throws(InterchangeError) -> [Double]? {
    guard let value = root[key] else { return nil }
    if let number = value.number { return [number] }
    guard let values = value.array else { throw failure(key, "a number or a list of them", value) }
    var numbers: [Double] = []
    for (index, value) in values.enumerated() {
      guard let number = value.number else { throw failure("\(key)[\(index)]", "a number", value) }
      numbers.append(number)
    }
    return numbers
  }

  /// One whole number or a list of them; nil where the key is missing.
  func integers(_ key: String) throws(InterchangeError) -> [Int]? {
    guard let value = root[key] else { return nil }
    if let integer = Self.integer(value) { return [integer] }
    guard let values = value.array else {
      throw failure(key, "a whole number or a list of them", value)
    }
    var integers: [Int] = []
    for (index, value) in values.enumerated() {
      guard let integer = Self.integer(value) else {
        throw failure("\(key)[\(index)]", "a whole number", value)
      }
      integers.append(integer)
    }
    return integers
  }
}
