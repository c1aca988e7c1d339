/// Braces as the shell has them: `{a,b}` and `{000..099}`, also within each other.
package enum BraceExpansion {
  /// More addresses than this are a slip: 10⁵ shards of 256 MB are 25 TB.
  package static let limit = 100_000

  /// The texts that a pattern stands for, in the order it writes them.
  ///
  /// Braces without a comma or range are text, as are those that are not closed. A range has the
  /// width of its wider bound if either begins with a zero.
  ///
  /// - Throws: ``TransferError/tooManyAddresses(pattern:limit:)``.
  package static func expand(_ pattern: String) throws(TransferError) -> [String] {
    guard let texts = texts(of: Array(pattern.utf8), depth: 0) else {
      throw .tooManyAddresses(pattern: SecretFreeText.address(pattern), limit: limit)
    }
    return texts.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Nil if there are too many. Sixteen levels are read, braces deeper than that are text.
  private static func texts(of pattern: [UInt8], depth: Int) -> [[UInt8]]? {
    var results: [[UInt8]] = [[]]
    var index = 0
    while index < pattern.count {
      guard pattern[index] == open, depth < 16, let group = group(in: pattern, at: index),
        let choices = choices(of: group, depth: depth)
      else {
        for result in results.indices { results[result].append(pattern[index]) }
        index += 1
        continue
      }
      guard choices.count <= limit, results.count * choices.count <= limit else { return nil }
      results = results.flatMap { result in choices.map { result + $0 } }
      index = group.end
    }
    return results
  }

  private static let (open, comma, close) = (UInt8(0x7B), UInt8(0x2C), UInt8(0x7D))

  private struct Group {
    /// What stands between commas of its own level.
    var parts: [[UInt8]]
    /// The place after its closing brace.
    var end: Int
  }

  private static func group(in pattern: [UInt8], at start: Int) -> Group? {
    var depth = 0
    var parts: [[UInt8]] = [[]]
    for index in start..<pattern.count {
      let byte = pattern[index]
      if byte == close { depth -= 1 }
      if depth == 0, byte == close { return Group(parts: parts, end: index + 1) }
      if depth == 1, byte == comma {
        parts.append([])
      } else if depth > 0 {
        parts[parts.count - 1].append(byte)
      }
      if byte == open { depth += 1 }
    }
    return nil
  }

  /// An empty list of texts stands for too many.
  private static func choices(of group: Group, depth: Int) -> [[UInt8]]? {
    if group.parts.count > 1 {
      var choices: [[UInt8]] = []
      for part in group.parts {
        guard let texts = texts(of: part, depth: depth + 1), choices.count + texts.count <= limit
        else { return Array(repeating: [], count: limit + 1) }
        choices += texts
      }
      return choices
    }
    // Three numbers of at most 15 digits.
    return group.parts[0].count < 50 ? range(String(decoding: group.parts[0], as: UTF8.self)) : nil
  }

  private static func range(_ text: String) -> [[UInt8]]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 || parts.count == 5, parts[1].isEmpty,
      let first = number(parts[0]), let last = number(parts[2])
    else { return nil }
    var step = 1
    if parts.count == 5 {
      guard parts[3].isEmpty, let given = number(parts[4]), given > 0 else { return nil }
      step = given
    }
    guard abs(last - first) / step < limit else {
      return Array(repeating: [], count: limit + 1)
    }
    let isPadded = [parts[0], parts[2]].contains { $0.count > 1 && $0.hasPrefix("0") }
    let width = isPadded ? max(parts[0].count, parts[2].count) : 0
    return stride(from: first, through: last, by: first <= last ? step : -step).map {
      let digits = String($0)
      return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
    }
  }

  /// Up to 15 digits: no sum of two overflows.
  private static func number(_ text: String) -> Int? {
    (1...15).contains(text.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      ? Int(text) : nil
  }
}
