/// The lengths of a tensor's dimensions, outermost first.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The length of each dimension.
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "shape \(dimensions) has a negative length")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The number of elements.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// The length of the innermost dimension, 1 for a scalar.
  public var width: Int { dimensions.last ?? 1 }

  /// The number of innermost rows.
  public var rows: Int { dimensions.dropLast().reduce(1, *) }

  public subscript(_ index: Int) -> Int { dimensions[index] }

  /// The same shape with another innermost length.
  public func withWidth(_ width: Int) -> Shape { Shape(dimensions.dropLast() + [width]) }

  public var description: String { "[\(dimensions.map(String.init).joined(separator: ", "))]" }
}
