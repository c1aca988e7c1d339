import Foundation
import Interchange
import TestSupport
import Testing

/// Weights in several files, and what may be wrong with them.
@Suite struct SafetensorsShardsTests {
  private let folder: TemporaryFolder
  private let shards: [String]

  init() throws {
    folder = try TinyModel.folder(shardByteLimit: 20_000)
    shards = try folder.names(folder("m")).filter { $0.hasSuffix(".safetensors") }
  }

  private func changeIndex(_ body: (inout [String: Any]) -> Void) throws {
    let url = URL(fileURLWithPath: folder("m/model.safetensors.index.json"))
    var object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    var map = object["weight_map"] as? [String: Any] ?? [:]
    body(&map)
    object["weight_map"] = map
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }

  private func expectFault(_ message: String) throws {
    let fault = try #require(TinyModel.fault(folder("m")))
    #expect(fault.contains(message), "\(fault)")
  }

  @Test func aMissingShardIsNamed() throws {
    try FileManager.default.removeItem(atPath: folder("m/\(shards[1])"))
    try expectFault("is said to be in \(shards[1]), and there is no such file")
  }

  @Test func aTruncatedShardIsTold() throws {
    let path = folder("m/\(shards[1])")
    let whole = try bytes(at: path)
    for count in [0, 5, 8, 40, whole.count - 1] {
      try folder.write(Array(whole.prefix(count)), to: "m/\(shards[1])")
      try expectFault(shards[1])
    }
    try folder.write(whole + [0], to: "m/\(shards[1])")
    try expectFault("expected \(whole.count) bytes, found \(whole.count + 1)")
  }

  @Test func aTensorThatTheShardLacksIsNamed() throws {
    try changeIndex { $0["transformer.extra.weight"] = shards[0] }
    try expectFault("\"transformer.extra.weight\" is said to be in \(shards[0]), which lacks it")
  }

  @Test func aTensorThatTheIndexLacksIsNamed() throws {
    try changeIndex { $0["transformer.norm.weight"] = nil }
    try expectFault("does not name the tensor \"transformer.norm.weight\"")
  }

  @Test func aTensorInTwoShardsIsTold() throws {
    let copy = try bytes(at: folder("m/\(shards[0])"))
    try folder.write(copy, to: "m/copy.safetensors")
    try changeIndex { $0["transformer.copied"] = "copy.safetensors" }
    try expectFault("expected \"token_embeddings.weight\" once, found it in")
  }

  @Test(arguments: ["../x.safetensors", "/etc/passwd", "a/b", "..", ".", "", "a\\b", "x\u{0}y"])
  func noNameLeadsOutOfTheFolder(name: String) throws {
    try changeIndex { $0["transformer.norm.weight"] = name }
    try expectFault("expected names of files in the same folder")
  }

  @Test func anIndexThatIsNoneIsTold() throws {
    for (text, message) in [
      ("{}", "weight_map: expected an object of names and files, found nothing"),
      (#"{"weight_map": []}"#, "found an array"), (#"{"weight_map": {}}"#, "weight_map"),
      (#"{"weight_map": {"a": 1}}"#, "weight_map.a: expected a file's name, found 1"),
      ("no JSON", "not JSON"),
    ] {
      try folder.write(text, to: "m/model.safetensors.index.json")
      try expectFault(message)
    }
  }

  @Test func aFolderWithoutWeightsIsTold() throws {
    for name in shards + ["model.safetensors.index.json"] {
      try FileManager.default.removeItem(atPath: folder("m/\(name)"))
    }
    try expectFault("expected model.safetensors or model.safetensors.index.json")
  }
}
