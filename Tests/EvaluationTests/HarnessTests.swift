import Evaluation
import Foundation
import Testing

/// Samara's figures against lm-evaluation-harness 0.4.13's for the same log-likelihoods.
@Suite struct HarnessTests {
  @Test(
    "documents give the harness's requests and figures",
    .enabled(
      if: HarnessFixture.isPresent && HarnessFixture.benchmarks != nil,
      "needs the shared fixtures and benchmarks"),
    arguments: HarnessFixture.tasks)
  func documentsToFigures(name: String) throws {
    let fixture = try HarnessFixture(task: name)
    var task = try EvaluationCatalog.standard.task(named: name)
    if var sciQ = task as? SciQ {
      // The fixture was made from the validation split, where the test split was not at hand.
      sciQ.dataset = .hub("allenai/sciq", split: "validation")
      task = sciQ
    }
    let data = TaskData(directory: HarnessFixture.benchmarks)
    for (index, document) in try task.documents(from: data).prefix(40).enumerated() {
      let question = try task.question(from: document)
      let expected = fixture.samples[index].requests
      #expect(question.requests.count == expected.count)
      for (request, expected) in zip(question.requests, expected) {
        #expect(Array(request.context.utf8) == Array(expected.context.utf8))
        #expect(Array(request.continuation.utf8) == Array(expected.continuation.utf8))
      }
    }
    var scorer = FixtureScorer(fixture)
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      task, data: data, documents: 0..<40, with: &scorer)
    expectEqual(result, fixture)
  }

  @Test(
    "log-likelihoods give the harness's figures",
    .enabled(if: HarnessFixture.isPresent, "needs the shared fixtures"),
    arguments: HarnessFixture.tasks)
  func logLikelihoodsToFigures(name: String) throws {
    let fixture = try HarnessFixture(task: name)
    let metrics = try EvaluationCatalog.standard.task(named: name).metrics
    let task = ReplayedTask(name: name, fixture: fixture, metrics: metrics)
    let documents = fixture.samples.indices.map {
      document(["index": .integer($0)])
    }
    var scorer = FixtureScorer(fixture)
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      task, on: documents, with: &scorer)
    expectEqual(result, fixture)
  }

  private func expectEqual(_ result: EvaluationResult, _ fixture: HarnessFixture) {
    #expect(result.documentCount == fixture.samples.count)
    #expect(result.metrics.map(\.name) == fixture.samples[0].metrics.keys.sorted())
    for (index, metric) in result.metrics.enumerated() {
      for (sample, expected) in zip(result.samples, fixture.samples) {
        #expect(sample.values[index].number == expected.metrics[metric.name])
      }
      // The same formula in the same order: only the last bit may differ.
      #expect(abs(metric.value - (fixture.figure("\(metric.name),none") ?? .nan)) < 1e-12)
      let error = fixture.figure("\(metric.name)_stderr,none") ?? .nan
      #expect(abs((metric.standardError ?? .nan) - error) < 1e-12)
    }
  }
}

/// A task outside the module, made of what the fixture says was asked.
private struct ReplayedTask: EvaluationTask {
  let name: String
  let version = 1.0
  let dataset = TaskDataset.file("none")
  let fixture: HarnessFixture
  let metrics: [EvaluationMetric]

  init(name: String, fixture: HarnessFixture, metrics: [EvaluationMetric]) {
    self.name = name
    self.fixture = fixture
    self.metrics = metrics
  }

  func question(from document: TaskDocument) throws -> TaskQuestion {
    let sample = fixture.samples[try document.integer("index")]
    let requests = sample.requests
    if case .integer(let gold) = sample.target {
      return .choice(
        context: requests[0].context,
        choices: requests.map { String($0.continuation.unicodeScalars.dropFirst()) }, gold: gold)
    }
    // WinoGrande's target is the text; which context is right shows in the accuracy alone.
    let isRight = sample.metrics["acc"] == 1
    let best = requests[0].loglikelihood >= requests[1].loglikelihood ? 0 : 1
    return .choice(
      contexts: requests.map(\.context), continuation: requests[0].continuation,
      gold: isRight ? best : 1 - best)
  }
}
