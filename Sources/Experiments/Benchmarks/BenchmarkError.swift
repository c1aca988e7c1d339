import Foundation
import Layers
import Terminal

/// Why a benchmark cannot run, and what to do about it.
public enum BenchmarkError: Error, Sendable, Equatable {
  case tooFewSteps(Int)
  case noEngine(Precision)
  case unknownArchitecture(recipe: String)
  case tooManyTokens(batch: Int, sequenceLength: Int)
  case tooLarge(what: String, bytes: Int, memory: Int)
  case tooLongForContext(prompt: Int, new: Int, context: Int)
  case noPeerSize(recipe: String, known: [String])
  case notStarted(program: String, reason: String)
  case failed(program: String, status: String, lastLines: [String])
  case unreadableReply(program: String, reason: String)
  case interrupted(signal: Int32)
}

extension BenchmarkError: CustomStringConvertible {
  /// The fault with its place, then the remedy.
  public var description: String {
    switch self {
    case .tooFewSteps(let steps):
      "--steps is \(steps), expected 2 or more: the first warms up, the others are timed"
    case .noEngine(let precision):
      "no engine of this build multiplies \(precision.rawValue); there are: "
        + ProductEngine.all.map { "\($0.precision.rawValue) (\($0.name))" }.joined(separator: ", ")
    case .unknownArchitecture(let recipe):
      "recipe \(recipe): the products of its model are not known; benchmarks take OpenELM recipes"
    case .tooManyTokens(let batch, let sequenceLength):
      "\(batch) sequences of \(sequenceLength) tokens are more than a step can count; "
        + "lower --batch"
    case .tooLarge(let what, let bytes, let memory):
      "\(what) needs about \(Format.bytes(bytes)), this machine has \(Format.bytes(memory)); "
        + "lower --batch or --sequence, or choose a smaller recipe"
    case .tooLongForContext(let prompt, let new, let context):
      "a prompt of \(prompt) and \(new) new tokens do not fit the model's context of \(context); "
        + "lower --prompt or --new"
    case .noPeerSize(let recipe, let known):
      "the peer has no size for recipe \(recipe); it has those of \(known.joined(separator: ", "))"
    case .notStarted(let program, let reason):
      "\(program): cannot be started (\(reason)); check the path"
    case .failed(let program, let status, let lastLines):
      (["\(program): \(status)"] + lastLines).joined(separator: "\n  ")
    case .unreadableReply(let program, let reason):
      "\(program): expected one JSON object on standard output, but \(reason)"
    case .interrupted(let signal):
      "stopped by signal \(signal)"
    }
  }
}
