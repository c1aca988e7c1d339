import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

private let samples = "data/formats/safetensors"

@Suite("Safetensors file")
struct SafetensorsFileTests {
  /// The bytes that Python's safetensors 0.8.0 writes for {"weight": float32 [[1, 2], [3, -4]],
  /// "ids": int64 [7]} with the metadata {"format": "pt"}.
  static let header =
    #"{"__metadata__":{"format":"pt"},"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
    + #""weight":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]}}    "#
  static let data: [UInt8] =
    [7, 0, 0, 0, 0, 0, 0, 0] + littleEndianBytes([1, 2, 3, -4])
  static let file = safetensors(header, data: data)

  @Test func readsWhatPythonWrites() throws {
    #expect(Self.header.utf8.count % 8 == 0)
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: folder.write(Self.file, to: "python.safetensors"))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.entries.map(\.name) == ["ids", "weight"])
    #expect(file.entries.map(\.type) == [.int64, .float32])
    #expect(file.entries.map(\.shape) == [[1], [2, 2]])
    #expect(file.entries.map(\.byteRange) == [0..<8, 8..<24])
    let values = try file.withBytes(of: "weight") { bytes in
      (0..<4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    #expect(values == [1, 2, 3, -4])
    #expect(
      throws: CheckpointError.missingTensor(
        path: file.path, tensor: "bias", nearby: ["ids", "weight"])
    ) { try file.bytes(of: "bias") }
  }

  @Test(
    .enabled(if: SharedData.has(samples), "needs the shared samples"),
    arguments: ["csm_voices", "encodec_jfk-codes"])
  func readsSamples(name: String) throws {
    let file = try SafetensorsFile(path: SharedData.path("\(samples)/\(name).safetensors"))
    let shapes = Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0.shape) })
    #expect(
      shapes
        == (name == "csm_voices"
          ? ["tokens": [1, 982, 33], "mask": [1, 982, 33]] : ["codes": [1, 2, 828]]))
    for entry in file.entries {
      #expect(try file.bytes(of: entry.name).count == entry.byteRange.count)
    }
  }

  @Test func everyTruncationIsFound() throws {
    let folder = try TemporaryFolder()
    for count in 0..<Self.file.count {
      let path = try folder.write(Array(Self.file.prefix(count)), to: "short")
      #expect(throws: CheckpointError.self, "cut off after \(count)") {
        try SafetensorsFile(path: path)
      }
    }
    let path = try folder.write(Array(Self.file.prefix(Self.file.count - 1)), to: "short")
    #expect(
      throws: CheckpointError.wrongFileSize(
        path: path, expected: Self.file.count, found: Self.file.count - 1)
    ) { try SafetensorsFile(path: path) }
    let long = try folder.write(Self.file + [0], to: "long")
    #expect(
      throws: CheckpointError.wrongFileSize(
        path: long, expected: Self.file.count, found: Self.file.count + 1)
    ) { try SafetensorsFile(path: long) }
  }

  /// Whatever the bits, the reader throws or gives tensors that are inside the file.
  @Test func flippedBitsNeverLeadOutside() throws {
    let folder = try TemporaryFolder()
    let headerCount = 8 + Self.header.utf8.count
    var refused = 0
    for bit in 0..<(headerCount * 8) {
      var bytes = Self.file
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let path = try folder.write(bytes, to: "flipped")
      do {
        let file = try SafetensorsFile(path: path)
        for entry in file.entries {
          #expect(entry.byteRange.upperBound <= Self.data.count)
          #expect(try file.bytes(of: entry.name).count == entry.byteRange.count)
        }
      } catch {
        refused += 1
      }
    }
    // Flips in names, metadata and padding can leave a valid header; most cannot.
    #expect(refused > headerCount * 8 / 2)
  }

  @Test(arguments: [
    ("{", "the end"), ("[]", "no object"), (" {}", "a space first"), ("{}x", "a rest"),
    (#"{"a":1}"#, "a number"), (#"{"a":{}}"#, "no members"), ("{\"a\":null}", "null"),
    (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}"#, "a strange member"),
    (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"dtype":"F32"}}"#, "dtype twice"),
    (#"{"a":{"dtype":"F31","shape":[],"data_offsets":[0,4]}}"#, "a strange type"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "a negative dimension"),
    (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "a fraction"),
    (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, "a leading zero"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "a negative offset"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "an end before the begin"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, "three offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "a larger shape"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}"#, "2⁶⁴"),
    (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}"#, "overflow"),
    (
      #"{"a":{"dtype":"F32","shape":[0,9223372036854775807,4],"data_offsets":[0,0]}}"#,
      "overflow behind a zero"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "more than there is"),
    (#"{"__metadata__":{"a":1}}"#, "metadata that is no string"),
    (#"{"__metadata__":{"a":"1","a":"2"}}"#, "metadata twice"),
    ("{\"\u{1}\":{}}", "a control byte"), (#"{"\ud800":{}}"#, "half a surrogate pair"),
  ])
  func hostileHeadersAreRefused(header: String, why: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(safetensors(header, data: [0, 0, 0, 0]), to: "hostile")
    #expect(throws: CheckpointError.self, "\(why)") { try SafetensorsFile(path: path) }
  }

  @Test func misplacedTensorsAreNamed() throws {
    let folder = try TemporaryFolder()
    func open(_ second: String) throws {
      let header = #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},\#(second)}"#
      let data = [UInt8](repeating: 0, count: 8)
      _ = try SafetensorsFile(path: folder.write(safetensors(header, data: data), to: "f"))
    }
    let path = folder("f")
    #expect(throws: CheckpointError.wrongOffset(path: path, tensor: "b", expected: 4, found: 3)) {
      try open(#""b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}"#)
    }
    #expect(throws: CheckpointError.wrongOffset(path: path, tensor: "b", expected: 4, found: 5)) {
      try open(#""b":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}"#)
    }
    #expect(throws: CheckpointError.duplicateName(path: path, tensor: "a")) {
      try open(#""\u0061":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}"#)
    }
    #expect(
      throws: CheckpointError.wrongByteCount(
        path: path, tensor: "b", expected: 6, found: 4)
    ) { try open(#""b":{"dtype":"U8","shape":[2,3],"data_offsets":[4,8]}"#) }
    // Out of order in the header, and an empty one between, is as the format allows.
    try open(
      #""e":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"#
        + #""b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}"#)
  }

  @Test func hugeLengthsAndDeepNestingCostNothing() throws {
    let folder = try TemporaryFolder()
    for length in [UInt64.max, 1 << 63, 1 << 40, 100_000_001] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
      let path = try folder.write(bytes, to: "huge")
      #expect(throws: CheckpointError.headerTooLong(path: path, limit: 100_000_000, found: length))
      { try SafetensorsFile(path: path) }
    }
    for opening in ["[", "{\"a\":", "{\"a\":["] {
      let header = "{\"a\":" + String(repeating: opening, count: 200_000)
      let path = try folder.write(safetensors(header), to: "deep")
      #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test func namesThatAreEqualStringsOfOtherBytesAreTwoNames() throws {
    let folder = try TemporaryFolder()
    let header =
      "{\"\u{E9}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
      + "\"e\u{301}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}"
    let file = try SafetensorsFile(path: folder.write(safetensors(header, data: [1, 2]), to: "f"))
    #expect(try file.withBytes(of: "\u{E9}") { Array($0) } == [1])
    #expect(try file.withBytes(of: "e\u{301}") { Array($0) } == [2])
  }

  @Test func onlyPlainFilesAreOpened() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CheckpointError.self) { try SafetensorsFile(path: folder.path) }
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    #expect(throws: CheckpointError.self) { try SafetensorsFile(path: folder("pipe")) }
    #expect(
      throws: CheckpointError.file(
        FileError(path: folder("none"), operation: "opening", code: ENOENT))
    ) { try SafetensorsFile(path: folder("none")) }
  }
}
