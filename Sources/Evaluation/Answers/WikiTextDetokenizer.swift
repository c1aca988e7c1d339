/// WikiText's pages as running text: the blanks that its tokenizer put around punctuation taken out.
///
/// Reference: lm-evaluation-harness 0.4.13, `tasks/wikitext/preprocess_wikitext.py`. Words are counted
/// before (`PythonText.countOfWhitespaceSeparated`), bytes before as well.
package enum WikiTextDetokenizer {
  /// The page as it is scored. Time grows with the page's length.
  package static func detokenize(_ page: String) -> String {
    var text = Array(page.unicodeScalars)
    text = PythonText.replacing("s '", with: "s'", in: text)
    text = replacingQuotedDigits(in: text)
    for (spaced, plain) in beforeBrackets {
      text = PythonText.replacing(spaced, with: plain, in: text)
    }
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("\"", "\""), ("'", "'")] as Pairs {
      text = trimming(between: open, and: close, in: text)
    }
    for (spaced, plain) in afterBrackets {
      text = PythonText.replacing(spaced, with: plain, in: text)
    }
    return PythonText.string(text)
  }

  private typealias Pairs = [(Unicode.Scalar, Unicode.Scalar)]

  /// Number separators, then punctuation.
  private static let beforeBrackets = [
    (" @-@ ", "-"), (" @,@ ", ","), (" @.@ ", "."), (" : ", ": "), (" ; ", "; "), (" . ", ". "),
    (" ! ", "! "), (" ? ", "? "), (" , ", ", "),
  ]

  /// Headings, degrees, lines, the sign for a number, possessives.
  private static let afterBrackets = [
    ("= = = =", "===="), ("= = =", "==="), ("= =", "=="), (" \u{B0} ", "\u{B0}"), (" \n", "\n"),
    ("\n ", "\n"), (" N ", " 1 "), (" 's", "'s"),
  ]

  /// `re.sub(r"/' [0-9]/", r"/'[0-9]/")`: as the reference has it, the brackets are put in as they are.
  private static func replacingQuotedDigits(in text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == "/", index + 4 < text.count, text[index + 1] == "'",
        text[index + 2] == " ", ("0"..."9").contains(text[index + 3]), text[index + 4] == "/"
      {
        result.append(contentsOf: "/'[0-9]/".unicodeScalars)
        index += 5
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  /// `re.sub(r"\(\s*([^\)]*?)\s*\)", r"(\1)")` and its like: from each opening mark to the next
  /// closing one, without the whitespace at both ends.
  private static func trimming(
    between open: Unicode.Scalar, and close: Unicode.Scalar, in text: [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var index = 0
    while let start = text[index...].firstIndex(of: open),
      let end = text[(start + 1)...].firstIndex(of: close)
    {
      result.append(contentsOf: text[index...start])
      result.append(contentsOf: PythonText.stripping(text[(start + 1)..<end]))
      result.append(close)
      index = end + 1
    }
    result.append(contentsOf: text[index...])
    return result
  }
}
