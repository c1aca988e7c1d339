import Files
import Foundation
import Synchronization
import Transfers

/// Where the files of corpora lie, and how their bytes are had: on disk by their paths, elsewhere by
/// addresses (`https://`, `http://`, `s3://`, `hf://`).
///
/// A value with a transfer client inside, which all sources of a program share.
public final class CorpusStorage: Sendable {
  /// Made when the first address is met, since it asks the environment for credentials.
  private let client: Mutex<TransferClient?>
  private let makeClient: @Sendable () throws(TransferError) -> TransferClient

  /// - Parameter makeClient: what fetches from addresses; asked once, when the first is met.
  public init(
    client makeClient: @escaping @Sendable () throws(TransferError) -> TransferClient
  ) {
    self.makeClient = makeClient
    client = Mutex(nil)
  }

  /// Credentials and endpoints of the process's environment, and no cache.
  public static let standard = CorpusStorage { () throws(TransferError) in
    TransferClient(environment: try .ofProcess())
  }

  /// Whether a file's path is an address.
  public static func isRemote(_ path: String) -> Bool { RemoteAddress.isRemote(path) }

  /// A path as it is, an address without its secrets.
  static func displayName(_ path: String) -> String {
    isRemote(path) ? (try? RemoteAddress(path).name) ?? path : path
  }

  /// The files that a list of paths, addresses and patterns names.
  ///
  /// `list:PLACE#TEXT` stands for the lines of a text file, at a path or an address, that hold TEXT (all
  /// lines without `#TEXT`): data sets whose files have no names in common publish such lists. A
  /// list at an address may only name addresses.
  ///
  /// - Throws: `CorpusError` for an empty list, a pattern without matches, and what is not there.
  public func files(matching patterns: [String]) throws(CorpusError) -> [CorpusFile] {
    guard !patterns.isEmpty else { throw .emptyFileList }
    var files: [CorpusFile] = []
    for pattern in patterns {
      if let list = pattern.withoutPrefix("list:") {
        let lines = try lines(ofList: list)
        // A list of lists could go round for ever, and a server has no say over this disk's files.
        let isRemote = Self.isRemote(list)
        if let line = lines.first(where: {
          $0.hasPrefix("list:") || isRemote && !Self.isRemote($0)
        }) {
          throw .unusable(
            path: list,
            reason: "it is a list\(isRemote ? " at an address" : "") and names \(line); "
              + "a list names files, and at an address only addresses")
        }
        files += try self.files(matching: lines)
      } else if Self.isRemote(pattern) {
        files += try remoteFiles(matching: pattern)
      } else if pattern.contains("://") {
        throw .unusable(
          path: pattern, reason: "addresses begin with https://, http://, s3:// or hf://datasets/")
      } else {
        files += try CorpusFile.expanding([pattern])
      }
    }
    return files
  }

  private func remoteFiles(matching pattern: String) throws(CorpusError) -> [CorpusFile] {
    let entries: [RemoteEntry]
    do throws(TransferError) {
      entries = try transferClient().entries(matching: pattern)
    } catch {
      throw .transfer(error)
    }
    var files: [CorpusFile] = []
    for entry in entries {
      guard let byteCount = entry.byteCount else {
        throw .unusable(
          path: entry.name,
          reason: "its server does not say its size, so that it could not be told from another; "
            + "download it and name the file")
      }
      files.append(
        CorpusFile(path: entry.address.text, byteCount: byteCount, version: entry.entityTag))
    }
    return files
  }

  private func lines(ofList list: String) throws(CorpusError) -> [String] {
    let parts = list.split(separator: "#", maxSplits: 1).map(String.init)
    guard let place = parts.first else { throw .patternMatchesNothing(pattern: "list:\(list)") }
    var lines: [String] = []
    guard !place.hasPrefix("list:") else {
      throw .unusable(path: place, reason: "a list is named by a list")
    }
    for file in try files(matching: [place]) {
      guard file.byteCount <= Self.maximumListBytes else {
        throw .unusable(
          path: file.path,
          reason: "a list of \(file.byteCount) bytes, at most "
            + "\(Self.maximumListBytes) are read")
      }
      var text = [UInt8](repeating: 0, count: file.byteCount)
      let bytes = try randomAccess(to: file)
      do throws(ByteAccessError) {
        // A closure may not throw a type of its own here.
        let result = text.withUnsafeMutableBytes { buffer in
          Result { () throws(ByteAccessError) in try bytes.read(into: buffer, at: 0) }
        }
        try result.get()
      } catch {
        throw .unreadable(path: file.path, reason: error.reason)
      }
      lines += String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
        .map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && (parts.count < 2 || $0.contains(parts[1])) }
    }
    guard !lines.isEmpty else { throw .patternMatchesNothing(pattern: "list:\(list)") }
    return lines
  }

  /// Hundreds of thousands of addresses.
  private static let maximumListBytes = 64 << 20

  /// The file's bytes from front to back.
  func reader(of file: CorpusFile) throws(CorpusError) -> any ByteReader {
    guard Self.isRemote(file.path) else {
      return try FileByteReader(path: file.path, expectedByteCount: file.byteCount)
    }
    do throws(TransferError) {
      return RemoteByteReader(try RemoteStream(entry(of: file), client: transferClient()))
    } catch {
      throw .transfer(error)
    }
  }

  /// The file's bytes at any place.
  func randomAccess(to file: CorpusFile) throws(CorpusError) -> any RandomAccessBytes {
    guard Self.isRemote(file.path) else { return try localBytes(of: file) }
    do throws(TransferError) {
      return try RemoteFile(entry(of: file), client: transferClient())
    } catch {
      throw .transfer(error)
    }
  }

  private func localBytes(of file: CorpusFile) throws(CorpusError) -> FileBytes {
    let bytes: FileBytes
    do throws(FileError) {
      bytes = try FileBytes(path: file.path)
    } catch {
      throw error.code == ENOENT
        ? .missingFile(path: file.path)
        : .unreadable(path: file.path, reason: error.description)
    }
    guard bytes.byteCount == file.byteCount else {
      throw .fileChanged(path: file.path, listed: file.byteCount, found: bytes.byteCount)
    }
    return bytes
  }

  private func entry(of file: CorpusFile) throws(TransferError) -> RemoteEntry {
    RemoteEntry(
      address: try RemoteAddress(file.path), byteCount: file.byteCount, entityTag: file.version)
  }

  private func transferClient() throws(TransferError) -> TransferClient {
    let found = client.withLock { (client) -> Result<TransferClient, TransferError> in
      if let client { return .success(client) }
      let made = Result { () throws(TransferError) in try makeClient() }
      if case .success(let new) = made { client = new }
      return made
    }
    return try found.get()
  }
}

/// A remote object's bytes, in order.
private final class RemoteByteReader: ByteReader {
  private let stream: RemoteStream

  init(_ stream: RemoteStream) { self.stream = stream }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
    do throws(TransferError) {
      return try stream.read(into: buffer)
    } catch {
      throw .transfer(error)
    }
  }

  func skip(_ count: Int) throws(CorpusError) -> Int {
    do throws(TransferError) {
      return try stream.skip(count)
    } catch {
      throw .transfer(error)
    }
  }
}

extension String {
  fileprivate func withoutPrefix(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
