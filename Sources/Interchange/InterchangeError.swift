/// What can be wrong with a model that comes in or goes out: where, what was expected and found, and
/// what to do.
public enum InterchangeError: Error, Sendable, Equatable {
  /// There is nothing at the path, or it cannot be read.
  case unreadable(path: String, reason: String)
  /// None of the formats that are read.
  case unknownFormat(path: String, found: String)
  /// A folder that holds no weights.
  case noWeights(path: String, files: [String])
  /// A file that is not JSON, or not the JSON that it should be.
  case invalidJSON(path: String, reason: String)
  /// A setting of a configuration that is missing, of another type, or out of bounds.
  case setting(path: String, key: String, expected: String, found: String)
  /// A model that is no OpenELM.
  case unknownArchitecture(path: String, found: String)
  /// Sizes that are no model.
  case invalidModel(path: String, fault: String)
  /// Weights that the file cannot hold are not made room for.
  case tooFewBytes(path: String, parameters: Int, bytes: Int)
  /// An index names a file that is not there.
  case missingShard(index: String, shard: String, tensor: String)
  /// An index names a file outside its folder.
  case shardOutside(index: String, shard: String)
  /// A shard lacks a tensor that the index says is in it, or has one that the index does not name.
  case shardDiffers(index: String, shard: String, tensor: String, isMissing: Bool)
  /// Two files hold tensors of one name, or two names mean one weight.
  case duplicateTensor(path: String, tensor: String, places: [String])
  /// A tensor's numbers are of a type that weights are not.
  case unsupportedType(path: String, tensor: String, expected: String, found: String)
  /// The parts of a quantized weight do not fit together.
  case invalidQuantization(path: String, tensor: String, expected: String, found: String)
  /// A tokenizer whose ids are not all rows of the model's table.
  case tokenizerTooLarge(path: String, tokenizer: Int, vocabulary: Int)
  /// A special token that is no row of the model's table.
  case tokenOutside(path: String, name: String, token: Int, vocabulary: Int)
  /// More or fewer rows asked for than the table can be cut to.
  case invalidVocabulary(path: String, asked: Int, found: Int)
  /// A format that cannot hold numbers of a type, or a model of these sizes.
  case cannotWrite(path: String, format: ModelFormat, reason: String)
  /// What would be written over.
  case exists(path: String)
  /// What was written differs when it is read back.
  case readBack(path: String, reason: String)
}

extension InterchangeError: CustomStringConvertible {
  /// The fault with its place, then the remedy.
  public var description: String {
    switch self {
    // A reason from below brings the path along.
    case .unreadable(let path, let reason):
      reason.hasPrefix("\(path): ") ? reason : "\(path): \(reason)"
    case .unknownFormat(let path, let found):
      "\(path): expected a folder with config.json, a checkpoint's folder, or a .gguf, .pt or "
        + ".safetensors file, found \(found)"
    case .noWeights(let path, let files):
      "\(path): expected model.safetensors or model.safetensors.index.json beside config.json, found "
        + (files.isEmpty ? "nothing else" : files.joined(separator: ", "))
        + "; download the weights into this folder too"
    case .invalidJSON(let path, let reason):
      "\(path): \(reason); bring the file back from where it was published"
    case .setting(let path, let key, let expected, let found):
      "\(path): \(key): expected \(expected), found \(found)"
    case .unknownArchitecture(let path, let found):
      "\(path): expected the architecture openelm, found \(found); other models are not read"
    case .invalidModel(let path, let fault): "\(path): a model with \(fault)"
    case .tooFewBytes(let path, let parameters, let bytes):
      "\(path): the configuration needs \(parameters) parameters, and the weights have \(bytes) bytes; "
        + "use the configuration that these weights were made with"
    case .missingShard(let index, let shard, let tensor):
      "\(index): tensor \"\(tensor)\" is said to be in \(shard), and there is no such file beside it; "
        + "download it too"
    case .shardOutside(let index, let shard):
      "\(index): expected names of files in the same folder, found \"\(shard)\"; do not trust this "
        + "folder"
    case .shardDiffers(let index, let shard, let tensor, let isMissing):
      isMissing
        ? "\(index): tensor \"\(tensor)\" is said to be in \(shard), which lacks it; download both anew"
        : "\(index): does not name the tensor \"\(tensor)\" of \(shard); download both anew"
    case .duplicateTensor(let path, let tensor, let places):
      "\(path): expected \"\(tensor)\" once, found it in \(places.joined(separator: " and ")); remove "
        + "the file that does not belong there"
    case .unsupportedType(let path, let tensor, let expected, let found):
      "\(path): tensor \"\(tensor)\": expected numbers in \(expected), found \(found)"
    case .invalidQuantization(let path, let tensor, let expected, let found):
      "\(path): quantized tensor \"\(tensor)\": expected \(expected), found \(found)"
    case .tokenizerTooLarge(let path, let tokenizer, let vocabulary):
      "\(path): a tokenizer of \(tokenizer) tokens for a model with a vocabulary of \(vocabulary); "
        + "give the tokenizer that the model was trained with: --tokenizer FILE"
    case .tokenOutside(let path, let name, let token, let vocabulary):
      "\(path): \(name): expected a token below the vocabulary of \(vocabulary), found \(token)"
    case .invalidVocabulary(let path, let asked, let found):
      "\(path): a vocabulary of \(asked) cannot be cut from one of \(found); ask for 1 to \(found)"
    case .cannotWrite(let path, let format, let reason):
      "\(path): cannot be written as \(format.rawValue): \(reason)"
    case .exists(let path):
      "\(path): exists already; give another path, or --force to replace it"
    case .readBack(let path, let reason):
      "\(path): what was written reads otherwise: \(reason); check the disk, and run again"
    }
  }
}
