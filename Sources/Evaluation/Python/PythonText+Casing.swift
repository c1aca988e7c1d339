extension PythonText {
  /// `text.lower()`: full case mapping, with Greek's final sigma.
  package static func lowercasing(_ text: String) -> String {
    string(lowercasing(Array(text.unicodeScalars)))
  }

  /// `text.lower()` on scalars.
  package static func lowercasing(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII {
        result.append(lowercasingSimply(scalar))
      } else if scalar == "\u{03A3}" {
        result.append(isFinalSigma(scalars, at: index) ? "\u{03C2}" : "\u{03C3}")
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }

  /// The one scalar that a scalar's lowercase mapping begins with: Unicode's simple mapping.
  package static func lowercasingSimply(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      return ("A"..."Z").contains(scalar)
        ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }
    return scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
  }

  /// `text.isupper()`: at least one cased scalar, and none that is not in upper case.
  package static func isUppercase(_ text: some Sequence<Unicode.Scalar>) -> Bool {
    var isCased = false
    for scalar in text {
      if isLowercase(scalar) || isTitlecase(scalar) { return false }
      if isUppercase(scalar) { isCased = true }
    }
    return isCased
  }

  /// `text.islower()`: at least one cased scalar, and none that is not in lower case.
  package static func isLowercase(_ text: some Sequence<Unicode.Scalar>) -> Bool {
    var isCased = false
    for scalar in text {
      if isUppercase(scalar) || isTitlecase(scalar) { return false }
      if isLowercase(scalar) { isCased = true }
    }
    return isCased
  }

  /// `character.isupper()`.
  package static func isUppercase(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? ("A"..."Z").contains(scalar) : scalar.properties.isUppercase
  }

  /// `character.islower()`.
  package static func isLowercase(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? ("a"..."z").contains(scalar) : scalar.properties.isLowercase
  }

  private static func isTitlecase(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && scalar.properties.generalCategory == .titlecaseLetter
  }

  /// `text[0].lower() + text[1:]`; nil for an empty text, for which Python raises an error.
  package static func lowercasingFirst(_ text: String) -> String? {
    guard let first = text.unicodeScalars.first else { return nil }
    return string(lowercasing([first]) + text.unicodeScalars.dropFirst())
  }
}
