import Generation
import Testing

@Suite struct SamplingOptionsTests {
  @Test func nothingIsChangedIfNothingIsSaid() {
    let options = SamplingOptions()
    #expect(options.temperature == 0 && options.topK == 0 && options.topP == 1)
    #expect(options.minP == 0 && options.repetitionPenalty == 1)
  }
}
