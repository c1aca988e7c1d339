import Foundation
import PyTorchFiles
import TestSupport
import Testing

/// Archives that lie, each about one number.
@Suite struct ZipArchiveTests {
  private static let pickle = Pickle.whole(Pickle.tensor(count: 2, shape: [2], strides: [1]))
  private static let archive = HandmadeArchive(
    pickle: pickle, storages: [[0, 0, 128, 63, 0, 0, 0, 64]])

  private static func fault(_ bytes: [UInt8]) throws -> String {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "a.pt")
    do {
      let file = try PyTorchFile(path: path)
      return "read as \(file.root.kind)"
    } catch {
      #expect(error.description.hasPrefix(path))
      return error.description
    }
  }

  private static func fault(_ change: (inout HandmadeArchive) -> Void) throws -> String {
    var archive = archive
    change(&archive)
    return try fault(archive.bytes)
  }

  @Test func aHandmadeArchiveIsRead() throws {
    #expect(try Self.fault(Self.archive.bytes) == "read as a tensor")
    let folder = try TemporaryFolder()
    let file = try PyTorchFile(path: folder.write(Self.archive.bytes, to: "a.pt"))
    let tensor = try #require(file.root.tensor)
    #expect(try file.withBytes(of: tensor) { Array($0) } == Self.archive.records[2].bytes)
    try file.verify()
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = Self.archive.bytes
    for count in stride(from: 0, to: bytes.count, by: 3) {
      #expect(try !Self.fault(Array(bytes[..<count])).hasPrefix("read"), "\(count) bytes")
    }
  }

  @Test func liesOfTheDirectoryAreFound() throws {
    #expect(try Self.fault { $0.claimedCount = 9 }.contains("entr"))
    #expect(try Self.fault { $0.claimedCount = 3 }.hasSuffix("read as a tensor"))
    #expect(try Self.fault { $0.claimedCount = 2 }.contains("a directory of"))
    #expect(try Self.fault { $0.claimedDirectoryOffset = 1 << 30 }.contains("a directory within"))
    #expect(try Self.fault { $0.claimedDirectorySize = 1 << 30 }.contains("a directory within"))
    #expect(try Self.fault { $0.claimedDirectoryOffset = 3 }.contains("an entry of the directory"))
    #expect(try Self.fault { $0.records[2].claimedOffset = 5 }.contains("its header at byte 5"))
    #expect(
      try Self.fault { $0.records[2].claimedOffset = 1 << 31 }.contains("its header at byte"))
    #expect(try Self.fault { $0.records[2].claimedSize = 9 }.contains("9 stored bytes"))
    #expect(try Self.fault { $0.records[2].headerName = "a/data/1" }.contains("its name"))
    #expect(try Self.fault { $0.records[2].flags = 1 }.contains("no encryption"))
    #expect(try Self.fault { $0.records[2].method = 12 }.contains("the method 12"))
    #expect(try Self.fault { $0.records[2].name = "a/\u{0}" }.contains("a name in UTF-8"))
    #expect(try Self.fault { $0.records.append($0.records[2]) }.contains("one record of this name"))
  }

  @Test func recordsThatShareBytesAreRefused() throws {
    // A record within another's bytes: its header lies in them.
    var archive = Self.archive
    let inner = HandmadeArchive([.init("a/data/1", [1, 2, 3, 4])]).bytes
    archive.records[2] = .init("a/data/0", inner)
    var outer = HandmadeArchive.Record("a/data/1", [1, 2, 3, 4])
    let before = HandmadeArchive(Array(archive.records[..<2])).bytes
    // The end and the directory of the two before are no part of what stands before the third.
    let directory = (46 + "a/data.pkl".utf8.count) + (46 + "a/byteorder".utf8.count) + 22
    outer.claimedOffset = UInt32(before.count - directory + 30 + "a/data/0".utf8.count)
    archive.records.append(outer)
    #expect(try Self.fault(archive.bytes).contains("where another record ends"))
  }

  @Test func aChangedPickleIsFoundByItsChecksum() throws {
    #expect(try Self.fault { $0.records[0].claimedChecksum = 7 }.contains("CRC-32 7"))
    // Storages are checked when they are asked to be.
    var archive = Self.archive
    archive.records[2].claimedChecksum = 7
    let folder = try TemporaryFolder()
    let file = try PyTorchFile(path: folder.write(archive.bytes, to: "a.pt"))
    #expect(throws: PyTorchFileError.self) { try file.verify() }
  }

  @Test func aDeflatedPickleIsReadAndADeflatedStorageRefused() throws {
    #expect(
      try Self.fault { $0.records[0] = .deflated("a/data.pkl", Self.pickle) } == "read as a tensor")
    let storage = try Self.fault { $0.records[2] = .deflated("a/data/0", $0.records[2].bytes) }
    #expect(storage.contains("stored bytes, as torch.save writes them"))
  }

  @Test func zipBombsAreRefusedUnpacked() throws {
    // 64 MiB of zeros in 64 KiB.
    let bomb = HandmadeArchive.Record.deflated(
      "a/data.pkl", [UInt8](repeating: 0, count: 64 << 20))
    #expect(bomb.bytes.count < 100 << 10)
    let told = try Self.fault { $0.records[0] = bomb }
    #expect(told.contains("claims to unpack to 67108864 bytes"), "\(told)")
    // The same, claiming less than it is.
    let hidden = try Self.fault {
      $0.records[0] = bomb
      $0.records[0].claimedSize = 1_000
    }
    #expect(hidden.contains("found more"), "\(hidden)")
    let short = try Self.fault {
      $0.records[0] = .deflated("a/data.pkl", Self.pickle)
      $0.records[0].claimedSize = UInt32(Self.pickle.count + 1)
    }
    #expect(short.contains("deflated bytes that unpack to"))
  }

  @Test func otherFilesAreToldApart() throws {
    #expect(try Self.fault([]).contains("a file of 0 bytes"))
    #expect(try Self.fault(Array("{\"a\": 1}".utf8)).contains("the bytes 7b 22 61 22 first"))
    let older: [UInt8] = [
      0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50,
    ]
    #expect(try Self.fault(older).contains("weights_only=True"))
    let tar = [UInt8](repeating: 0, count: 257) + Array("ustar".utf8)
    #expect(try Self.fault(tar).contains("an older"))
    let other = HandmadeArchive([.init("word/document.xml", [1])]).bytes
    #expect(try Self.fault(other).contains("1 others for data.pkl"))
    let two = HandmadeArchive([.init("a/data.pkl", [1]), .init("b/data.pkl", [1])]).bytes
    #expect(try Self.fault(two).contains("2 for data.pkl"))
    #expect(
      try Self.fault { $0.records[1] = .init("a/byteorder", Array("big".utf8)) }
        .contains("big-endian"))
    #expect(throws: PyTorchFileError.self) { try PyTorchFile(path: "/nonexistent.pt") }
  }
}
