import ArgumentParser
import Layers
import Training

extension Precision: ExpressibleByArgument {}

extension Recomputation: ExpressibleByArgument {}

extension TrainingStorage: ExpressibleByArgument {}
