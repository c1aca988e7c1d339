extension TaskData {
  /// Brings a split that is not at hand to where ``TaskData`` looks for it.
  ///
  /// Throws `EvaluationError.notOnHub` where it is known that the split is not to be had, so that
  /// another may be read instead, and any other error where it is not known.
  public typealias Fetch = @Sendable (_ dataset: TaskDataset, _ task: String) throws -> Void

  /// The files of a split, fetched where they are not at hand.
  func files(of dataset: TaskDataset, task: String) throws -> Files {
    guard let fetch, case .hub(let name, _, let split) = dataset else {
      return try filesAtHand(of: dataset, task: task)
    }
    do {
      return try fetched(dataset, task: task, fetch: fetch)
    } catch let absence as EvaluationError {
      guard case .notOnHub = absence, split == "test" else { throw absence }
      do {
        let files = try fetched(dataset.split("validation"), task: task, fetch: fetch)
        report("\(task): no test split of \(name) on the hub, reading the validation split")
        return files
      } catch EvaluationError.notOnHub {
        throw absence
      }
    }
  }

  private func fetched(_ dataset: TaskDataset, task: String, fetch: Fetch) throws -> Files {
    do {
      return try filesAtHand(of: dataset, task: task, validationForTest: false)
    } catch EvaluationError.missingData {
      try fetch(dataset, task)
      return try filesAtHand(of: dataset, task: task, validationForTest: false)
    }
  }

  /// Returns the documents of the first of several data sets that is at hand, or else to be had.
  ///
  /// - Throws: As for one; `EvaluationError.missingData` with the places of all.
  public func documents(ofFirst datasets: [TaskDataset], task: String) throws -> [TaskDocument] {
    var lookedAt: [String] = []
    var absence: EvaluationError?
    var atHand = self
    atHand.fetch = nil
    for data in fetch == nil ? [self] : [atHand, self] {
      lookedAt = []
      for dataset in datasets {
        do {
          return try data.documents(of: dataset, task: task)
        } catch EvaluationError.missingData(_, let places) {
          lookedAt += places
        } catch let error as EvaluationError {
          guard case .notOnHub = error else { throw error }
          absence = absence ?? error
        }
      }
    }
    throw absence ?? EvaluationError.missingData(task: task, lookedAt: lookedAt)
  }
}
