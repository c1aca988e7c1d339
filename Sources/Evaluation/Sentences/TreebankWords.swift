/// Words as the Penn Treebank has them: punctuation and the parts of contractions are words.
///
/// Reference: `nltk.word_tokenize` of NLTK 3.10: each sentence of Punkt's goes through a list of
/// substitutions that put blanks around what is a word of its own, and is then split at blanks.
package enum TreebankWords {
  /// The words of a text of several sentences.
  package static func words(in text: [Unicode.Scalar]) throws(PythonPatternError) -> [[Unicode
    .Scalar]]
  {
    var words: [[Unicode.Scalar]] = []
    for range in PunktSentences.english.ranges(in: text) {
      words += try self.words(inSentence: Array(text[range]))
    }
    return words
  }

  /// The words of one sentence.
  static func words(
    inSentence sentence: [Unicode.Scalar]
  ) throws(PythonPatternError) -> [[Unicode.Scalar]] {
    var text = sentence
    for substitute in openingQuotes + punctuation { text = try substitute(text) }
    text = [" "] + text + [" "]
    for substitute in closingQuotes + contractions { text = try substitute(text) }
    return text.split(whereSeparator: PythonText.isWhitespace).map { Array($0) }
  }

  private static func rule(_ pattern: StaticString, _ template: String) -> PythonSubstitution {
    PythonSubstitution(PythonPattern(known: pattern, dialect: .extended), template)
  }

  private static let openingQuotes = [
    rule("([«“‘„]|`+)", #" \1 "#),
    rule(#"^""#, "``"),
    rule("(``)", #" \1 "#),
    rule(#"([ (\[{<])("|'{2})"#, #"\1 `` "#),
    // An apostrophe before a word, unless that is the end of a contraction.
    rule(#"(?i)(?<!\w)(')(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)"#, #"\1 "#),
  ]

  private static let punctuation = [
    // The sentence's last point, with closing marks.
    rule(#"([^.])(\.)([\])}>"'»”’ ]*+)\s*$"#, #"\1 \2 \3 "#),
    rule(#"([:,])([^\d])"#, #" \1 \2"#),
    rule("([:,])$", #" \1 "#),
    rule(#"\.{2,}"#, #" \0 "#),
    rule("[;@#$%&]", #" \0 "#),
    rule(#"[\u2012-\u2015]"#, #" \0 "#),
    rule(#"([^.])(\.)([\])}>"']*)\s*$"#, #"\1 \2\3 "#),
    rule("[?!]", #" \0 "#),
    rule("([^'])' ", #"\1 ' "#),
    rule("[*]", #" \0 "#),
    rule(#"[\]\[(){}<>]"#, #" \0 "#),
    rule("--", " -- "),
  ]

  private static let closingQuotes = [
    rule("([»”’])", #" \1 "#),
    rule("''", " '' "),
    rule(#"""# as StaticString, " '' "),
    rule(#"\s+"#, " "),
    rule("([^' ])('[sS]|'[mM]|'[dD]|') ", #"\1 \2 "#),
    rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", #"\1 \2 "#),
  ]

  /// Words that are two, by the standard library's patterns.
  private static let contractions = [
    #"(?i)\b(can)(not)\b"#, #"(?i)\b(d)('ye)\b"#, #"(?i)\b(gim)(me)\b"#, #"(?i)\b(gon)(na)\b"#,
    #"(?i)\b(got)(ta)\b"#, #"(?i)\b(lem)(me)\b"#, #"(?i)\b(more)('n)\b"#,
    #"(?i)\b(wan)(na)(?=\s)"#, #"(?i) ('t)(is)\b"#, #"(?i) ('t)(was)\b"#,
  ].map { (pattern: StaticString) in PythonSubstitution(PythonPattern(known: pattern), #" \1 \2 "#)
  }
}
