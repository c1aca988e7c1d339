import Corpora
import Tokenization

extension FuzzTarget {
  /// What is found out about the text of a document.
  static let screening = FuzzTarget(
    "screening", words: ["\u{3000}", "\u{130}", "\u{1C5}", "  ", "\u{65E5}", "e\u{301}", "-", "'"],
    longestInput: 4 << 10, seeds: { [Array(SeedFiles.text.utf8), Array(SeedFiles.lines.utf8)] },
    body: { bytes in
      let examiner = try DocumentExaminer(
        DocumentScreening(
          exactDuplicates: ExactDuplicateFilter(window: 4),
          nearDuplicates: NearDuplicateFilter(window: 4),
          contamination: ContaminationFilter(runLength: 3)),
        evaluationTexts: [SeedFiles.text])
      var screen = try DocumentScreen(examiner.screening)
      // The readers of files give valid text alone.
      var text = String(decoding: bytes, as: UTF8.self)
      text.withUTF8 { text in
        let verdicts = (0..<2).map { _ in screen.judge(examiner.examine(text: text)) }
        promise(verdicts[1] != nil, "what comes again is a duplicate, or was dropped before")
        _ = TextProfile(of: text)
        let count = normalizedCharacterCount(of: text, upTo: .max)
        promise(
          normalizedCharacterCount(of: text, upTo: 10) == min(10, count),
          "a limit only ends the counting")
      }
    })

  /// Normalization forms.
  static let unicodeForms = FuzzTarget(
    "unicode-forms",
    words: [
      "\u{301}", "\u{345}", "\u{1100}\u{1161}\u{11A8}", "\u{AC00}", "\u{FB01}", "\u{F900}",
      "\u{1D15E}",
      "\u{FDFA}",
    ], longestInput: 2 << 10, seeds: { [Array(SeedFiles.text.utf8), SeedFiles.brokenText] },
    body: { text in
      for form in UnicodeForm.allCases {
        let once = form.applied(to: text)
        promise(form.applied(to: once) == once, "\(form.rawValue) twice is \(form.rawValue) once")
      }
      let composed = UnicodeForm.nfc.applied(to: text)
      promise(
        UnicodeForm.nfd.applied(to: composed) == UnicodeForm.nfd.applied(to: text),
        "composing changes no character")
      _ = Lowercase.applied(to: text)
    })
}
