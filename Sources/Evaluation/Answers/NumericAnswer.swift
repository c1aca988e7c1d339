/// GSM8K's numbers out of generated solutions, and when two of them are the same.
///
/// Reference: lm-evaluation-harness 0.4.13, `tasks/gsm8k`, the filter `regex` and the metric
/// `exact_match`. The patterns are few and their texts many, so that they are scanned by hand.
package enum NumericAnswer {
  /// What stands for a solution without an answer.
  package static let invalid = "[invalid]"

  /// `strict-match` of `gsm8k`: the first of `#### (\-?[0-9\.\,]+)`.
  package static func strict(in solution: String) -> String {
    first(in: solution, after: "#### ", isFollowed: false)
  }

  /// `strict-match` of `gsm8k_cot`: the first of `The answer is (\-?[0-9\.\,]+).`, where the last
  /// point is any character but a newline, so that it takes the number's own end if nothing follows.
  package static func chainOfThought(in solution: String) -> String {
    first(in: solution, after: "The answer is ", isFollowed: true)
  }

  /// `flexible-extract`: the last of `(-?[$0-9.,]{2,})|(-?[0-9]+)`.
  package static func flexible(in solution: String) -> String {
    let bytes = Array(solution.utf8)
    var last: Range<Int>?
    var position = 0
    while position < bytes.count {
      let start = position
      let body = bytes[start] == UInt8(ascii: "-") ? start + 1 : start
      var end = body
      while end < bytes.count, isPart(bytes[end]) { end += 1 }
      if end - body >= 2 || end - body == 1 && isDigit(bytes[body]) {
        last = start..<end
        position = end
      } else {
        position += 1
      }
    }
    guard let last else { return invalid }
    return String(decoding: bytes[last], as: UTF8.self)
  }

  /// A target or answer as it is compared: without commas and dollars, without all up to the last
  /// `#### `, without a point at its end, in lower case.
  package static func normalized(_ answer: String) -> String {
    var scalars = withoutEndingZeros(answer.unicodeScalars.filter { $0 != "," })
    scalars = withoutEndingZeros(scalars.filter { $0 != "$" })
    let mark = Array("#### ".unicodeScalars)
    var last: Int?
    while let found = PythonText.firstIndex(of: mark, in: scalars, from: last.map { $0 + 1 } ?? 0) {
      last = found
    }
    if let last { scalars.removeFirst(last + mark.count) }
    scalars = withoutEndingZeros(scalars)
    removePoint(&scalars)
    return PythonText.string(PythonText.lowercasing(withoutEndingZeros(scalars)))
  }

  /// After each step the reference keeps its texts in numpy's arrays, whose strings have no zero
  /// characters at their end.
  private static func withoutEndingZeros(
    _ scalars: some BidirectionalCollection<Unicode.Scalar>
  ) -> [Unicode.Scalar] {
    var scalars = Array(scalars)
    while scalars.last == "\0" { scalars.removeLast() }
    return scalars
  }

  /// `exact_match` with GSM8K's options.
  package static func isMatch(_ answer: String, target: String) -> Bool {
    normalized(answer).unicodeScalars.elementsEqual(normalized(target).unicodeScalars)
  }

  /// Removes what `\.$` matches: a point at the end, or before a newline at the end.
  private static func removePoint(_ scalars: inout [Unicode.Scalar]) {
    if scalars.last == "." {
      scalars.removeLast()
    } else if scalars.count >= 2, scalars.last == "\n", scalars[scalars.count - 2] == "." {
      scalars.remove(at: scalars.count - 2)
    }
  }

  private static func first(in solution: String, after mark: String, isFollowed: Bool) -> String {
    let bytes = Array(solution.utf8)
    let mark = Array(mark.utf8)
    var start = 0
    while start + mark.count <= bytes.count {
      defer { start += 1 }
      guard bytes[start] == mark[0], bytes[start...].starts(with: mark) else { continue }
      let number = start + mark.count
      let body = number < bytes.count && bytes[number] == UInt8(ascii: "-") ? number + 1 : number
      var end = body
      while end < bytes.count, isDigit(bytes[end]) || ".,".utf8.contains(bytes[end]) { end += 1 }
      if isFollowed, end == bytes.count || bytes[end] == UInt8(ascii: "\n") { end -= 1 }
      if end > body { return String(decoding: bytes[number..<end], as: UTF8.self) }
    }
    return invalid
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isPart(_ byte: UInt8) -> Bool { isDigit(byte) || "$.,".utf8.contains(byte) }
}
