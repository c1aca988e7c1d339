import Tokenization

/// How far an evaluation has come.
public struct EvaluationProgress: Sendable, Equatable {
  /// The task's name.
  public var task: String
  /// Documents all of whose requests are scored.
  public var documentsDone: Int
  /// All documents of the evaluation.
  public var documentCount: Int
}

/// Asks a model the questions of a task and gathers what it says.
///
/// The contract is that of lm-evaluation-harness 0.4.13, so that a model's figures equal the
/// harness's. The same documents and scores give the same result.
public struct Evaluator: Sendable {
  /// The tokenizer that the model was trained with.
  public var tokenizer: any Tokenizer
  /// The most tokens given to the scorer at once.
  ///
  /// 4,096 is two full contexts of OpenELM (2,048 tokens, arXiv:2404.14619): enough rows to keep
  /// a matrix product busy.
  public var tokensPerBatch: Int

  public init(tokenizer: any Tokenizer, tokensPerBatch: Int = 4_096) {
    precondition(tokensPerBatch > 0, "tokens per batch \(tokensPerBatch) is not positive")
    self.tokenizer = tokenizer
    self.tokensPerBatch = tokensPerBatch
  }

  /// Evaluates a task on the data found for it.
  ///
  /// - Parameters:
  ///   - data: Where the documents are looked for.
  ///   - shots: The examples before each question; the task's own number where it is nil.
  ///   - documents: The positions of the documents evaluated; all where it is nil.
  ///   - progress: Called after every batch; what it throws ends the evaluation.
  /// - Throws: `EvaluationError` where data, tokenizer or log-likelihoods are not usable, and
  ///   whatever the scorer throws.
  public func evaluate(
    _ task: any EvaluationTask, data: TaskData, shots: Int? = nil, documents: Range<Int>? = nil,
    with scorer: inout some LanguageModelScorer,
    progress: (EvaluationProgress) throws -> Void = { _ in }
  ) throws -> EvaluationResult {
    try evaluate(
      PreparedTask(task, data: data, shots: shots, documents: documents), with: &scorer,
      progress: progress)
  }

  /// Evaluates a task on documents given by the caller, without examples.
  public func evaluate(
    _ task: any EvaluationTask, on documents: [TaskDocument],
    with scorer: inout some LanguageModelScorer,
    progress: (EvaluationProgress) throws -> Void = { _ in }
  ) throws -> EvaluationResult {
    try evaluate(
      PreparedTask(task, documents: documents), with: &scorer, progress: progress)
  }

  /// Evaluates questions that are made already.
  ///
  /// - Parameter journal: Keeps the scores of batches, and has those of an earlier start.
  public func evaluate(
    _ prepared: PreparedTask, with scorer: inout some LanguageModelScorer,
    journal: EvaluationJournal? = nil,
    progress: (EvaluationProgress) throws -> Void = { _ in }
  ) throws -> EvaluationResult {
    try RequestEncoder.checkVocabulary(tokenizer, fits: scorer)
    return try evaluate(
      EncodedTask(prepared, tokenizer: tokenizer, contextLength: scorer.contextLength),
      with: &scorer, journal: journal, progress: progress)
  }

  /// Evaluates questions that are tokenized already, by this evaluator's tokenizer and for the scorer's
  /// context.
  public func evaluate(
    _ task: EncodedTask, with scorer: inout some LanguageModelScorer,
    journal: EvaluationJournal? = nil,
    progress: (EvaluationProgress) throws -> Void = { _ in }
  ) throws -> EvaluationResult {
    precondition(
      task.contextLength == scorer.contextLength,
      "tokenized for a context of \(task.contextLength), scored in one of \(scorer.contextLength)")
    try RequestEncoder.checkVocabulary(tokenizer, fits: scorer)
    let prepared = task.prepared
    let texts = try writtenAnswers(
      to: prepared, with: &scorer, journal: journal, progress: progress)
    var tally = DocumentTally(slots: task.slots, slotCount: task.plan.requests.count)
    let scores = try task.plan.run(
      with: &scorer, tokensPerBatch: tokensPerBatch, journal: journal
    ) { batch in
      tally.finish(batch)
      try progress(
        EvaluationProgress(
          task: prepared.task.name, documentsDone: tally.done,
          documentCount: prepared.documents.count))
    }
    return try EvaluationResult(
      prepared,
      answers: prepared.documents.indices.map { index in
        if let text = texts[index] { return .text(text) }
        return try answer(
          to: prepared.questions[index], scores: task.slots[index].map { scores[$0] },
          at: prepared.documents[index].location)
      })
  }

  /// What the model writes to the questions that ask for it, by their positions.
  private func writtenAnswers(
    to prepared: PreparedTask, with scorer: inout some LanguageModelScorer,
    journal: EvaluationJournal?, progress: (EvaluationProgress) throws -> Void
  ) throws -> [Int: String] {
    let encoder = RequestEncoder(tokenizer: tokenizer, contextLength: scorer.contextLength)
    var positions: [Int] = []
    var questions: [(question: GenerationQuestion, prompt: [Int32])] = []
    for (index, question) in prepared.questions.enumerated() {
      guard case .generation(let question) = question else { continue }
      positions.append(index)
      questions.append(
        (question, try encoder.encode(question, at: prepared.documents[index].location)))
    }
    guard let first = positions.first else { return [:] }
    guard let texts = try write(questions, prepared, with: &scorer, journal, progress) else {
      throw EvaluationError.cannotGenerate(prepared.documents[first].location)
    }
    return Dictionary(uniqueKeysWithValues: zip(positions, texts))
  }

  /// Nil where the scorer scores only.
  private func write<Scorer: LanguageModelScorer>(
    _ questions: [(question: GenerationQuestion, prompt: [Int32])], _ prepared: PreparedTask,
    with scorer: inout Scorer, _ journal: EvaluationJournal?,
    _ progress: (EvaluationProgress) throws -> Void
  ) throws -> [String]? {
    guard var generator = scorer as? any LanguageModelGenerator else { return nil }
    let texts = try AnswerWriting(tokenizer: tokenizer, journal: journal).answers(
      to: questions, with: &generator
    ) { done in
      try progress(
        EvaluationProgress(
          task: prepared.task.name, documentsDone: done,
          documentCount: prepared.documents.count))
    }
    if let used = generator as? Scorer { scorer = used }
    return texts
  }

  private func answer(
    to question: TaskQuestion, scores: [RequestScore], at location: DocumentLocation
  ) throws -> TaskAnswer {
    if let choice = scores.firstIndex(where: \.logLikelihood.isNaN) {
      throw EvaluationError.notANumber(location, choice: choice)
    }
    guard case .text = question else { return .scores(scores) }
    return .scores([
      RequestScore(
        logLikelihood: scores.reduce(0) { $0 + $1.logLikelihood },
        isGreedy: scores.allSatisfy(\.isGreedy))
    ])
  }
}

/// Counts the documents all of whose requests are scored.
private struct DocumentTally {
  private(set) var done = 0
  private var waiting: [Int]
  private var documentsOfSlot: [[Int]]

  init(slots: [[Int]], slotCount: Int) {
    waiting = slots.map(\.count)
    documentsOfSlot = Array(repeating: [], count: slotCount)
    for (document, slots) in slots.enumerated() {
      for slot in slots { documentsOfSlot[slot].append(document) }
    }
  }

  mutating func finish(_ slots: [Int]) {
    for slot in slots {
      for document in documentsOfSlot[slot] {
        waiting[document] -= 1
        if waiting[document] == 0 { done += 1 }
      }
    }
  }
}
