import Foundation

/// What a metric says of one document.
public enum MetricValue: Sendable, Equatable {
  /// A figure, of which the mean is reported.
  case number(Double)
  /// A sum with the count that it is of: a text's log-likelihood with its words or bytes.
  case weighted(sum: Double, weight: Int)
  /// Several figures that count each for itself, such as the instructions of one prompt.
  case parts([Double])

  /// The figure by itself; a sum over its weight, the mean of parts.
  public var number: Double {
    switch self {
    case .number(let value): value
    case .weighted(let sum, let weight): sum / Double(weight)
    case .parts(let parts): parts.reduce(0, +) / Double(parts.count)
    }
  }
}

/// How the documents' values become a task's figure, by lm-evaluation-harness's formulas.
public enum MetricAggregation: String, Sendable {
  /// Σ x / n.
  case mean
  /// e to the −mean, of log-likelihoods.
  case perplexity
  /// e to the −Σ log-likelihood / Σ weight.
  case weightedPerplexity = "weighted_perplexity"
  /// −Σ log-likelihood / Σ bytes / ln 2.
  case bitsPerByte = "bits_per_byte"
  /// The mean over all parts of all documents.
  case meanOfParts = "agg_inst_level_acc"

  /// The figure of a task; NaN of no values.
  func value(of values: [MetricValue]) -> Double {
    switch self {
    case .mean: Statistics.mean(of: values.map(\.number))
    case .perplexity: exp(-Statistics.mean(of: values.map(\.number)))
    case .weightedPerplexity: exp(-Self.weightedMean(of: values))
    case .bitsPerByte: -Self.weightedMean(of: values) / log(2)
    case .meanOfParts:
      Statistics.mean(
        of: values.flatMap { value in
          if case .parts(let parts) = value { parts } else { [value.number] }
        })
    }
  }

  /// The figure's standard error; nil where the harness gives none, and of a single document.
  func standardError(of values: [MetricValue]) -> Double? {
    switch self {
    case .mean: Statistics.standardError(of: values.map(\.number))
    case .perplexity:
      values.count > 1
        ? Bootstrap.standardError(of: values.map(\.number)) { exp(-$0) } : nil
    case .weightedPerplexity, .bitsPerByte, .meanOfParts: nil
    }
  }

  private static func weightedMean(of values: [MetricValue]) -> Double {
    var (sum, weight) = (0.0, 0)
    for value in values {
      switch value {
      case .weighted(let ownSum, let ownWeight):
        sum += ownSum
        weight += ownWeight
      case .number, .parts:
        sum += value.number
        weight += 1
      }
    }
    return sum / Double(weight)
  }
}

/// Sums and spreads as lm-evaluation-harness computes them, in its order.
package enum Statistics {
  package static func mean(of values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// √(Σ (x − mean)² / (n − 1)), or nil for fewer than two values.
  package static func deviation(of values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let center = mean(of: values)
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The deviation over √n, or nil for fewer than two values.
  package static func standardError(of values: [Double]) -> Double? {
    deviation(of: values).map { $0 / Double(values.count).squareRoot() }
  }
}
