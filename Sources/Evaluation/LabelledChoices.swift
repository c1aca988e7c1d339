/// Answers with the letters that name them: the hub's `choices: {text: […], label: […]}`.
struct LabelledChoices {
  var texts: [String]
  var labels: [String]

  /// Returns the position of the answer with a label.
  ///
  /// - Throws: `EvaluationError.invalidValue` about `field`, which holds the label.
  func position(of label: String, in document: TaskDocument, field: String) throws -> Int {
    // Compared byte by byte: Swift's own equality would accept another spelling of a letter.
    guard let position = labels.firstIndex(where: { $0.utf8.elementsEqual(label.utf8) }) else {
      throw document.invalidValue(
        field, expected: "one of the labels \(labels.joined(separator: ", "))")
    }
    return position
  }
}

extension TaskDocument {
  /// Reads a record of texts and as many labels.
  func labelledChoices(_ field: String) throws -> LabelledChoices {
    let record = try object(field)
    let texts = try record.choices("text")
    let labels = try record.strings("label")
    if labels.count != texts.count {
      throw record.invalidValue("label", expected: "a list of \(texts.count), one a text")
    }
    return LabelledChoices(texts: texts, labels: labels)
  }
}
