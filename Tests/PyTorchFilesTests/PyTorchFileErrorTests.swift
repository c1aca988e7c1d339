import Files
import PyTorchFiles
import Testing

@Suite struct PyTorchFileErrorTests {
  @Test func aFileErrorIsToldAsItIs() {
    let error = FileError(path: "a.pt", operation: "opening", code: 2)
    #expect(PyTorchFileError.file(error).description == error.description)
  }
}
