import ArgumentParser
import Interchange
import Kernels

extension WeightFormat: ExpressibleByArgument {}
extension ModelFormat: ExpressibleByArgument {}
