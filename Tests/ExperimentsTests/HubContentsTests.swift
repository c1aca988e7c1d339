import Experiments
import Testing

@Suite struct HubContentsTests {
  private func description(
    _ published: [String], _ converted: [String], configuration: String? = nil
  ) -> String {
    func layout(_ paths: [String]) -> HubLayout {
      HubLayout(paths: paths, fileExtensions: ["parquet"])
    }
    return HubContents(published: layout(published), converted: layout(converted)).description(
      for: HubSplit(task: "t", name: "o/n", configuration: configuration, split: "test"))
  }

  @Test func whatThereIsIsNamed() {
    let converted = ["a/train/0000.parquet", "b/train/0000.parquet", "b/dev/0000.parquet"]
    #expect(
      description([], converted, configuration: "c") == "it has no configuration c; it has a, b")
    #expect(
      description([], converted, configuration: "b")
        == "it has no configuration b, split test; it has dev, train")
    #expect(
      description([], converted)
        == "it has several configurations, and the task names none: a, b")
    #expect(description([], ["a/train/0000.parquet"]) == "it has no split test; it has train")
    #expect(
      description(["test.csv", "x.py"], [])
        == "it has no split test in a format that is read (parquet), and the hub has not converted "
        + "it; it has test.csv, x.py")
    #expect(description([], []).hasSuffix("it has no files"))
    #expect(
      description([], ["default/partial-test/0000.parquet"]).contains("only a part of split test"))
    let many = (10..<30).map { "c\($0)/test/0000.parquet" }
    #expect(description([], many, configuration: "x").hasSuffix("c20, c21 and 8 more"))
  }
}
