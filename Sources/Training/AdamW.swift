import Foundation
import Kernels
import Layers
import Tensors

/// AdamW (arXiv:1711.05101) with decay on matrices only.
public struct AdamW: Sendable, Hashable, Encodable {
  /// The decay rate of the first moment.
  public var beta1: Double
  /// The decay rate of the second moment.
  public var beta2: Double
  /// What is added to the root of the second moment.
  public var epsilon: Double
  /// The decoupled decay of parameters of two or more dimensions, times the learning rate.
  public var weightDecay: Double
  /// The global gradient norm above which gradients are scaled down to it.
  public var maximumGradientNorm: Double

  /// The defaults are those of OpenELM's published recipes (arXiv:2404.14619, table 9).
  public init(
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0.1,
    maximumGradientNorm: Double = 1.0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.maximumGradientNorm = maximumGradientNorm
  }

  /// What it remembers between steps.
  public struct State: Sendable {
    /// Updates made so far, which the bias corrections depend on.
    public var updateCount: Int
    /// Running means of gradients, in visiting order.
    public var firstMoments: [Moment]
    /// Running means of squared gradients, likewise.
    public var secondMoments: [Moment]

    /// The state before the first update.
    public init(for model: some Module, storage: TrainingStorage = .full) {
      updateCount = 0
      firstMoments = model.parameters.map { Moment(for: $0, storage: storage) }
      secondMoments = model.parameters.map { Moment(for: $0, storage: storage) }
    }
  }

  /// √Σ g² over all gradients; not finite where one of them is not.
  public static func globalNorm(of gradients: [Tensor?]) -> Double {
    gradients.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
  }

  /// What gradients of this norm are multiplied by (as `torch.nn.utils.clip_grad_norm_`).
  func clippingFactor(gradientNorm: Double) -> Double {
    min(1, maximumGradientNorm / (gradientNorm + 1e-6))
  }

  /// Updates a model in place from gradients in visiting order.
  ///
  /// A parameter without a gradient keeps its value.
  public func update(
    _ model: inout some Module, gradients: [Tensor?], gradientNorm: Double, learningRate: Double,
    _ state: inout State
  ) {
    state.updateCount += 1
    let t = Double(state.updateCount)
    var coefficients = AdamWKernel.Coefficients(
      learningRate: Float(learningRate), beta1: Float(beta1), beta2: Float(beta2),
      epsilon: Float(epsilon), weightDecay: 0,
      gradientScale: Float(clippingFactor(gradientNorm: gradientNorm)),
      biasCorrection1: Float(1 - pow(beta1, t)), biasCorrection2: Float(1 - pow(beta2, t)))
    model.updateParameters { _, index, parameter in
      guard let gradient = gradients[index] else { return }
      coefficients.weightDecay = parameter.shape.rank >= 2 ? Float(weightDecay) : 0
      if let first = state.firstMoments[index].mutableCodes(),
        let second = state.secondMoments[index].mutableCodes()
      {
        CompactAdamWKernel.update(
          parameter.mutableBuffer(), gradient: gradient.buffer, firstMoment: first,
          secondMoment: second, coefficients,
          .init(parameter: index, updateCount: state.updateCount))
      } else {
        AdamWKernel.update(
          parameter.mutableBuffer(), gradient: gradient.buffer,
          firstMoment: state.firstMoments[index].mutableMeans(),
          secondMoment: state.secondMoments[index].mutableMeans(), coefficients)
      }
    }
  }
}
