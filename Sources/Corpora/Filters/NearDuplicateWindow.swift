/// The signatures of the last so many documents, and an index of their bands.
///
/// For each band a table leads from its bytes to the newest document that has them, and each
/// document to the next older one. Both follow from the ring's records and their order alone, so
/// that a window that was saved and restored decides as one that was not.
struct NearDuplicateWindow: Sendable {
  /// What is saved: a byte a hash, and two of source.
  private(set) var ring: RecordRing
  private let bands: Int
  private let rows: Int
  private let agreeing: Int
  private var tables: [SlotTable]
  /// For each slot and band the next older document's slot and one, or 0.
  private var older: [UInt32] = []

  /// Documents that are looked at in a band, the newest first.
  ///
  /// Documents that share a band and are not alike are rare, but a corpus of forms filled in
  /// differently could be made of them, and must not make the time grow with the window.
  private static let candidates = 32

  static func recordWidth(_ filter: NearDuplicateFilter) -> Int { filter.hashCount + 2 }

  init(_ filter: NearDuplicateFilter) {
    self.init(
      filter, ring: RecordRing(width: Self.recordWidth(filter), capacity: filter.window))
  }

  /// Builds the index of a saved ring.
  init(_ filter: NearDuplicateFilter, ring: RecordRing) {
    self.ring = ring
    (bands, rows) = (filter.bands, filter.rows)
    agreeing = filter.agreeingAtThreshold
    tables = Array(repeating: SlotTable(), count: bands)
    for slot in ring.slots { index(slot) }
  }

  /// Whether a document of the window is as alike as the threshold says.
  func contains(_ signature: [UInt8]) -> Bool {
    signature.withUnsafeBytes { signature in
      for band in 0..<bands {
        var next = newest(band: band, of: signature)
        var examined = 0
        while let slot = next, examined < Self.candidates {
          if ring.withRecord(slot, { agreements(signature, $0) >= agreeing }) { return true }
          examined += 1
          next = olderSlot(than: slot, band: band)
        }
      }
      return false
    }
  }

  /// Adds a signature; the oldest gives way.
  mutating func remember(_ signature: [UInt8], from source: UInt16) {
    if ring.isFull { drop(ring.nextSlot) }
    var record = signature
    record.append(UInt8(truncatingIfNeeded: source))
    record.append(UInt8(source >> 8))
    let slot = record.withUnsafeBytes { ring.append($0) }
    index(slot)
  }

  /// Takes out all documents of a source.
  mutating func forget(_ source: UInt16, _ filter: NearDuplicateFilter) {
    self = Self(filter, ring: ring.filter { sourceTag(ofRecord: $0) != source })
  }

  private mutating func index(_ slot: Int) {
    let needed = (slot + 1) * bands
    if older.count < needed {
      older.append(contentsOf: repeatElement(0, count: needed - older.count))
    }
    for band in 0..<bands {
      let hash = hash(ofBand: band, at: slot)
      let previous = ring.withRecord(slot) { newest(band: band, of: $0) }
      older[slot * bands + band] = previous.map { UInt32($0 + 1) } ?? 0
      if let previous {
        tables[band].replace(previous, with: slot, hash: hash)
      } else {
        tables[band].insert(slot, hash: hash) { [ring, rows] in
          Self.hash(ofBand: band, rows: rows, at: $0, in: ring)
        }
      }
    }
  }

  /// Takes the oldest document out of the tables that lead to it; those that lead to it by way of
  /// newer ones end where a link does not lead to an older one.
  private mutating func drop(_ oldest: Int) {
    for band in 0..<bands {
      tables[band].remove(oldest, hash: hash(ofBand: band, at: oldest)) { [ring, rows] in
        Self.hash(ofBand: band, rows: rows, at: $0, in: ring)
      }
    }
  }

  private func olderSlot(than slot: Int, band: Int) -> Int? {
    let link = older[slot * bands + band]
    guard link != 0 else { return nil }
    let previous = Int(link) - 1
    return ring.age(of: previous) > ring.age(of: slot) ? previous : nil
  }

  /// The newest document with the same band.
  private func newest(band: Int, of signature: UnsafeRawBufferPointer) -> Int? {
    let wanted = UnsafeRawBufferPointer(rebasing: signature[band * rows..<(band + 1) * rows])
    return tables[band].slot(hash: contentHash(wanted)) { slot in
      ring.withRecord(slot) { record in
        (0..<rows).allSatisfy { record[band * rows + $0] == wanted[$0] }
      }
    }
  }

  private func hash(ofBand band: Int, at slot: Int) -> UInt64 {
    Self.hash(ofBand: band, rows: rows, at: slot, in: ring)
  }

  private static func hash(
    ofBand band: Int, rows: Int, at slot: Int, in ring: RecordRing
  ) -> UInt64 {
    ring.withRecord(slot) {
      contentHash(UnsafeRawBufferPointer(rebasing: $0[band * rows..<(band + 1) * rows]))
    }
  }
}

/// In how many values a signature and a record agree.
private func agreements(
  _ signature: UnsafeRawBufferPointer, _ record: UnsafeRawBufferPointer
) -> Int {
  var count = 0
  for index in 0..<signature.count where signature[index] == record[index] { count += 1 }
  return count
}
