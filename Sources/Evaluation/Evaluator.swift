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
/// The contract is that of lm-evaluation-harness 0.4.13 at zero shots, so that a model's figures
/// equal the harness's. Nothing is random: the same documents and scores give the same result.
public struct Evaluator: Sendable {
  /// The tokenizer that the model was trained with.
  public var tokenizer: any Tokenizer
  /// The most tokens given to the scorer at once, padding counted.
  ///
  /// 4,096 is two full contexts of OpenELM (2,048 tokens, arXiv:2404.14619): enough rows to keep
  /// a matrix product busy, while logits at 32,000 tokens stay about half a gigabyte.
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
  ///   - limit: The number of documents, from the first; all where it is nil.
  ///   - progress: Called after every batch.
  /// - Throws: `EvaluationError` where data, tokenizer or log-likelihoods are not usable, and
  ///   whatever the scorer throws.
  public func evaluate(
    _ task: any EvaluationTask, data: TaskData, limit: Int? = nil,
    with scorer: inout some LanguageModelScorer,
    progress: (EvaluationProgress) -> Void = { _ in }
  ) throws -> EvaluationResult {
    if let limit, limit < 1 { throw EvaluationError.invalidLimit(limit) }
    try RequestEncoder.checkVocabulary(tokenizer, fits: scorer)
    let documents = try task.documents(from: data, limit: limit)
    return try evaluate(task, on: documents, with: &scorer, progress: progress)
  }

  /// Evaluates a task on documents given by the caller.
  public func evaluate(
    _ task: any EvaluationTask, on documents: [TaskDocument],
    with scorer: inout some LanguageModelScorer,
    progress: (EvaluationProgress) -> Void = { _ in }
  ) throws -> EvaluationResult {
    if documents.isEmpty { throw EvaluationError.noDocuments(task: task.name, paths: []) }
    try RequestEncoder.checkVocabulary(tokenizer, fits: scorer)
    let questions = try documents.map { document in
      let question = try task.question(from: document)
      try question.validate(at: document.location)
      return question
    }
    var plan = ScoringPlan()
    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: scorer.contextLength)
    let slots = try zip(questions, documents).map { question, document in
      try question.requests.enumerated().map { choice, request in
        plan.add(try encoder.encode(request, choice: choice, at: document.location))
      }
    }
    var tally = DocumentTally(slots: slots, slotCount: plan.requests.count)
    let scores = try plan.run(with: &scorer, tokensPerBatch: tokensPerBatch) { batch in
      tally.finish(batch)
      progress(
        EvaluationProgress(
          task: task.name, documentsDone: tally.done, documentCount: documents.count))
    }
    let samples = try documents.indices.map { index in
      let answers = slots[index].map { scores[$0] }
      if let choice = answers.firstIndex(where: \.logLikelihood.isNaN) {
        throw EvaluationError.notANumber(documents[index].location, choice: choice)
      }
      let question = questions[index]
      return EvaluationResult.Sample(
        document: index, gold: question.gold, scores: answers,
        values: task.metrics.map { $0.value(question, answers) })
    }
    return EvaluationResult(task: task, samples: samples)
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
