/// Drops documents that are, byte for byte, one of the last so many that were kept.
///
/// Documents are told apart by 64 bits of XXH3. With a window of 2¹⁸ documents the chance that any
/// of 10⁹ documents is dropped by mistake is 10⁹ · 2¹⁸ / 2⁶⁴ = 1.4·10⁻⁵; if the window held them all
/// it would be 2.7%. A document of the window takes 10 bytes in memory and in checkpoints (13.3 in
/// JSON, which writes base64), and 8 to 16 more of an index that is built again on resuming: 2.5 MiB
/// in a checkpoint (3.3 as JSON) for the default window.
public struct ExactDuplicateFilter: Codable, Sendable, Equatable {
  /// How many documents are remembered.
  public var window: Int

  /// Makes a filter; 2¹⁸ documents are a few shards of a published corpus.
  public init(window: Int = 1 << 18) {
    self.window = window
  }

  func validate() throws(CorpusError) {
    try validateWindow(window, name: "exactDuplicates.window")
  }
}

/// Slots are 32 bits, and a power of two above twice their number must exist.
func validateWindow(_ window: Int, name: String) throws(CorpusError) {
  guard (1...1 << 30).contains(window) else {
    throw .invalidSetting(name: name, value: window, expected: "1 to \(1 << 30)")
  }
}

extension ExactDuplicateFilter: CustomStringConvertible {
  /// The window, for messages.
  public var description: String { "no exact duplicates within \(window) documents" }
}

/// The hashes of the last so many documents, and an index of them.
struct ExactDuplicateWindow: Sendable {
  /// What is saved: eight bytes of hash and two of source a document, little endian.
  private(set) var ring: RecordRing
  private var table = SlotTable()

  static let recordWidth = 10

  init(_ filter: ExactDuplicateFilter) {
    self.init(RecordRing(width: Self.recordWidth, capacity: filter.window))
  }

  /// Builds the index of a saved ring.
  init(_ ring: RecordRing) {
    self.ring = ring
    for slot in ring.slots {
      table.insert(slot, hash: Self.hash(ring, slot)) { Self.hash(ring, $0) }
    }
  }

  /// Whether a document of this hash is in the window.
  func contains(_ hash: UInt64) -> Bool {
    table.slot(hash: hash) { Self.hash(ring, $0) == hash } != nil
  }

  /// Adds a hash that is not in the window; the oldest gives way.
  mutating func remember(_ hash: UInt64, from source: UInt16) {
    if ring.isFull {
      let oldest = ring.nextSlot
      table.remove(oldest, hash: Self.hash(ring, oldest)) { [ring] in Self.hash(ring, $0) }
    }
    var record = (hash.littleEndian, source.littleEndian)
    let slot = withUnsafeBytes(of: &record) {
      ring.append(UnsafeRawBufferPointer(rebasing: $0[..<Self.recordWidth]))
    }
    table.insert(slot, hash: hash) { [ring] in Self.hash(ring, $0) }
  }

  /// Takes out all documents of a source.
  mutating func forget(_ source: UInt16) {
    self = Self(ring.filter { sourceTag(ofRecord: $0) != source })
  }

  private static func hash(_ ring: RecordRing, _ slot: Int) -> UInt64 {
    ring.withRecord(slot) { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
  }
}

/// The source of a document of a window: the last two bytes of each record.
func sourceTag(ofRecord record: UnsafeRawBufferPointer) -> UInt16 {
  UInt16(littleEndian: record.loadUnaligned(fromByteOffset: record.count - 2, as: UInt16.self))
}
