/// Python's `str` methods on Unicode scalars, for prompts that must equal a Python program's.
///
/// Swift's own trimming and casing walk grapheme clusters and know other whitespace, so a combining
/// mark or an information separator would change a prompt.
package enum PythonText {
  /// Whether `str.isspace` holds: bidirectional type WS, B or S, or category Zs.
  package static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// `text.lstrip()`.
  package static func strippingLeading(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.drop(while: isWhitespace)))
  }

  /// `text.rstrip()` and the whitespace that it took away.
  package static func splittingTrailing(_ text: String) -> (text: String, whitespace: String) {
    let scalars = text.unicodeScalars
    var end = scalars.endIndex
    while end > scalars.startIndex, isWhitespace(scalars[scalars.index(before: end)]) {
      end = scalars.index(before: end)
    }
    return (
      String(String.UnicodeScalarView(scalars[..<end])),
      String(String.UnicodeScalarView(scalars[end...]))
    )
  }

  /// `text.strip()`.
  package static func stripping(_ text: String) -> String {
    strippingLeading(splittingTrailing(text).text)
  }

  /// `len(text)`.
  package static func length(_ text: String) -> Int { text.unicodeScalars.count }

  /// `text.capitalize()`: the first scalar in title case, the others in lower case.
  package static func capitalizing(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first else { return text }
    var result = first.properties.titlecaseMapping
    for index in scalars.indices.dropFirst() {
      if scalars[index] == "\u{03A3}" {
        result += isFinalSigma(scalars, at: index) ? "\u{03C2}" : "\u{03C3}"
      } else {
        result += scalars[index].properties.lowercaseMapping
      }
    }
    return result
  }

  /// Unicode's Final_Sigma condition: a cased letter before, none after, case-ignorables between.
  static func isFinalSigma(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
}
