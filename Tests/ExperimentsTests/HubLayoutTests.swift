import Experiments
import Testing

@Suite struct HubLayoutTests {
  private func layout(_ paths: String..., formats: [String] = ["parquet", "jsonl"]) -> HubLayout {
    HubLayout(paths: paths, fileExtensions: formats)
  }

  @Test(arguments: [
    (String?.none, "data/test-00000-of-00001.parquet"), (nil, "test.jsonl"),
    (nil, "default/test-00000-of-00001.parquet"), (nil, "plain_text/test-00000-of-00001.parquet"),
    ("default", "default/test.parquet"), ("default", "data/test.parquet"),
    ("default", "test.jsonl"),
    ("main", "main/test-00000-of-00001.parquet"), ("main", "data/main/test.jsonl"),
  ])
  func publishersKeepASplitInManyPlaces(configuration: String?, path: String) {
    let files = layout("README.md", path, "train.parquet", "other/train.parquet")
    #expect(files.published("test", configuration: configuration)?.paths == [path])
    #expect(files.published("validation", configuration: configuration) == nil)
  }

  /// `data/` and the top do not say whose they are.
  @Test(arguments: ["data/test.parquet", "test.parquet", "other/test.parquet"])
  func aNamedConfigurationIsNoOthers(_ path: String) {
    #expect(layout(path).published("test", configuration: "main") == nil)
  }

  @Test func placesAreInOrder() {
    let all = layout(
      "test.parquet", "default/test.parquet", "data/test.jsonl", "data/test.parquet")
    #expect(all.published("test", configuration: nil)?.paths == ["data/test.parquet"])
    #expect(all.published("test", configuration: "default")?.paths == ["default/test.parquet"])
    #expect(
      HubLayout(paths: all.paths, fileExtensions: ["jsonl"]).published("test", configuration: nil)
        == .init(paths: ["data/test.jsonl"], fileExtension: "jsonl"))
    // Of two configurations without a name asked for, none is meant.
    #expect(layout("a/test.parquet", "b/test.parquet").published("test", configuration: nil) == nil)
    // Shards of which one lacks are not the split.
    #expect(
      layout("data/test-00000-of-00002.parquet", "test.parquet")
        .published("test", configuration: nil)?.paths == ["test.parquet"])
  }

  @Test func theConversionHasFoldersOfSplits() {
    let files = layout(
      "default/test/0001.parquet", "default/test/0000.parquet", "default/train/0000.parquet",
      "other/test/0000.parquet", "other/partial-train/0000.parquet")
    let test = ["default/test/0000.parquet", "default/test/0001.parquet"]
    #expect(files.converted("test", configuration: nil)?.paths == test)
    #expect(files.converted("test", configuration: "default")?.paths == test)
    #expect(
      files.converted("test", configuration: "other")?.paths == ["other/test/0000.parquet"])
    #expect(files.converted("train", configuration: "other") == nil)
    #expect(files.converted("test", configuration: "absent") == nil)
    #expect(
      layout("plain_text/test/0000.parquet").converted("test", configuration: nil)?.paths
        == ["plain_text/test/0000.parquet"])
    #expect(
      layout("a/test/0000.parquet", "b/test/0000.parquet").converted("test", configuration: nil)
        == nil)
    #expect(
      layout("default/test/0000.parquet", formats: ["jsonl"]).converted("test", configuration: nil)
        == nil)
  }
}
