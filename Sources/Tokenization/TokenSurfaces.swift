/// What each token stands for in text.
struct TokenSurfaces: Sendable {
  private let bytes: [UInt8]
  private let offsets: [Int32]
  /// Tokens whose text depends on standing first, and that text.
  private let firstSurfaces: [Int32: [UInt8]]
  private let strippedAtStart: [UInt8]?

  var count: Int { offsets.count - 1 }

  init(
    _ surfaces: [[UInt8]], firstSurfaces: [Int32: [UInt8]] = [:], strippedAtStart: [UInt8]? = nil
  ) {
    bytes = surfaces.flatMap { $0 }
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(surfaces.count + 1)
    var offset: Int32 = 0
    for surface in surfaces {
      offset += Int32(surface.count)
      offsets.append(offset)
    }
    self.offsets = offsets
    self.firstSurfaces = firstSurfaces
    self.strippedAtStart = strippedAtStart
  }

  func append(_ token: Int32, to text: inout [UInt8], isAtStart: inout Bool) {
    guard token >= 0, Int(token) < count else { return }
    var surface = bytes[Int(offsets[Int(token)])..<Int(offsets[Int(token) + 1])]
    guard !surface.isEmpty else { return }
    if isAtStart {
      if let strippedAtStart, surface.starts(with: strippedAtStart) {
        surface = surface.dropFirst(strippedAtStart.count)
      }
      if let first = firstSurfaces[token] { surface = first[...] }
      isAtStart = false
    }
    text += surface
  }
}
