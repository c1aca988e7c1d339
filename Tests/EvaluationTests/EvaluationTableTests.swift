import Evaluation
import Testing

@Suite struct EvaluationTableTests {
  private let results = SampleResults.arcAndNovels

  @Test func tableOfOneModel() {
    #expect(
      EvaluationTable(results).rendered() == """
        task      metric           documents  chance            value
        arc_easy  acc                   2376  0.2500  0.4310 ± 0.0102
                  acc_norm              2376  0.2500           0.4000
        novels    bits_per_byte            3       -           2.0000
                  byte_perplexity          3       -           4.0000

        """)
  }

  @Test func tableOfTwoModels() {
    var untrained = results[0]
    untrained.documentCount = 40
    untrained.metrics.removeLast()
    let table = EvaluationTable(columns: [
      .init(title: "untrained", results: [untrained]),
      .init(title: "trained", results: [results[0]]),
    ])
    #expect(
      table.rendered() == """
        task      metric    documents  chance        untrained          trained
        arc_easy  acc         40/2376  0.2500  0.4310 ± 0.0102  0.4310 ± 0.0102
                  acc_norm    40/2376  0.2500                -           0.4000

        """)
  }

  @Test func groupsStandAboveTheirMembersAndShotsAreTold() {
    #expect(
      EvaluationTable(SampleResults.group(shots: 5)).rendered() == """
        task        metric  shots  documents  chance            value
        mmlu        acc         5        200  0.2500  0.3000 ± 0.0300
          anatomy   acc         5        100  0.2500  0.2800 ± 0.0400
          virology  acc         5        100  0.2500  0.3200 ± 0.0500

        """)
  }

  @Test func tasksAtTwoNumbersOfExamplesAreTwo() {
    var fewShot = results[0]
    fewShot.shots = 25
    fewShot.metrics[0].value = 0.5
    let lines = EvaluationTable([results[0], fewShot]).rendered().split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[1].contains("0.4310") && lines[3].contains("0.5000"))
    #expect(lines[3].contains(" 25 "))
  }

  @Test func metricsUnderFiltersAreTwo() {
    let lines = EvaluationTable([SampleResults.generation]).rendered().split(separator: "\n")
    #expect(lines[1].contains("exact_match,strict-match") && lines[1].contains("0.0100"))
    #expect(lines[2].contains("exact_match,flexible-extract") && lines[2].contains("0.0200"))
  }
}
