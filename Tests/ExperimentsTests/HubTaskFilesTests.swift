import Evaluation
import Experiments
import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

/// Splits fetched from a hub on this machine.
@Suite(.enabled(if: HubServer.isPossible, "python3 runs the test server"))
struct HubTaskFilesTests {
  let server: HubServer
  let folder: TemporaryFolder

  init() throws {
    server = try HubServer()
    folder = try TemporaryFolder()
  }

  private func files(
    token: String? = nil, formats: [String] = ["parquet", "jsonl"],
    progress: @escaping @Sendable (HubTaskFiles.Progress) -> Void = { _ in }
  ) -> HubTaskFiles {
    let client = server.client(token: token)
    return HubTaskFiles(
      directory: folder.path, fileExtensions: formats, client: { client }, progress: progress)
  }

  private func publish(_ paths: String..., in place: String = "owner/name/main") throws {
    for path in paths { try server.folder.write("\(path)\n", to: "\(place)/\(path)") }
  }

  private static let test = TaskDataset.hub("owner/name", split: "test")
  private static let named = TaskDataset.hub("owner/name", configuration: "conf", split: "test")

  /// The bytes of a file of the folder.
  private func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: folder(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    "data/test-00000-of-00001.parquet", "test.parquet", "default/test-00000-of-00001-0a1b.parquet",
    "plain_text/test.parquet",
  ])
  func aSplitComesFromWhereItIs(path: String) throws {
    try publish(path, "README.md", "train.parquet", "data/train-00000-of-00001.parquet")
    try files().fetch(Self.test, task: "t")
    #expect(text("owner/name/test-00000-of-00001.parquet") == "\(path)\n")
    #expect(try folder.names(folder("owner/name")) == ["test-00000-of-00001.parquet"])
  }

  @Test func jsonLinesComeToo() throws {
    try publish("data/test.jsonl", "data/test.csv")
    try files().fetch(Self.test, task: "t")
    #expect(text("owner/name/test-00000-of-00001.jsonl") == "data/test.jsonl\n")
  }

  @Test func aConfigurationHasItsFolder() throws {
    try publish("conf/test.parquet", "other/test.parquet", "data/test.parquet")
    try files().fetch(Self.named, task: "t")
    #expect(text("owner/name/conf/test-00000-of-00001.parquet") == "conf/test.parquet\n")
  }

  /// What is published as a program or as CSV comes as the hub converted it, all of its files.
  @Test func theConversionIsLookedForLast() throws {
    try publish("name.py", "data/test.csv")
    for place in ["conf", "default"] {
      try publish(
        "\(place)/test/0000.parquet", "\(place)/test/0001.parquet", "\(place)/train/0000.parquet",
        in: "owner/name/convert")
    }
    let files = files()
    try files.fetch(Self.named, task: "t")
    try files.fetch(Self.test, task: "t")
    for (place, found) in [("conf/", "conf/test"), ("", "default/test")] {
      for number in 0..<2 {
        #expect(
          text("owner/name/\(place)test-0000\(number)-of-00002.parquet")
            == "\(found)/000\(number).parquet\n")
      }
    }
    #expect(try folder.names(folder("owner/name/conf")).count == 2)
    // Each revision was listed once: eight pages of three names at most, and two commits.
    #expect(server.requests.filter { $0.contains("/revision/") }.count == 2)
  }

  @Test func whatIsFetchedIsNotFetchedAgainAndTheRestIs() throws {
    for number in 0..<3 { try publish("data/test-0000\(number)-of-00003.parquet") }
    try files().fetch(Self.test, task: "t")
    let before = server.requests.filter { $0.contains("/resolve/") }.count
    #expect(before == 3)
    try FileManager.default.removeItem(
      atPath: folder("owner/name/test-00001-of-00003.parquet"))
    try files().fetch(Self.test, task: "t")
    #expect(server.requests.filter { $0.contains("/resolve/") }.count == before + 1)
    #expect(try folder.names(folder("owner/name")).count == 3)
  }

  @Test func anInterruptedFileGoesOn() throws {
    let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    try server.folder.write(content, to: "owner/name/main/test.parquet")
    try server.folder.write("70000", to: ".cut")
    let told = Mutex<[HubTaskFiles.Progress]>([])
    let files = files { progress in told.withLock { $0.append(progress) } }
    let error = message { try files.fetch(Self.test, task: "t") }
    #expect(error.hasPrefix("t: hf://datasets/owner/name, split test: "), "\(error)")
    #expect(error.contains("status 503") && error.contains("what was fetched is kept"), "\(error)")
    let path = "owner/name/test-00000-of-00001.parquet"
    #expect(text(path) == nil)
    #expect(text("\(path).partial")?.isEmpty == false)
    try FileManager.default.removeItem(atPath: server.folder(".cut"))
    try files.fetch(Self.test, task: "t")
    #expect(try bytes(at: folder(path)) == content)
    #expect(server.requests.last?.hasSuffix("bytes=70000-") == true, "\(server.requests)")
    #expect(try folder.names(folder("owner/name")) == ["test-00000-of-00001.parquet"])
    let last = told.withLock { $0.last }
    #expect(
      last
        == .init(task: "t", file: 0, fileCount: 1, bytesDone: 200_000, byteCount: 200_000))
  }

  /// A file whose bytes are not those that the hub lists is not kept.
  @Test func aForgedFileIsRefused() throws {
    try publish("test.parquet")
    let files = files()
    _ = message { try files.fetch(.hub("owner/name", split: "dev"), task: "t") }
    try server.folder.write("forged______\n", to: "owner/name/main/test.parquet")
    let error = message { try files.fetch(Self.test, task: "t") }
    #expect(error.contains("changed"), "\(error)")
    #expect(text("owner/name/test-00000-of-00001.parquet") == nil)
  }

  @Test func aDataSetThatIsNotThere() throws {
    let missing = message { try files().fetch(.hub("owner/none", split: "test"), task: "t") }
    #expect(
      missing.hasPrefix("t: hf://datasets/owner/none: there is no such data set"), "\(missing)")
    #expect(missing.contains("looked for data/test*.parquet"), "\(missing)")
    try publish(".hidden", in: "owner/hidden")
    let hidden = message { try files().fetch(.hub("owner/hidden", split: "test"), task: "t") }
    #expect(hidden.contains("status 401") && hidden.contains("not there"), "\(hidden)")
    #expect(hidden.contains("HF_TOKEN") && hidden.contains("check the name"), "\(hidden)")
    for name in ["name", "a/b/c", "../name", "owner/..", "owner/", "o*/name", "owner/name@v"] {
      let error = message { try files().fetch(.hub(name, split: "test"), task: "t") }
      #expect(error.contains("named OWNER/NAME"), "\(error)")
    }
  }

  @Test func aGatedDataSetSaysWhatToDo() throws {
    try publish("test.parquet")
    try server.folder.write("good", to: "owner/name/.token")
    for token in [nil, "bad"] {
      let error = message { try files(token: token).fetch(Self.test, task: "t") }
      #expect(error.hasPrefix("t: hf://datasets/owner/name, split test: "), "\(error)")
      #expect(error.contains("is restricted"), "\(error)")
      #expect(error.contains("https://huggingface.co/datasets/owner/name"), "\(error)")
      #expect(error.contains("accept the terms") && error.contains("set HF_TOKEN"), "\(error)")
    }
    try files(token: "good").fetch(Self.test, task: "t")
    #expect(text("owner/name/test-00000-of-00001.parquet") == "test.parquet\n")
  }

  @Test func whatIsThereInsteadIsNamed() throws {
    try publish("conf/train.parquet", "conf/dev.parquet")
    try publish("conf/train/0000.parquet", "conf/dev/0000.parquet", in: "owner/name/convert")
    let split = message { try files().fetch(Self.named, task: "t") }
    #expect(
      split
        == "t: hf://datasets/owner/name: it has no configuration conf, split test; it has dev, train; "
        + "looked for conf/test*.parquet, conf/test*.jsonl, data/conf/test*.parquet, "
        + "data/conf/test*.jsonl, conf/test/*.parquet at refs/convert/parquet")
    let other = TaskDataset.hub("owner/name", configuration: "cnof", split: "dev")
    let configuration = message { try files().fetch(other, task: "t") }
    #expect(
      configuration.contains("it has no configuration cnof; it has conf;"), "\(configuration)")
  }

  /// That a split is not there is asked once, also by another process.
  @Test func anAbsenceIsNoted() throws {
    try publish("validation.parquet")
    let first = message { try files().fetch(Self.test, task: "t") }
    let count = server.requests.count
    let second = message { try files().fetch(Self.test, task: "t") }
    #expect(first.contains("it has no split test") && second.contains("it has no split test"))
    #expect(second.contains("test.absent says; remove it to ask again"), "\(second)")
    #expect(count > 0 && server.requests.count == count)
    // A hub that was not reached says nothing of what it has.
    server.stop()
    let dev = message { try files().fetch(.hub("owner/name", split: "dev"), task: "t") }
    #expect(dev.contains("no connection") && dev.contains("--data DIR"), "\(dev)")
    #expect(try folder.names(folder("owner/name")) == ["test.absent"])
  }
}
