import Foundation
import Layers
import Synchronization
import Testing

import Experiments

@Suite struct ProductBenchmarkTests {
  /// An engine that multiplies nothing and notes what it is asked for.
  private final class Notes: Sendable {
    let asked = Mutex<[ProductShape]>([])

    var engine: ProductEngine {
      ProductEngine(name: "notes", kernels: "none", precision: .bfloat16) { _ in
        { shape in
          self.asked.withLock { $0.append(shape) }
          Thread.sleep(forTimeInterval: 0.01)
        }
      }
    }
  }

  @Test func everySampleIsTimedAndTheTotalIsTheirSum() throws {
    let notes = Notes()
    let benchmark = try ProductBenchmark(tinyRecipe(corpus: []))
    let rates = benchmark.run(notes.engine)
    let samples = benchmark.shapes.samples
    let asked = notes.asked.withLock { $0 }
    #expect(Set(asked) == Set(samples.map(\.shape)))
    // The best of at least three.
    #expect(asked.count >= 3 * samples.count)
    #expect(rates.products.count == samples.count)
    #expect(rates.engine == "notes")
    #expect(rates.precision == .bfloat16)
    let operations = rates.gflops * 1e9 * rates.secondsOfStep
    #expect(abs(operations / benchmark.shapes.floatingPointOperations - 1) < 1e-9)
    #expect(rates.secondsOfStep == rates.products.reduce(0) { $0 + $1.secondsOfStep })
  }

  @Test func openBLASMultipliesEveryShape() throws {
    let rates = try ProductBenchmark(tinyRecipe(corpus: [])).run(.openBLAS)
    #expect(rates.gflops > 0 && rates.gflops.isFinite)
    #expect(rates.products.allSatisfy { $0.seconds > 0 })
  }

  @Test func everyEngineIsFoundByItsPrecision() throws {
    for engine in ProductEngine.all {
      #expect(try ProductEngine.inUse(for: engine.precision).precision == engine.precision)
    }
    let multiplied = Set(ProductEngine.all.map(\.precision))
    for precision in Precision.allCases where !multiplied.contains(precision) {
      #expect(throws: BenchmarkError.noEngine(precision)) {
        try ProductEngine.inUse(for: precision)
      }
    }
  }
}
