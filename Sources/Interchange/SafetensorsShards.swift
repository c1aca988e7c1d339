import Checkpoints
import Files
import Foundation
import Kernels
import Layers
import Tokenization

/// Weights that lie in one safetensors file or in several, mapped into memory and never copied.
///
/// An index beside the shards (`model.safetensors.index.json`) says which tensor is in which file:
/// `{"metadata": …, "weight_map": {"NAME": "FILE"}}`. It must name every weight, and only files of its
/// own folder.
public struct SafetensorsShards: WeightSource {
  public let path: String
  public let weightNames: [String]

  /// The files, in the order of their names.
  package let files: [SafetensorsFile]
  /// What was found and is no weight.
  package private(set) var ignored: [String] = []
  private let places: [String: Place]

  /// Where a weight lies.
  private struct Place {
    let file: Int
    let entry: SafetensorsEntry
  }

  static let singleName = "model.safetensors"
  static let indexName = "model.safetensors.index.json"

  /// Opens the weights of a folder.
  ///
  /// - Parameter naming: The weight's name for a tensor's; nil for a tensor that is none.
  /// - Throws: ``InterchangeError``, `CheckpointError` for a file that is cut off or otherwise not as the
  ///   format says.
  public init(folder: String, naming: (String) -> String? = Self.weightName) throws {
    let files = FileManager.default
    if files.fileExists(atPath: "\(folder)/\(Self.singleName)") {
      try self.init(files: ["\(folder)/\(Self.singleName)"], path: folder, naming: naming)
      return
    }
    let index = "\(folder)/\(Self.indexName)"
    guard files.fileExists(atPath: index) else {
      let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
      throw InterchangeError.noWeights(path: folder, files: Array(names.sorted().prefix(12)))
    }
    let map = try Self.weightMap(index)
    let shards = Set(map.values).sorted()
    for shard in shards where !files.fileExists(atPath: "\(folder)/\(shard)") {
      let tensor = map.filter { $0.value == shard }.keys.min() ?? ""
      throw InterchangeError.missingShard(index: index, shard: shard, tensor: tensor)
    }
    try self.init(files: shards.map { "\(folder)/\($0)" }, path: folder, naming: naming)
    try checkIndex(map, path: index, shards: shards)
  }

  /// Opens files.
  ///
  /// - Throws: As ``init(folder:naming:)``.
  public init(
    files paths: [String], path: String, naming: (String) -> String? = Self.weightName
  ) throws {
    self.path = path
    files = try paths.map { try SafetensorsFile(path: $0) }
    var names: [String] = []
    var places: [String: Place] = [:]
    for (file, opened) in files.enumerated() {
      for entry in opened.entries {
        guard let name = naming(entry.name) else {
          ignored.append(entry.name)
          continue
        }
        if let other = places.updateValue(Place(file: file, entry: entry), forKey: name) {
          throw InterchangeError.duplicateTensor(
            path: path, tensor: name, places: [files[other.file].path, opened.path])
        }
        names.append(name)
      }
    }
    weightNames = names
    self.places = places
  }

  /// A weight's name for that of a tensor in a folder: rotary tables and masks are none.
  public static func weightName(_ name: String) -> String? {
    ParameterNames.isBuffer(name) ? nil : ParameterNames.own(name)
  }

  /// `weight_map`.
  static func weightMap(_ path: String) throws(InterchangeError) -> [String: String] {
    let settings = try JSONSettings(path: path)
    guard let map = settings.root["weight_map"] else {
      throw settings.failure("weight_map", "an object of names and files", nil)
    }
    var shards: [String: String] = [:]
    let isObject = try map.forEachMember { (key, value) throws(InterchangeError) in
      let name = String(decoding: key, as: UTF8.self)
      guard let shard = value.string else {
        throw settings.failure("weight_map.\(name)", "a file's name", value)
      }
      guard isPlainName(shard) else { throw .shardOutside(index: path, shard: shard) }
      if let other = shards.updateValue(shard, forKey: name), other != shard {
        throw .duplicateTensor(path: path, tensor: name, places: [other, shard])
      }
    }
    guard isObject, !shards.isEmpty else {
      throw settings.failure("weight_map", "an object of names and files", map)
    }
    return shards
  }

  /// Whether a name is that of a file in the same folder, and not a way out of it.
  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
  }

  private func checkIndex(
    _ map: [String: String], path: String, shards: [String]
  ) throws(InterchangeError) {
    let isIgnored = Set(ignored)
    let named = Dictionary(grouping: map.keys.sorted()) { map[$0] ?? "" }
    for (file, shard) in zip(files, shards) {
      let found = Set(file.entries.map(\.name))
      if let tensor = named[shard]?.first(where: { !found.contains($0) }) {
        throw .shardDiffers(index: path, shard: shard, tensor: tensor, isMissing: true)
      }
      if let tensor = file.entries.first(where: {
        map[$0.name] != shard && !isIgnored.contains($0.name)
      }) {
        throw .shardDiffers(index: path, shard: shard, tensor: tensor.name, isMissing: false)
      }
    }
  }

  public func shape(of name: String) -> [Int]? { places[name]?.entry.shape }
  public func format(of name: String) -> WeightFormat? { type(of: name)?.weightFormat }

  /// The type of a weight's numbers in its file, which may be one that is no weight's.
  package func type(of name: String) -> SafetensorsElementType? { places[name]?.entry.type }

  /// The bytes of a weight as they lie in its file.
  package func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let place = places[name] else {
      throw WeightError.missing(
        path: path, weight: name, nearby: Array(weightNames.prefix(5)))
    }
    return try files[place.file].withBytes(of: place.entry.name, body)
  }

  public func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    try withBytes(of: name) { bytes in
      guard let place = places[name], let format = place.entry.type.weightFormat else {
        throw InterchangeError.unsupportedType(
          path: files[places[name]?.file ?? 0].path, tensor: name, expected: "F32, F16 or BF16",
          found: places[name]?.entry.type.rawValue ?? "none")
      }
      let count = bytes.count / format.blockByteCount
      return try body([WeightPart(format: format, elementCount: count, bytes: bytes)])
    }
  }
}

extension SafetensorsElementType {
  /// What weights of this type are; nil for a type that weights are not in.
  package var weightFormat: WeightFormat? {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    default: nil
    }
  }

  /// The type of a format of whole numbers; nil for blocks.
  package init?(_ format: WeightFormat) {
    switch format {
    case .float32: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    default: return nil
    }
  }
}
