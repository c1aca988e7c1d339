import Files
import GGUF
import Testing

@Suite struct GGUFErrorTests {
  @Test func aFileErrorIsToldAsItIs() {
    let error = FileError(path: "a.gguf", operation: "opening", code: 2)
    #expect(GGUFError.file(error).description == error.description)
  }
}
