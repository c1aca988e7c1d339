/// Python's `str` as what it is, a list of scalars: slices, pieces and searches.
extension PythonText {
  /// A text of the scalars, one for one.
  package static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// `text[:-1]`.
  package static func droppingLast(_ text: String) -> String {
    string(text.unicodeScalars.dropLast())
  }

  /// `text.split()`: the pieces between runs of whitespace, none of them empty.
  package static func words(_ text: String) -> [String] {
    text.unicodeScalars.split(whereSeparator: isWhitespace).map { string($0) }
  }

  /// `text.split(separator)`, or nil for an empty separator, which Python refuses.
  package static func split(_ text: String, separator: String) -> [String]? {
    split(Array(text.unicodeScalars), separator: Array(separator.unicodeScalars))?.map {
      string($0)
    }
  }

  /// `len(re.split(r"\s+", text))`: one more than there are runs of whitespace.
  package static func countOfWhitespaceSeparated(_ text: String) -> Int {
    var count = 1
    var wasWhitespace = false
    for scalar in text.unicodeScalars {
      let isSpace = isWhitespace(scalar)
      if isSpace, !wasWhitespace { count += 1 }
      wasWhitespace = isSpace
    }
    return count
  }

  /// `text.split(separator)` on scalars.
  package static func split(
    _ text: [Unicode.Scalar], separator: [Unicode.Scalar]
  ) -> [ArraySlice<Unicode.Scalar>]? {
    if separator.isEmpty { return nil }
    var pieces: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    while let found = firstIndex(of: separator, in: text, from: start) {
      pieces.append(text[start..<found])
      start = found + separator.count
    }
    pieces.append(text[start...])
    return pieces
  }

  /// `text.replace(old, new)` on scalars, for an `old` that is not empty.
  package static func replacing(
    _ old: String, with new: String, in text: [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    let old = Array(old.unicodeScalars)
    precondition(!old.isEmpty, "replacing: the text to look for is empty")
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var start = 0
    while let found = firstIndex(of: old, in: text, from: start) {
      result.append(contentsOf: text[start..<found])
      result.append(contentsOf: new.unicodeScalars)
      start = found + old.count
    }
    result.append(contentsOf: text[start...])
    return result
  }

  /// `text.find(piece, from)`.
  package static func firstIndex(
    of piece: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int = 0
  ) -> Int? {
    guard let first = piece.first else { return start <= text.count ? start : nil }
    var index = start
    while index + piece.count <= text.count {
      if text[index] == first, text[index..<(index + piece.count)].elementsEqual(piece) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// `text.strip()` on scalars.
  package static func stripping(
    _ text: ArraySlice<Unicode.Scalar>, of isStripped: (Unicode.Scalar) -> Bool = isWhitespace
  ) -> ArraySlice<Unicode.Scalar> {
    var slice = text.drop(while: isStripped)
    while let last = slice.last, isStripped(last) { slice.removeLast() }
    return slice
  }

  /// `text.strip()` on scalars.
  package static func stripping(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    Array(stripping(text[...]))
  }
}
