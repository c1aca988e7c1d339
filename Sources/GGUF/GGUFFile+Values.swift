/// Values that a reader needs, with what is wrong with them as errors.
extension GGUFFile {
  private func wrongValue(_ key: String, _ expected: String, _ found: GGUFValue?) -> GGUFError {
    .wrongValue(
      path: path, key: key, expected: expected, found: found?.summary ?? "no such key")
  }

  /// A value that has to be there, as `conversion` takes it; `expected` is for messages.
  public func required<Value>(
    _ key: String, _ expected: String, _ conversion: (GGUFValue) -> Value?
  ) throws(GGUFError) -> Value {
    guard let found = value(of: key), let value = conversion(found) else {
      throw wrongValue(key, expected, value(of: key))
    }
    return value
  }

  /// A value that may lack, but may not be another than expected.
  public func optional<Value>(
    _ key: String, _ expected: String, _ conversion: (GGUFValue) -> Value?
  ) throws(GGUFError) -> Value? {
    guard value(of: key) != nil else { return nil }
    return try required(key, expected, conversion)
  }

  public func string(_ key: String) throws(GGUFError) -> String? {
    try optional(key, "a string") { $0.string }
  }

  public func boolean(_ key: String) throws(GGUFError) -> Bool? {
    try optional(key, "a truth value") { $0.boolean }
  }

  public func integer(_ key: String) throws(GGUFError) -> Int? {
    try optional(key, "an integer") { $0.integer }
  }

  /// A fraction of either type; integers are taken for such.
  public func number(_ key: String) throws(GGUFError) -> Double? {
    try optional(key, "a number") { $0.number ?? $0.integer.map(Double.init) }
  }
}
