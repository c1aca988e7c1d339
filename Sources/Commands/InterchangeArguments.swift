import ArgumentParser
import Experiments
import Interchange
import Kernels

extension ModelFormat: ExpressibleByArgument {}

/// A format on the command line: those that numbers can be written in.
extension WeightFormat: ExpressibleByArgument {
  public init?(argument: String) {
    guard let format = Self.writable.first(where: { $0.rawValue == argument }) else { return nil }
    self = format
  }

  public static var allValueStrings: [String] { writable.map(\.rawValue) }
}

/// A format that text is written in: f16 is none of them.
struct WritingType: ExpressibleByArgument {
  let format: WeightFormat

  init?(argument: String) {
    guard let format = WritingModel.types.first(where: { $0.rawValue == argument }) else {
      return nil
    }
    self.format = format
  }

  static var allValueStrings: [String] { WritingModel.types.map(\.rawValue) }
}
