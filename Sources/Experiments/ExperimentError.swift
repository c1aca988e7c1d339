import Layers
import Terminal
import Training
import Transfers

/// What can go wrong between a recipe and its results, and what to do about it.
public enum ExperimentError: Error, Sendable {
  case unknownRecipe(name: String, known: [String])
  case invalidSetting(recipe: String, name: String, found: Int, expected: String)
  case invalidModel(recipe: String, fault: String)
  case storageNeedsPrecision(recipe: String, storage: TrainingStorage, precision: Precision)
  case noCorpus
  case emptyCorpus(paths: [String])
  case noRuns(folder: String)
  case noTokenizer
  case noTokenizerInFolder(path: String)
  case vocabularyTooLarge(tokenizer: String, pieces: Int, vocabulary: Int)
  case invalidRunName(String)
  case runExists(name: String)
  case runIsActive(name: String)
  case unknownRun(name: String, known: [String])
  case runIsComplete(name: String, steps: Int)
  case unreadableRecord(path: String, reason: String)
  case recipeChanged(run: String, RecipeDifference)
  case storageChanged(run: String, recorded: String, current: String)
  case tokenizerChanged(run: String, recorded: String, found: String)
  case olderCursor(path: String)
  case noEvaluationTexts
  case noCheckpoint(run: String, broken: [String])
  case allCheckpointsBroken(run: String, path: String, broken: [String])
  case diverged(step: Int, skips: Int, documents: [String])
  case noTask
  case unknownPlace(String)
  case unfetched(task: String, dataset: String, split: String, fault: TransferError)
  case noRecipe(path: String)
  case unreadableReference(path: String, reason: String)
  case modelWithoutTokenizer(path: String)
  case writeFailed(path: String, reason: String)
  case cannotConvert(path: String, reason: String)
}

