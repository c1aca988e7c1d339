/// Changes text before it is cut, by the steps of a `tokenizer.json`.
struct TextNormalizer: Sendable {
  let steps: [NormalizerStep]

  func applied(to text: [UInt8]) -> [UInt8] {
    var text = text
    for step in steps {
      switch step {
      case .form(let form): text = form.applied(to: text)
      case .lowercase: text = Lowercase.applied(to: text)
      case .prepend(let prefix): text = text.isEmpty ? text : prefix + text
      case .replace(let matcher, let content): text = replaced(text, matcher, content)
      case .strip(let left, let right): text = stripped(text, left: left, right: right)
      }
    }
    return text
  }

  private func replaced(
    _ text: [UInt8], _ matcher: PatternMatcher, _ content: [UInt8]
  ) -> [UInt8] {
    text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return text }
      var result: [UInt8] = []
      result.reserveCapacity(text.count)
      var position = 0
      while let match = matcher.firstMatch(in: base, from: position, to: buffer.count) {
        result += buffer[position..<match.lowerBound]
        result += content
        position = match.upperBound
      }
      result += buffer[position...]
      return result
    }
  }

  private func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    guard let scalars = scalarValues(text) else { return text }
    var (start, end) = (0, text.count)
    if left {
      for scalar in scalars {
        guard CodePointSets.whitespace.contains(scalar) else { break }
        start += encodedLength(of: scalar)
      }
    }
    if right {
      for scalar in scalars.reversed() {
        guard CodePointSets.whitespace.contains(scalar), end > start else { break }
        end -= encodedLength(of: scalar)
      }
    }
    return Array(text[start..<end])
  }

  private func encodedLength(of scalar: UInt32) -> Int {
    scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
  }
}
