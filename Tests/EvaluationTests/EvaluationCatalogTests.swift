import Evaluation
import Testing

@Suite struct EvaluationCatalogTests {
  private let catalog = EvaluationCatalog.standard

  private func suggestions(_ name: String) -> [String]? {
    let error = evaluationError { _ = try catalog.task(named: name) }
    guard case .unknownTask(_, let suggestions, _) = error else { return nil }
    return suggestions
  }

  @Test func namesWithHyphensOrCapitals() throws {
    #expect(try catalog.task(named: "arc_easy").name == "arc_easy")
    #expect(try catalog.task(named: "arc-challenge").name == "arc_challenge")
    #expect(try catalog.task(named: "HellaSwag").name == "hellaswag")
  }

  @Test func versionsDatasetsAndMetricsAreTheHarnesss() {
    #expect(
      catalog.names.prefix(7) == [
        "arc_easy", "arc_challenge", "hellaswag", "piqa", "boolq", "sciq", "winogrande",
      ])
    #expect(catalog.tasks.prefix(7).map(\.version) == [1, 1, 1, 1, 2, 1, 1])
    #expect(
      catalog.tasks.prefix(7).map(\.dataset) == [
        .hub("allenai/ai2_arc", configuration: "ARC-Easy", split: "test"),
        .hub("allenai/ai2_arc", configuration: "ARC-Challenge", split: "test"),
        .hub("Rowan/hellaswag", split: "validation"), .hub("baber/piqa", split: "validation"),
        .hub("aps/super_glue", configuration: "boolq", split: "validation"),
        .hub("allenai/sciq", split: "test"),
        .hub("allenai/winogrande", configuration: "winogrande_xl", split: "validation"),
      ])
    let both = ["acc", "acc_norm"]
    #expect(
      catalog.tasks.prefix(7).map { $0.metrics.map(\.name) } == [
        both, both, both, both, ["acc"], both, ["acc"],
      ])
  }

  @Test func unknownNamesGetTheNearest() {
    #expect(suggestions("hellaswga") == ["hellaswag"])
    #expect(suggestions("arc") == ["arc_easy", "arc_challenge", "race"])
    #expect(suggestions("arc-esay") == ["arc_easy"])
    #expect(suggestions("pika") == ["piqa"])
    #expect(suggestions("zebra") == [])
    #expect(suggestions("") == [])
    #expect(suggestions(String(repeating: "a", count: 100_000)) == [])
    #expect(
      evaluationError { _ = try catalog.task(named: "winogrnade") }?.description
        == "there is no evaluation task \"winogrnade\"; did you mean winogrande?")
  }

  @Test func aTaskOfOnesOwnIsFoundByName() throws {
    var catalog = catalog
    catalog.tasks.append(StoryQuestions(name: "my_stories", file: "s.jsonl"))
    #expect(try catalog.task(named: "my-stories").dataset == .file("s.jsonl"))
  }

  /// A group has a mean for each number of examples that all of its tasks were evaluated with.
  @Test func groupsStandBeforeTheirMembersForEachNumberOfExamples() throws {
    let group = TaskGroup(name: "pair", version: 1, members: ["one", "two"])
    let catalog = EvaluationCatalog(
      ["one", "two"].map { HeldOutText(file: "\($0).txt", name: $0) }, groups: [group])
    let selection = try catalog.selection(named: ["pair"])
    func result(_ task: String, shots: Int, _ value: Double) -> EvaluationResult {
      EvaluationResult(
        task: task, version: 1, dataset: nil, shots: shots, documentCount: 10, chance: nil,
        metrics: [.init(name: "acc", value: value, standardError: nil, higherIsBetter: true)])
    }
    let zero = [result("one", shots: 0, 0.1), result("two", shots: 0, 0.3)]
    let five = [result("one", shots: 5, 0.5), result("two", shots: 5, 0.7)]
    let found = selection.withGroups(zero + five)
    #expect(found.map(\.task) == ["pair", "one", "two", "pair", "one", "two"])
    #expect(found.map(\.shots) == [0, 0, 0, 5, 5, 5])
    #expect(abs(found[0].metrics[0].value - 0.2) < 1e-12)
    #expect(abs(found[3].metrics[0].value - 0.6) < 1e-12)
    // Tasks of which each has its own number are one group; a missing task is none.
    #expect(selection.withGroups([zero[0], five[1]]).map(\.task) == ["pair", "one", "two"])
    #expect(selection.withGroups([zero[0]]).map(\.task) == ["one"])
  }
}
