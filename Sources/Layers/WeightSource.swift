import Kernels

/// Weights by their parameter names, wherever and in whatever formats they lie.
///
/// Names are those of ``Module``'s parameters, which are CoreNet's: a source whose file has others
/// translates them.
public protocol WeightSource: Sendable {
  /// What messages call it: a path.
  var path: String { get }
  /// Every weight's name, in the order of the file.
  var weightNames: [String] { get }

  /// The shape of a weight, first dimension first; nil if there is none of this name.
  func shape(of name: String) -> [Int]?

  /// The format that most of a weight's numbers lie in; nil if there is none of this name.
  func format(of name: String) -> WeightFormat?

  /// Calls `body` with the numbers of a weight in the order of its shape, part after part; the
  /// parts end where rows end and are valid until it returns.
  ///
  /// Nothing is copied that lies in a file as `body` can take it.
  ///
  /// - Throws: ``WeightError`` where there is none of this name, what reading it throws, and what
  ///   `body` throws.
  func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result
}

extension WeightSource {
  /// Reads one weight as float32.
  ///
  /// - Throws: ``WeightError`` where there is none of this name or its shape is not `shape`.
  public func buffer(of name: String, shape expected: [Int]) throws -> Buffer {
    try check(name, shape: expected)
    let count = expected.reduce(1, *)
    return try withWeight(name) { parts in
      let buffer = Buffer(uninitializedCount: count)
      var offset = 0
      for part in parts {
        WeightCodec.decode(part, into: buffer, at: offset)
        offset += part.elementCount
      }
      precondition(offset == count, "\(name): parts of \(offset) numbers, expected \(count)")
      return buffer
    }
  }

  /// Holds that there is a weight of this name and shape.
  public func check(_ name: String, shape expected: [Int]) throws(WeightError) {
    guard let found = shape(of: name) else {
      throw .missing(path: path, weight: name, nearby: Array(weightNames.prefix(5)))
    }
    guard found == expected else {
      throw .wrongShape(path: path, weight: name, expected: expected, found: found)
    }
  }
}

/// What can be wrong with a model's weights.
public enum WeightError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no weight of this name.
  case missing(path: String, weight: String, nearby: [String])
  /// A weight's shape contradicts the configuration.
  case wrongShape(path: String, weight: String, expected: [Int], found: [Int])
  /// The model has no weight of this name.
  case unexpected(path: String, weight: String, shape: [Int])

  public var description: String {
    switch self {
    case .missing(let path, let weight, let nearby):
      let names = nearby.map { "\"\($0)\"" }.joined(separator: ", ")
      return "\(path): expected a tensor \"\(weight)\", found none of that name; there are "
        + "\(nearby.isEmpty ? "no tensors" : names). Check that the file is of the same model."
    case .wrongShape(let path, let weight, let expected, let found):
      return "\(path): tensor \"\(weight)\": the configuration makes its shape \(expected), found "
        + "\(found). Use the configuration that these weights were made with."
    case .unexpected(let path, let weight, let shape):
      return "\(path): expected no tensor \"\(weight)\" in this model, found one of shape \(shape)"
        + ". Use the configuration that these weights were made with."
    }
  }
}
