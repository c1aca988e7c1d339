import ArgumentParser
import Layers

extension Precision: ExpressibleByArgument {}

extension Recomputation: ExpressibleByArgument {
  /// `none`, `all`, or a number of layers.
  public init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "all": self = .allLayers
    default:
      guard let count = Int(argument), count >= 0 else { return nil }
      self = count == 0 ? .none : .layers(count)
    }
  }

  public var defaultValueDescription: String {
    switch self {
    case .none: "none"
    case .layers(let count): "\(count)"
    case .allLayers: "all"
    }
  }
}
