/// Reads a pickle of tensors and plain containers.
package enum PickleReader {
  /// The value of a pickle, whose storages have places that `findStorage` knows.
  static func value(
    of pickle: UnsafeRawBufferPointer, path: String,
    findStorage: @escaping (String) throws(PyTorchFileError) -> Range<Int>?
  ) throws(PyTorchFileError) -> PickleValue {
    var machine = try PickleMachine(pickle, path: path, findStorage: findStorage)
    let root = try machine.run()
    var graph = PickleGraph(machine)
    return try graph.value(of: root)
  }

  /// The value of a pickle without a file around it, with storages of so many bytes.
  package static func value(
    of pickle: [UInt8], path: String, storageByteCounts: [String: Int] = [:]
  ) throws(PyTorchFileError) -> PickleValue {
    try pickle.withUnsafeBufferPointer { (bytes) throws(PyTorchFileError) in
      try value(of: UnsafeRawBufferPointer(bytes), path: path) { (name) throws(PyTorchFileError) in
        storageByteCounts[name].map { 0..<$0 }
      }
    }
  }
}
