import Corpora
import Foundation
import Testing

struct RecordRingTests {
  func ring(width: Int, capacity: Int, appending count: Int) -> RecordRing {
    var ring = RecordRing(width: width, capacity: capacity)
    for value in 0..<count { append(value, to: &ring) }
    return ring
  }

  func append(_ value: Int, to ring: inout RecordRing) {
    let record = (0..<ring.width).map { UInt8(truncatingIfNeeded: value &* 31 &+ $0) }
    record.withUnsafeBytes { _ = ring.append($0) }
  }

  func records(_ ring: RecordRing) -> [[UInt8]] {
    ring.slots.map { ring.withRecord($0) { Array($0) } }
  }

  @Test(arguments: [1, 2, 5, 4_095, 4_096, 4_097, 10_000], [1, 10, 40_000])
  func keepsTheLast(capacity: Int, width: Int) {
    guard capacity * width < 10_000_000 else { return }
    for count in [0, 1, capacity - 1, capacity, capacity + 1, 2 * capacity + 3] {
      let ring = ring(width: width, capacity: capacity, appending: count)
      let kept = max(0, count - capacity)..<count
      #expect(ring.count == kept.count && ring.isFull == (count >= capacity))
      #expect(
        records(ring)
          == kept.map { value in (0..<width).map { UInt8(truncatingIfNeeded: value &* 31 &+ $0) } })
      #expect(ring.slots.map { ring.age(of: $0) } == Array((0..<kept.count).reversed()))
    }
  }

  @Test func copiesAreIndependent() {
    var ring = ring(width: 3, capacity: 4, appending: 6)
    let copy = ring
    let before = records(copy)
    append(100, to: &ring)
    #expect(records(copy) == before && ring != copy)
  }

  /// The saved form, and equality, know the order of records and not their places.
  @Test func savedFormsAreCanonical() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for count in [0, 3, 7, 8, 20] {
      var ring = ring(width: 5, capacity: 7, appending: count)
      let data = try JSONEncoder().encode(ring)
      var restored = try JSONDecoder().decode(RecordRing.self, from: data)
      #expect(restored == ring && records(restored) == records(ring))
      append(99, to: &ring)
      append(99, to: &restored)
      #expect(restored == ring)
      #expect(try encoder.encode(restored) == encoder.encode(ring))
    }
  }

  @Test func filtersInOrder() {
    let ring = ring(width: 1, capacity: 10, appending: 14)
    let odd = ring.filter { $0[0] % 2 == 1 }
    #expect(records(odd) == records(ring).filter { $0[0] % 2 == 1 } && odd.capacity == 10)
  }

  @Test(arguments: [
    #"{"width":0,"capacity":4,"records":""}"#, #"{"width":2,"capacity":0,"records":""}"#,
    #"{"width":2,"capacity":4,"records":"AAAA"}"#, #"{"width":1,"capacity":2,"records":"AAAA"}"#,
    #"{"width":-3,"capacity":2,"records":"AAAA"}"#, #"{"width":3,"capacity":2,"records":"?"}"#,
  ])
  func damagedFormsAreRefused(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RecordRing.self, from: Data(json.utf8))
    }
  }
}
