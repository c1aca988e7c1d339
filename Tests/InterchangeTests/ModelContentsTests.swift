import Interchange
import Testing

@Suite struct ModelContentsTests {
  @Test func formatsHaveTheNamesOfTheCommandLine() {
    #expect(
      ModelFormat.allCases.map(\.rawValue) == ["huggingface", "mlx", "gguf", "corenet", "samara"])
  }
}
