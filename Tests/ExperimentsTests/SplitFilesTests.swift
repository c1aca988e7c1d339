import Experiments
import Testing

@Suite struct SplitFilesTests {
  private func files(_ names: String...) -> SplitFiles {
    SplitFiles(of: "test", fileExtension: "parquet", among: names)
  }

  @Test func aWholeFileComesBeforeShards() {
    #expect(
      files("test-00000-of-00002.parquet", "test.parquet", "train.parquet")
        == .files(["test.parquet"]))
  }

  @Test func shardsAreInOrderAndMayHaveDigests() {
    #expect(
      files("test-00001-of-00002-9f.parquet", "train-0.parquet", "test-00000-of-00002-8b.parquet")
        == .files(["test-00000-of-00002-8b.parquet", "test-00001-of-00002-9f.parquet"]))
    #expect(
      files("test_1.parquet", "test_0.parquet") == .files(["test_0.parquet", "test_1.parquet"]))
    #expect(files("test00.parquet") == .files(["test00.parquet"]))
  }

  /// A split that a name only begins with is another one.
  @Test(arguments: [
    "test_matched.parquet", "testing.parquet", "test-english.parquet", "test-0.jsonl",
    "tes.parquet",
    "test-00000-of-00000.parquet", "test-0-of-99999999999999999999.parquet",
    "test-99999999999999999999.parquet", "test-.parquet", ".parquet", "",
  ])
  func otherNamesAreOtherSplits(_ name: String) {
    #expect(files(name) == .none)
  }

  @Test func aPartIsNotTheWhole() {
    #expect(
      files("test-00000-of-00003.parquet", "test-00002-of-00003.parquet")
        == .unclear("2 of 3 files"))
    #expect(
      files("test-00000-of-00001-a.parquet", "test-00000-of-00001-b.parquet")
        == .unclear("2 files for 1 of the 1 parts"))
    #expect(
      files("test-00000-of-00001.parquet", "test-00000-of-00002.parquet")
        == .files(["test-00000-of-00001.parquet"]))
    #expect(
      files("test-00000-of-00001.parquet", "test-0.parquet")
        == .unclear("test.parquet is there more than once"))
  }

  @Test func namesAreTheHubs() {
    #expect(
      SplitFiles.name(of: 1, among: 12, split: "dev", fileExtension: "parquet")
        == "dev-00001-of-00012.parquet")
    #expect(
      SplitFiles.name(of: 0, among: 123_456, split: "dev", fileExtension: "jsonl")
        == "dev-00000-of-123456.jsonl")
  }
}
