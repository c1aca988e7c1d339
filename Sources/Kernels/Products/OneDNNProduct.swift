/// One product of given sizes, made once and run on many addresses.
final class OneDNNProduct {
  /// All that a product's code depends on.
  struct Key: Hashable {
    var size: ProductSize
    var aStride: Int
    var aIsTransposed: Bool
    var bStride: Int
    var bIsTransposed: Bool
    var cStride: Int
    var cType: ElementType
    var accumulating: Bool
  }

  private let primitive: OpaquePointer
  private let memories: [OpaquePointer]
  /// What it needs to run; the worker's, since products run one after another.
  let scratchByteCount: Int
  private let functions: OneDNNFunctions

  init?(_ key: Key, _ library: OneDNN) {
    let functions = library.functions
    let size = key.size
    func matrix(
      _ rows: Int, _ columns: Int, _ stride: Int, _ isTransposed: Bool, _ type: ElementType
    ) -> OneDNNLayout.Matrix? {
      functions.layout.matrix(
        rows: rows, columns: columns, rowStride: isTransposed ? 1 : stride,
        columnStride: isTransposed ? stride : 1,
        type: type == .bfloat16 ? OneDNNFunctions.bfloat16 : OneDNNFunctions.float32)
    }
    guard let a = matrix(size.rows, size.inner, key.aStride, key.aIsTransposed, .bfloat16),
      let b = matrix(size.inner, size.columns, key.bStride, key.bIsTransposed, .bfloat16),
      let c = matrix(size.rows, size.columns, key.cStride, false, key.cType),
      let made = functions.product(a, b, c, accumulating: key.accumulating, library.engine)
    else { return nil }
    defer { _ = functions.destroyDescription(made.description) }
    var memories: [OpaquePointer] = []
    for description in [a, b, c].map({ UnsafeRawPointer($0.pointer) }) + [made.scratch] {
      guard
        let memory = functions.made({
          functions.createMemory($0, description, library.engine, nil)
        })
      else { break }
      memories.append(memory)
    }
    self.functions = functions
    scratchByteCount = made.scratchByteCount
    self.memories = memories
    primitive = made.primitive
    guard memories.count == OneDNNFunctions.productRoles.count else { return nil }
  }

  deinit {
    for memory in memories { _ = functions.destroyMemory(memory) }
    _ = functions.destroyPrimitive(primitive)
  }

  func execute(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer, on stream: OpaquePointer
  ) -> Bool {
    guard functions.setAddress(memories[0], UnsafeMutableRawPointer(mutating: a)) == 0,
      functions.setAddress(memories[1], UnsafeMutableRawPointer(mutating: b)) == 0,
      functions.setAddress(memories[2], c) == 0,
      functions.setAddress(memories[3], scratch) == 0
    else { return false }
    let roles = OneDNNFunctions.productRoles
    return withUnsafeTemporaryAllocation(of: OneDNNFunctions.Argument.self, capacity: roles.count) {
      arguments in
      for index in roles.indices {
        arguments[index] = OneDNNFunctions.Argument(role: roles[index], memory: memories[index])
      }
      return functions.execute(primitive, stream, Int32(roles.count), arguments.baseAddress) == 0
        && functions.wait(stream) == 0
    }
  }
}
