import Foundation
import Testing

/// Real processes, killed and stopped.
@Suite(.serialized) struct InterruptionTests {
  /// Small steps, so that a run takes about a second and is killed in the middle of things.
  private static let options = [
    "--steps", "40", "--checkpoint-every", "7", "--sequences-per-step", "4", "--seed", "5",
  ]
  private static let files = ["weights.safetensors", "optimizer.safetensors"]

  private func pretrain(_ run: String) -> [String] {
    ["pretrain", "seedling", "--run", run] + Self.options
  }

  private func expectEqual(_ program: Program, _ a: String, _ b: String) {
    for file in Self.files {
      let paths = [a, b].map { "checkpoints/\($0)/step-00000040/\(file)" }
      #expect(program.bytes(paths[0]) != nil)
      #expect(program.bytes(paths[0]) == program.bytes(paths[1]), "\(file) of \(a) and \(b)")
    }
  }

  /// A run of 40 steps, and ones killed at random moments and resumed until step 40.
  @Test func killedAtTenRandomMoments() throws {
    let program = try Program()
    // The first run also writes the corpus and the tokenizer.
    _ = try program.outcome(of: program.launch(pretrain("warm")))
    let start = ContinuousClock.now
    let whole = try program.outcome(of: program.launch(pretrain("whole")))
    let duration = (ContinuousClock.now - start) / .seconds(1)
    #expect(whole.status == 0, "\(whole.errors)")
    expectEqual(program, "warm", "whole")
    for trial in 0..<10 {
      let run = "killed-\(trial)"
      let moment = Double.random(in: 0..<duration)
      let process = try program.launch(pretrain(run))
      Thread.sleep(forTimeInterval: moment)
      kill(process.processIdentifier, SIGKILL)
      let killed = program.outcome(of: process)
      // Killed before it had begun, there is nothing to resume yet; killed too late, nothing left.
      if program.bytes("checkpoints/\(run)/run.json") == nil {
        _ = try program.outcome(of: program.launch(pretrain(run)))
      } else if killed.wasSignalled {
        let resumed = try program.run("resume", run)
        let isComplete = resumed.errors.contains("has its 40 steps")
        #expect(resumed.status == 0 || isComplete, "after \(moment) s: \(resumed.errors)")
      }
      expectEqual(program, "whole", run)
      let steps = String(
        decoding: program.bytes("logs/\(run)/metrics.jsonl") ?? Data(), as: UTF8.self
      )
      .split(separator: "\n").filter { !$0.contains("\"task\":") }.compactMap { line in
        line.range(of: "\"step\":").flatMap {
          Int(line[$0.upperBound...].prefix { $0.isNumber })
        }
      }
      #expect(steps == Array(1...40), "after \(moment) s")
    }
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aSignalFinishesTheStepAndKeepsIt(signal: Int32, status: Int32) throws {
    let program = try Program()
    let process = try program.launch(
      ["pretrain", "seedling", "--run", "run", "--steps", "100000", "--sequences-per-step", "4"])
    let metrics = "\(program.folder.path)/logs/run/metrics.jsonl"
    // Until it has taken a step, but no longer than a minute.
    for _ in 0..<600 {
      if let size = FileManager.default.contents(atPath: metrics)?.count, size > 0 { break }
      Thread.sleep(forTimeInterval: 0.1)
    }
    kill(process.processIdentifier, signal)
    let outcome = program.outcome(of: process)
    #expect(!outcome.wasSignalled)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains("samara resume run"))
    let path = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(program.bytes("\(path)/manifest.json") != nil, "\(path)")
  }

  /// A signal is heard between two batches of an evaluation; the resumed run makes up for the scores.
  @Test func aSignalInAnEvaluationLosesNothing() throws {
    let program = try Program()
    func pretrain(_ run: String) -> [String] {
      [
        "pretrain", "seedling", "--run", run, "--steps", "6", "--evaluate-every", "3",
        "--evaluate-limit", "500", "--checkpoint-every", "100",
      ]
    }
    let whole = try program.outcome(of: program.launch(pretrain("whole")))
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(whole.errors.contains("scored 2 times: evaluation"))
    func lines(_ run: String) -> [Substring] {
      String(decoding: program.bytes("logs/\(run)/metrics.jsonl") ?? Data(), as: UTF8.self)
        .split(separator: "\n")
    }
    for (run, step) in [("middle", 3), ("end", 6)] {
      let process = try program.launch(pretrain(run))
      // Until the step is taken; its questions take more than a second to be scored.
      for _ in 0..<6_000 {
        if lines(run).contains(where: { $0.contains("\"step\":\(step),") }) { break }
        Thread.sleep(forTimeInterval: 0.01)
      }
      Thread.sleep(forTimeInterval: 0.2)
      kill(process.processIdentifier, SIGINT)
      let stopped = program.outcome(of: process)
      #expect(stopped.status == 130, "\(stopped.errors)")
      #expect(program.bytes("checkpoints/\(run)/step-0000000\(step)/manifest.json") != nil)
      let scores = lines(run).filter { $0.contains("\"step\":\(step),\"task\"") }
      #expect(scores.count < 5, "\(scores)")
      let resumed = try program.run("resume", run)
      #expect(resumed.status == 0, "\(resumed.errors)")
      for file in Self.files {
        let path = "step-00000006/\(file)"
        #expect(
          program.bytes("checkpoints/\(run)/\(path)") == program.bytes("checkpoints/whole/\(path)"))
      }
      /// What was scored, without the time that it took.
      func scored(_ run: String) -> [String] {
        lines(run).filter { $0.contains("\"task\"") }.map {
          $0.split(separator: ",").filter { !$0.contains("evaluation_seconds") }.joined()
        }
      }
      #expect(scored("whole").count == 10)
      #expect(scored(run) == scored("whole"))
    }
  }

  /// Resident memory after the first steps is that of the last ones, though weights are scored between.
  @Test func memoryDoesNotGrow() throws {
    let program = try Program()
    try program.run(
      "pretrain", "seedling", "--run", "run", "--steps", "60", "--sequences-per-step", "4",
      "--evaluate-every", "5")
    let resident = String(
      decoding: program.bytes("logs/run/metrics.jsonl") ?? Data(), as: UTF8.self
    ).split(separator: "\n").compactMap { line in
      line.range(of: "\"resident_bytes\":").flatMap {
        Int(line[$0.upperBound...].prefix { $0.isNumber })
      }
    }
    #expect(resident.count == 60)
    let (early, late) = (resident[10], resident[49])
    // The page or two that logging and the allocator's bookkeeping may take.
    #expect(late - early < 1 << 20, "\(early) bytes at step 11, \(late) at step 50")
  }
}
