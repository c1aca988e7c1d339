import Foundation
import PyTorchFiles
import TestSupport
import Testing

@Suite struct PyTorchFileTests {
  private static let folder = "data/formats/pytorch_pickle"

  private static func floats(_ file: PyTorchFile, _ tensor: PyTorchTensor) throws -> [Float] {
    try file.withBytes(of: tensor) { bytes in
      (0..<tensor.elementCount).map {
        bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      }
    }
  }

  @Test(.enabled(if: SharedData.has(folder), "no published samples beside the checkout"))
  func publishedFilesAreRead() throws {
    let plain = try PyTorchFile(path: SharedData.path("\(Self.folder)/test.pt"))
    let tensors = plain.tensors
    #expect(tensors.count == 1)
    #expect(tensors[0].tensor.isContiguous)
    try plain.verify()
    let keyed = try PyTorchFile(path: SharedData.path("\(Self.folder)/test_with_key.pt"))
    #expect(keyed.tensors.map(\.name) == ["model_state_dict.test"])
    let fortran = try PyTorchFile(path: SharedData.path("\(Self.folder)/fortran_tensor_3d.pth"))
    let tensor = try #require(fortran.tensors.first?.tensor)
    #expect(!tensor.isContiguous)
    // Gathered in the order of the shape, the sum and the set of elements stay.
    let gathered = try fortran.withBytes(of: tensor) { Array($0) }
    #expect(gathered.count == tensor.elementCount * tensor.elementType.byteCount)
    #expect(gathered.reduce(0) { $0 + Int($1) } > 0)
  }

  /// A transposed view, a view of a part, and one whose elements share places.
  @Test func viewsAreGathered() throws {
    let storage = (0..<6).flatMap { little(Float($0).bitPattern) }
    let views =
      [0x5D, 0x28] + Pickle.tensor(count: 6, shape: [3, 2], strides: [1, 3])
      + Pickle.tensor(count: 6, offset: 1, shape: [2, 2], strides: [3, 1])
      + Pickle.tensor(count: 6, offset: 2, shape: [1, 3], strides: [99, 1])
      + Pickle.tensor(count: 6, shape: [2, 6], strides: [0, 1]) + [0x65]
    let folder = try TemporaryFolder()
    let archive = HandmadeArchive(pickle: Pickle.whole(views), storages: [storage])
    let file = try PyTorchFile(path: folder.write(archive.bytes, to: "views.pt"))
    let tensors = file.tensors.map(\.tensor)
    #expect(try Self.floats(file, tensors[0]) == [0, 3, 1, 4, 2, 5])
    #expect(try Self.floats(file, tensors[1]) == [1, 2, 4, 5])
    #expect(tensors[2].isContiguous)
    #expect(try Self.floats(file, tensors[2]) == [2, 3, 4])
    #expect(throws: PyTorchFileError.self) { try Self.floats(file, tensors[3]) }
  }
}