extension ExperimentError: CustomStringConvertible {
  /// The fault with its place, then the remedy.
  public var description: String {
    switch self {
    case .unknownRecipe(let name, let known):
      "no recipe is called \"\(name)\"; \(Self.nearest(name, known))"
    case .invalidSetting(let recipe, let name, let found, let expected):
      "recipe \(recipe): \(name) is \(found), expected \(expected)"
    case .invalidModel(let recipe, let fault):
      "recipe \(recipe): a model with \(fault)"
    case .storageNeedsPrecision(let recipe, let storage, let precision):
      "recipe \(recipe): storage \(storage.rawValue) keeps projections in bfloat16, and precision "
        + "\(precision.rawValue) has no products that write their gradients; train with "
        + "--precision bf16, or with --storage full"
    case .noCorpus:
      "this recipe names no corpus; give its files with --corpus PATH…"
    case .emptyCorpus(let paths):
      "\(paths.joined(separator: ", ")): nothing to read; give files that hold text"
    case .noRuns(let folder):
      "\(folder): no runs yet; start one with `samara pretrain seedling`"
    case .noTokenizer:
      "this recipe names no tokenizer; give a tokenizer file with --tokenizer FILE"
    case .noTokenizerInFolder(let path):
      "\(path): no tokenizer.json and no tokenizer.model here; name the tokenizer that the model was "
        + "trained with: --tokenizer FILE"
    case .vocabularyTooLarge(let tokenizer, let pieces, let vocabulary):
      "\(tokenizer): \(pieces) pieces do not fit a model with a vocabulary of \(vocabulary); "
        + "choose a smaller tokenizer, or a recipe with a larger vocabulary"
    case .invalidRunName(let name):
      "\"\(name)\" cannot name a run: use letters, digits, '.', '_' and '-', not '.' first"
    case .runExists(let name):
      "a run called \"\(name)\" exists; continue it with `samara resume \(name)`, "
        + "or choose another name with --run"
    case .runIsActive(let name):
      "run \"\(name)\" is being trained by another process; wait for it, or stop it first"
    case .unknownRun(let name, let known):
      "no run is called \"\(name)\"; \(Self.nearest(name, known))"
    case .runIsComplete(let name, let steps):
      "run \"\(name)\" has its \(steps) steps; evaluate it with `samara evaluate \(name)`"
    case .unreadableRecord(let path, let reason):
      "\(path): \(reason); restore the file, or start a new run"
    case .recipeChanged(let run, let difference):
      "the recipe of run \"\(run)\" has changed since its checkpoint:\n\(difference)\n"
        + "go back to the recipe as it was, or accept this with --accept-changes"
    case .storageChanged(let run, let recorded, let current):
      "run \"\(run)\" keeps its state in \(recorded) storage, the recipe asks for \(current): the "
        + "moments of one are not those of the other; resume with the storage of the run, or start a "
        + "new run with --run"
    case .tokenizerChanged(let run, let recorded, let found):
      "run \"\(run)\" was trained with a tokenizer of fingerprint \(recorded), this one has "
        + "\(found); give the same tokenizer file"
    case .olderCursor(let path):
      "\(path): its place in the corpus was written by an older version, which this one cannot "
        + "read; go on with that version, or with --accept-changes from the corpus's beginning"
    case .noEvaluationTexts:
      "the recipe drops text of evaluations but names none; give tasks, as with --decontaminate "
        + "arc_easy,hellaswag --evaluation-data DIR"
    case .noCheckpoint(let run, let broken):
      "run \"\(run)\" has no whole checkpoint"
        + (broken.isEmpty ? "" : ":\n" + broken.joined(separator: "\n") + "\n")
        + "; train it with `samara resume \(run)`"
    case .allCheckpointsBroken(let run, let path, let broken):
      "no checkpoint of run \"\(run)\" is whole:\n\(broken.joined(separator: "\n"))\n"
        + "bring one back from a copy; or, to start over, remove \(path)"
    case .diverged(let step, let skips, let documents):
      "the loss or its gradient was not finite in \(skips) steps in a row, the last of them step "
        + "\(step), over \(documents.joined(separator: ", ")); lower the learning rate, or look "
        + "at these documents"
    case .noRecipe(let path):
      "\(path): these weights come from no run, so that there are none that they started from; "
        + "leave out --beside-untrained"
    case .noTask:
      "no task to evaluate; name some with --tasks, such as --tasks stories or "
        + "--tasks arc-easy,hellaswag --data DIR"
    case .unknownPlace(let place):
      "\(SecretFreeText.address(place)): the tasks' documents are read from a folder, or from the hub by "
        + "hf:// alone, since each task knows its data set there"
    case .unfetched(let task, let dataset, let split, let fault):
      "\(task): hf://datasets/\(dataset), \(split): \(fault.reason); "
        + Self.advice(for: fault, dataset: dataset)
    case .unreadableReference(let path, let reason):
      "\(path): \(reason); a reference run holds reference.json and five safetensors files"
    case .modelWithoutTokenizer(let path):
      "\(path): there is no tokenizer with this model; name the file of the one that it was trained "
        + "with: --tokenizer FILE"
    case .writeFailed(let path, let reason):
      "\(path): cannot be written (\(reason)); check the disk's space and permissions"
    case .cannotConvert(let path, let reason):
      "\(path): \(reason)"
    }
  }

  /// What to do where the hub does not give a data set.
  private static func advice(for fault: TransferError, dataset: String) -> String {
    switch fault {
    case .refused:
      "the hub answers so for data sets that are gated, private or not there: check the name, accept "
        + "the terms at https://huggingface.co/datasets/\(dataset), and set HF_TOKEN to a token of "
        + "that account"
    default:
      "what was fetched is kept, and the same command goes on; a folder that holds the split is read "
        + "without the hub (--data DIR)"
    }
  }

  private static func nearest(_ name: String, _ known: [String]) -> String {
    guard !known.isEmpty else { return "there are none yet" }
    let near = NearestNames.of(name, among: known)
    return (near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? ")
      + "there are: \(known.joined(separator: ", "))"
  }
}
