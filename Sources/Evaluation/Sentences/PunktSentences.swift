/// Sentences by Punkt: a point ends one unless it belongs to an abbreviation, an initial or a number,
/// which is told by what was learnt of the words at both sides.
///
/// Source: T. Kiss and J. Strunk, "Unsupervised Multilingual Sentence Boundary Detection",
/// Computational Linguistics 32 (2006), section 4. The cutting into words, the realignment of closing
/// marks and the model are NLTK's (3.10), so that its counts come out.
package struct PunktSentences: Sendable {
  private let model: PunktModel

  /// For English.
  package static let english = PunktSentences(model: .english)

  /// The sentences of a text, as ranges of its scalars.
  package func ranges(in text: [Unicode.Scalar]) -> [Range<Int>] {
    var cut: [Range<Int>] = []
    var start = 0
    for end in candidates(in: text) where breaks(text, end.context) {
      cut.append(start..<(end.position + 1))
      start = end.nextToken ?? end.position + 1
    }
    var last = text.count
    while last > 0, PythonText.isWhitespace(text[last - 1]) { last -= 1 }
    cut.append(start..<max(start, last))
    return realigned(cut, in: text)
  }

  /// `nltk.sent_tokenize(text)`.
  package func sentences(in text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return ranges(in: scalars).map { PythonText.string(scalars[$0]) }
  }

  // MARK: Candidates

  /// A mark that may end a sentence.
  private struct Candidate {
    var position: Int
    /// The word before it up to the word or mark behind it.
    var context: Range<Int>
    /// Where the word behind begins, if blanks are between.
    var nextToken: Int?
  }

  /// Marks with the word before; of several at one word the last counts.
  private func candidates(in text: [Unicode.Scalar]) -> [Candidate] {
    var found: [Candidate] = []
    var previousWord = 0..<0
    var previous: Candidate?
    for position in text.indices {
      guard ".?!".unicodeScalars.contains(text[position]),
        let (end, next) = following(position + 1, in: text)
      else { continue }
      let between = text[previousWord.upperBound..<position]
      let word: Range<Int>
      if let blank = between.lastIndex(where: Self.isASCIIBlank), blank > between.startIndex {
        word = (blank + 1)..<position
      } else {
        word = previousWord.lowerBound..<position
      }
      if let previous, previousWord.upperBound <= word.lowerBound { found.append(previous) }
      previous = Candidate(
        position: position, context: word.lowerBound..<end, nextToken: next)
      previousWord = word
    }
    if let previous { found.append(previous) }
    return found
  }

  /// The end of the mark, or of blanks and the word, that has to follow, and where that word begins.
  private func following(_ start: Int, in text: [Unicode.Scalar]) -> (end: Int, next: Int?)? {
    guard start < text.count else { return nil }
    if PunktWordScanner.isNoWord(text[start]) { return (start + 1, nil) }
    var next = start
    while next < text.count, PunktWordScanner.isSpace(text[next]) { next += 1 }
    guard next > start, next < text.count else { return nil }
    var end = next
    while end < text.count, !PunktWordScanner.isSpace(text[end]) { end += 1 }
    return (end, next)
  }

  /// `string.whitespace`.
  private static func isASCIIBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (0x9...0xD).contains(scalar.value)
  }

  // MARK: Decisions

  /// Whether a token of the context other than its last ends a sentence.
  private func breaks(_ text: [Unicode.Scalar], _ context: Range<Int>) -> Bool {
    var tokens: [PunktToken] = []
    for line in text[context].split(separator: "\n")
    where !line.allSatisfy(PythonText.isWhitespace) {
      tokens += PunktWordScanner(line).tokens()
    }
    for index in tokens.indices { decideByType(&tokens[index]) }
    for index in tokens.indices.dropLast() {
      decideByContext(&tokens[index], before: tokens[index + 1])
    }
    return tokens.dropLast().contains(where: \.endsSentence)
  }

  /// The first pass: what a token is by itself.
  private func decideByType(_ token: inout PunktToken) {
    if token.scalars.count == 1, ".?!".unicodeScalars.contains(token.scalars[0]) {
      token.endsSentence = true
    } else if token.isPoints {
      token.isEllipsis = true
    } else if token.endsInPoint, token.scalars.dropLast().last != "." {
      let word = PythonText.lowercasing(Array(token.scalars.dropLast()))
      let lastPart = word.split(separator: "-", omittingEmptySubsequences: false).last ?? []
      if model.abbreviations.contains(PunktWord(word))
        || model.abbreviations.contains(PunktWord(lastPart))
      {
        token.isAbbreviation = true
      } else {
        token.endsSentence = true
      }
    }
  }

  /// The second pass: what it is before the next token.
  private func decideByContext(_ token: inout PunktToken, before next: PunktToken) {
    guard token.endsInPoint else { return }
    let type = PunktWord(token.typeWithoutPoint)
    let nextType = PunktWord(next.typeWithoutSentenceEnd)
    if model.collocations.contains(.init(first: type, second: nextType)) {
      token.endsSentence = false
      token.isAbbreviation = true
      return
    }
    if token.isAbbreviation || token.isEllipsis, !token.isInitial {
      if beginsSentence(next) == true
        || next.beginsUppercase && model.sentenceStarters.contains(nextType)
      {
        token.endsSentence = true
        return
      }
    }
    if token.isInitial || token.typeWithoutPoint == PunktToken.number {
      let starts = beginsSentence(next)
      let isName =
        starts == nil && token.isInitial && next.beginsUppercase
        && model.orthography(of: nextType).isDisjoint(with: .lower)
      if starts == false || isName {
        token.endsSentence = false
        token.isAbbreviation = true
      }
    }
  }

  /// The orthographic heuristic (4.1.1): whether a token begins a sentence; nil if that is open.
  private func beginsSentence(_ token: PunktToken) -> Bool? {
    if token.scalars.count == 1, ";:,.!?".unicodeScalars.contains(token.scalars[0]) {
      return false
    }
    let seen = model.orthography(of: PunktWord(token.typeWithoutSentenceEnd))
    if token.beginsUppercase, !seen.isDisjoint(with: .lower), !seen.contains(.upperInside) {
      return true
    }
    if token.beginsLowercase, !seen.isDisjoint(with: .upper) || !seen.contains(.lowerAtStart) {
      return false
    }
    return nil
  }

  // MARK: Closing marks

  /// Moves quotes and brackets that follow a sentence's last mark from the next sentence to it.
  private func realigned(_ cut: [Range<Int>], in text: [Unicode.Scalar]) -> [Range<Int>] {
    var sentences: [Range<Int>] = []
    var moved = 0
    for (index, range) in cut.enumerated() {
      let start = range.lowerBound + moved
      var end = range.upperBound
      moved = 0
      if index + 1 < cut.count, let closing = closingMarks(of: text[cut[index + 1]]) {
        moved = closing.total
        sentences.append(start..<(cut[index + 1].lowerBound + closing.marks))
        continue
      }
      end = max(start, end)
      if start < end { sentences.append(start..<end) }
    }
    return sentences
  }

  /// `["')\]}‘’“”«»]+?(?:\s+|(?=--)|$)` at a sentence's start: how many marks, and with the blanks.
  private func closingMarks(of sentence: ArraySlice<Unicode.Scalar>) -> (marks: Int, total: Int)? {
    var position = sentence.startIndex
    while position < sentence.endIndex,
      "\"')]}\u{2018}\u{2019}\u{201C}\u{201D}\u{AB}\u{BB}".unicodeScalars.contains(
        sentence[position])
    {
      position += 1
      let marks = position - sentence.startIndex
      var end = position
      while end < sentence.endIndex, PunktWordScanner.isSpace(sentence[end]) { end += 1 }
      if end > position { return (marks, end - sentence.startIndex) }
      if position == sentence.endIndex || sentence[position...].starts(with: ["-", "-"]) {
        return (marks, marks)
      }
    }
    return nil
  }
}
