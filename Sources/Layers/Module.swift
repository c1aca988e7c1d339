import Tensors

/// A part of a model: a struct of tensors and of other parts.
///
/// One method, without reflection, serves counting, optimising, saving, loading and averaging.
public protocol Module {
  /// Hands every parameter to `visitor`, once each, in a fixed order.
  ///
  /// A tensor that two parts share is visited by one of them only.
  mutating func visitParameters<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure)
}

/// Something done to every parameter of a model.
public protocol ParameterVisitor {
  associatedtype Failure: Error
  /// The names on the way to the parameter at hand.
  var path: ParameterPath { get set }
  /// Called once for each parameter, with `path` naming it; may replace the tensor.
  mutating func visitParameter(_ tensor: inout Tensor) throws(Failure)
}

/// The names on the way from a model to a parameter, which joined are its checkpoint key.
public struct ParameterPath: Sendable, CustomStringConvertible {
  private var names: [String] = []

  public init() {}

  /// The names joined by dots, such as `layers.3.attn.qkv_proj.weight`.
  public var description: String { names.joined(separator: ".") }

  fileprivate mutating func enter(_ name: String) { names.append(name) }
  fileprivate mutating func leave() { names.removeLast() }
}

extension ParameterVisitor {
  /// Visits a parameter under `name`.
  public mutating func visit(_ name: String, _ tensor: inout Tensor) throws(Failure) {
    path.enter(name)
    try visitParameter(&tensor)
    path.leave()
  }

  /// Visits a part under `name`.
  public mutating func visit<M: Module>(_ name: String, _ module: inout M) throws(Failure) {
    path.enter(name)
    try module.visitParameters(&self)
    path.leave()
  }

  /// Visits a part under `name` if there is one.
  public mutating func visit<M: Module>(_ name: String, _ module: inout M?) throws(Failure) {
    guard var present = module else { return }
    // Let go first, so that the visitor is the tensors' only owner and may write in place.
    module = nil
    defer { module = present }
    try visit(name, &present)
  }

  /// Visits parts under `name.0`, `name.1` and so on.
  public mutating func visit<M: Module>(_ name: String, _ modules: inout [M]) throws(Failure) {
    path.enter(name)
    for index in modules.indices { try visit(String(index), &modules[index]) }
    path.leave()
  }
}
