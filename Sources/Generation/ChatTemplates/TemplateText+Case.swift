/// Upper and lower case and kinds of characters, as Python's strings have them.
extension TemplateText {
  private func mapped(_ body: (Unicode.Scalar, _ index: Int) -> String?) -> Self {
    var result: [UInt32] = []
    result.reserveCapacity(count)
    for (index, unit) in units.enumerated() {
      guard let scalar = Unicode.Scalar(Self.codePoint(unit)), let text = body(scalar, index) else {
        result.append(unit)
        continue
      }
      for replacement in text.unicodeScalars {
        result.append(Self.replacing(unit, by: replacement.value))
      }
    }
    return TemplateText(units: result)
  }

  var uppercased: Self { mapped { scalar, _ in scalar.properties.uppercaseMapping } }

  var lowercased: Self { mapped { scalar, index in lowercase(of: scalar, at: index) } }

  /// Σ ends a word as ς (Unicode's Final_Sigma).
  private func lowercase(of scalar: Unicode.Scalar, at index: Int) -> String {
    guard scalar.value == 0x3A3 else { return scalar.properties.lowercaseMapping }
    let before = (0..<index).reversed().lazy.compactMap { scalarThatCounts(at: $0) }.first
    let after = ((index + 1)..<count).lazy.compactMap { scalarThatCounts(at: $0) }.first
    return before?.properties.isCased == true && after?.properties.isCased != true ? "ς" : "σ"
  }

  private func scalarThatCounts(at index: Int) -> Unicode.Scalar? {
    guard let scalar = Unicode.Scalar(codePoint(at: index)),
      !scalar.properties.isCaseIgnorable
    else { return nil }
    return scalar
  }

  /// The first character in title case, the others in lower case.
  var capitalized: Self {
    mapped { scalar, index in
      index == 0 ? scalar.properties.titlecaseMapping : lowercase(of: scalar, at: index)
    }
  }

  /// `str.title`: a cased character after one that is not cased begins a word.
  var titlecased: Self {
    mapped { scalar, index in
      let before = index > 0 ? Unicode.Scalar(codePoint(at: index - 1)) : nil
      return before?.properties.isCased == true
        ? lowercase(of: scalar, at: index) : scalar.properties.titlecaseMapping
    }
  }

  /// Jinja's `title` filter: words begin after white space, hyphens and opening brackets alone.
  var titlecasedWords: Self {
    let openers: Set<UInt32> = [0x2D, 0x28, 0x7B, 0x5B, 0x3C]
    let opens = { (unit: UInt32) in Self.isSpace(unit) || openers.contains(Self.codePoint(unit)) }
    return mapped { scalar, index in
      if opens(units[index]) { return nil }
      let begins = index == 0 || opens(units[index - 1])
      return begins ? scalar.properties.uppercaseMapping : lowercase(of: scalar, at: index)
    }
  }

  var swappedCase: Self {
    mapped { scalar, index in
      scalar.properties.isUppercase
        ? lowercase(of: scalar, at: index)
        : scalar.properties.isLowercase ? scalar.properties.uppercaseMapping : nil
    }
  }

  /// Whether there is a character and all are of a kind.
  func isMade(of kind: (Unicode.Scalar) -> Bool) -> Bool {
    !isEmpty && units.allSatisfy { Unicode.Scalar(Self.codePoint($0)).map(kind) ?? false }
  }

  var isSpace: Bool { !isEmpty && units.allSatisfy(Self.isSpace) }
  var isAlphabetic: Bool { isMade { $0.properties.isPythonAlphabetic } }
  var isDigits: Bool {
    isMade { [.digit, .decimal].contains($0.properties.numericType) }
  }
  var isDecimal: Bool { isMade { $0.properties.numericType == .decimal } }
  var isNumeric: Bool { isMade { $0.properties.numericType != nil } }
  var isAlphanumeric: Bool {
    isMade { $0.properties.isPythonAlphabetic || $0.properties.numericType != nil }
  }

  /// Whether it has a cased character and none of the other case.
  func isCase(upper: Bool) -> Bool {
    var found = false
    for unit in units {
      guard let properties = Unicode.Scalar(Self.codePoint(unit))?.properties else { continue }
      if upper ? properties.isLowercase : properties.isUppercase { return false }
      if properties.generalCategory == .titlecaseLetter { return false }
      found = found || (upper ? properties.isUppercase : properties.isLowercase)
    }
    return found
  }
}

extension Unicode.Scalar.Properties {
  /// `str.isalpha`: a letter by its general category.
  fileprivate var isPythonAlphabetic: Bool {
    switch generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
