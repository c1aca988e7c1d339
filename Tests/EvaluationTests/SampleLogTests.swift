import Evaluation
import Files
import Foundation
import TestSupport
import Testing

@Suite struct SampleLogTests {
  private func lines(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func aChoiceIsLoggedAsTheHarnessLogsIt() throws {
    let folder = try TemporaryFolder()
    try SampleLog.write([SampleResults.sampled()[0]], to: folder("samples.jsonl"))
    let text = try String(contentsOfFile: folder("samples.jsonl"), encoding: .utf8)
    // The digests are `printf %s TEXT | sha256sum` of the document's JSON, the prompt and the target.
    #expect(
      text.split(separator: "\n")[0] == #"""
        {"doc_id": 40, "doc": {"choices": ["yes", "no"], "nested": {"a": 1.5, "b": null}, "text": "a \"quoted\"\nline \u0001 é 0"}, "target": "1", "arguments": {"gen_args_0": {"arg_0": "Is it?", "arg_1": " yes"}, "gen_args_1": {"arg_0": "Is it?", "arg_1": " no"}}, "resps": [[["-1.5", "True"]], [["-112.11326599121094", "False"]]], "filtered_resps": [["-1.5", "True"], ["-112.11326599121094", "False"]], "filter": "none", "metrics": ["acc", "acc_norm"], "doc_hash": "e8114296c32f404d67fea2fee984af9adbfe7a755dce4805d1ea65a04c323130", "prompt_hash": "ecde693842a989f46eb781bc51b5f9f393bdd974f5bfb989e0dd5c5a1d1541bc", "target_hash": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b", "acc": 0.0, "acc_norm": 1.0}
        """#)
    // Where all choices are followed by the same text, the text is the target.
    let second = try lines(folder("samples.jsonl"))[1]
    #expect(second["target"] as? String == "went home.")
    #expect(second["doc_id"] as? Int == 41)
  }

  @Test func aFileOfSeveralTasksNamesThem() throws {
    let folder = try TemporaryFolder()
    let results = SampleResults.sampled() + SampleResults.group(shots: 0)
    try SampleLog.write(results, to: folder("made/samples.jsonl"))
    let all = try lines(folder("made/samples.jsonl"))
    #expect(
      all.map { $0["task"] as? String } == [
        "own_choice", "own_choice", "own_completion", "own_text", "own_generation",
        "own_generation",
      ])
    #expect(all.map { $0["filter"] as? String }.suffix(2) == ["strict-match", "flexible-extract"])
    #expect(all[4]["exact_match"] as? Double == 0)
    #expect(all[5]["exact_match"] as? Double == 1)
    #expect(all[3]["bits_per_byte"] as? [Double] == [-112.5, 13])
    #expect(all[3]["resps"] as? [[String]] == [["-112.11326599121094"]])
    #expect(all[2]["target"] as? String == " two")
    let arguments = try #require(all[4]["arguments"] as? [String: [String: Any]])
    let generation = try #require(arguments["gen_args_0"]?["arg_1"] as? [String: Any])
    #expect(generation["until"] as? [String] == ["\n"])
    #expect(all[4]["resps"] as? [[String]] == [[" 4."]])
  }

  @Test func aFolderHasAFileForEachTask() throws {
    let folder = try TemporaryFolder()
    var results = SampleResults.sampled()
    var again = results[0]
    again.shots = 5
    results.append(again)
    try SampleLog.write(results, to: folder("samples/"))
    #expect(
      try folder.names(folder("samples")) == [
        "samples_own_choice_0shot.jsonl", "samples_own_choice_5shot.jsonl",
        "samples_own_completion.jsonl", "samples_own_generation.jsonl", "samples_own_text.jsonl",
      ])
    #expect(try lines(folder("samples/samples_own_text.jsonl"))[0]["task"] == nil)
  }

  @Test func theSameSamplesGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    try SampleLog.write(SampleResults.sampled(), to: folder("a"))
    try SampleLog.write(SampleResults.sampled(), to: folder("b"))
    #expect(try bytes(at: folder("a")) == bytes(at: folder("b")))
  }

  @Test func whatIsNotCommittedLeavesNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("old", to: "samples.jsonl")
    do {
      let log = try SampleLog(path: folder("samples.jsonl"), taskCount: 1)
      try log.append(SampleResults.sampled()[0])
    }
    #expect(try folder.names() == ["samples.jsonl"])
    #expect(try bytes(at: folder("samples.jsonl")) == Array("old".utf8))
    #expect(throws: FileError.self) {
      try SampleLog.write(SampleResults.sampled(), to: folder("samples.jsonl/below/s.jsonl"))
    }
  }
}
