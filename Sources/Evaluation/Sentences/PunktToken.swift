/// A word or mark of a text with what is decided about it.
struct PunktToken {
  let scalars: [Unicode.Scalar]
  /// The token in lower case, or `##number##`.
  let type: [Unicode.Scalar]
  var endsSentence = false
  var isAbbreviation = false
  var isEllipsis = false

  static let number = Array("##number##".unicodeScalars)

  init(_ scalars: some Sequence<Unicode.Scalar>) {
    self.scalars = Array(scalars)
    let lower = PythonText.lowercasing(self.scalars)
    type = Self.isNumeric(lower) ? Self.number : lower
  }

  var endsInPoint: Bool { scalars.last == "." }

  var typeWithoutPoint: [Unicode.Scalar] {
    type.count > 1 && type.last == "." ? type.dropLast() : type
  }

  /// The type without the point that ends a sentence; that of an abbreviation belongs to it.
  var typeWithoutSentenceEnd: [Unicode.Scalar] { endsSentence ? typeWithoutPoint : type }

  var beginsUppercase: Bool { scalars.first.map(PythonText.isUppercase) ?? false }

  var beginsLowercase: Bool { scalars.first.map(PythonText.isLowercase) ?? false }

  /// One letter and a point, as in names.
  var isInitial: Bool {
    scalars.count == 2 && scalars[1] == "."
      && PythonScalarClass.isWord(scalars[0], .extended)
      && !PythonScalarClass.isDigit(scalars[0])
  }

  /// Two points or more and nothing else.
  var isPoints: Bool { scalars.count >= 2 && scalars.allSatisfy { $0 == "." } }

  /// `^-?[\.,]?\d[\d,\.-]*\.?$`
  private static func isNumeric(_ scalars: [Unicode.Scalar]) -> Bool {
    var rest = scalars[...]
    if rest.first == "-" { rest.removeFirst() }
    if rest.first == "." || rest.first == "," { rest.removeFirst() }
    guard let digit = rest.popFirst(), PythonScalarClass.isDigit(digit) else { return false }
    return rest.allSatisfy {
      $0 == "." || $0 == "," || $0 == "-" || PythonScalarClass.isDigit($0)
    }
  }
}
