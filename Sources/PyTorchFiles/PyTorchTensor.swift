/// A tensor of a PyTorch file: a view of a storage, whose bytes stay in the file.
public struct PyTorchTensor: Sendable, Hashable {
  public let elementType: PyTorchElementType
  public let shape: [Int]
  /// The distance between neighbours along each dimension, in elements.
  public let strides: [Int]
  /// The first element's place in the storage, in elements.
  public let offset: Int
  /// The storage's name, a number in most files; tensors may share one.
  public let storage: String
  /// Where the storage lies in the file.
  let storageRange: Range<Int>

  /// The number of elements; it fits, since the storage was checked to hold them.
  public let elementCount: Int

  /// Whether the elements lie in the order of the shape, without gaps.
  public let isContiguous: Bool

  /// The place of the elements of a contiguous tensor in the file.
  var byteRange: Range<Int> {
    let start = storageRange.lowerBound + offset * elementType.byteCount
    return start..<start + elementCount * elementType.byteCount
  }

  /// Whether elements share places, as those of `expand` do: the tensor has more than its storage.
  public var isExpanded: Bool { elementCount > storageRange.count / elementType.byteCount }

  /// More dimensions than PyTorch allows are not looked at.
  private static let largestRank = 64

  /// Checks a view against its storage; returns nil with `fault` set where it does not fit.
  init?(
    _ elementType: PyTorchElementType, shape: [Int], strides: [Int], offset: Int, storage: String,
    storageRange: Range<Int>, fault: inout (expected: String, found: String)
  ) {
    guard shape.count == strides.count, shape.count <= Self.largestRank else {
      fault = (
        "a stride for each of at most \(Self.largestRank) dimensions",
        "\(shape.count) dimensions and \(strides.count) strides"
      )
      return nil
    }
    if let size = shape.first(where: { $0 < 0 }) {
      fault = ("a shape of 0 or more", "\(size)")
      return nil
    }
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
      fault = ("an offset and strides of 0 or more", "offset \(offset), strides \(strides)")
      return nil
    }
    let available = storageRange.count / elementType.byteCount
    guard let (count, end) = Self.extent(shape, strides, offset), end <= available else {
      fault = (
        "a shape within the \(available) elements of its storage",
        "\(shape) with strides \(strides) from element \(offset) on"
      )
      return nil
    }
    self.elementType = elementType
    self.shape = shape
    self.strides = strides
    self.offset = count == 0 ? 0 : offset
    self.storage = storage
    self.storageRange = storageRange
    elementCount = count
    isContiguous = count == 0 || Self.isContiguous(shape, strides)
  }

  /// The number of elements and the end of what they reach, or nil if an `Int` does not hold them.
  private static func extent(
    _ shape: [Int], _ strides: [Int], _ offset: Int
  ) -> (count: Int, end: Int)? {
    if shape.contains(0) { return (0, 0) }
    var (count, last) = (1, offset)
    for (size, stride) in zip(shape, strides) {
      let (next, overflow) = count.multipliedReportingOverflow(by: size)
      let (reach, tooFar) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, beyond) = last.addingReportingOverflow(reach)
      guard !overflow, !tooFar, !beyond else { return nil }
      (count, last) = (next, sum)
    }
    guard last < .max, count <= .max / 16 else { return nil }
    return (count, last + 1)
  }

  private static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }
}
