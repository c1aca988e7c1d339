import Foundation

/// The functions of oneDNN's C interface that a matrix product needs, common to versions 2 and 3.
///
/// Source: https://uxlfoundation.github.io/oneDNN, API reference and the guide from version 2 to 3.
struct OneDNNFunctions: @unchecked Sendable {
  typealias Status = Int32
  typealias Output = UnsafeMutablePointer<OpaquePointer?>
  typealias Release = @convention(c) (OpaquePointer) -> Status

  /// A function that the library lacks, or a version that is neither 2 nor 3.
  struct Missing: Error {}

  static let processor: Int32 = 1
  static let bfloat16: Int32 = 2
  static let float32: Int32 = 3
  /// Source, weights, destination, scratch.
  static let productRoles: [Int32] = [1, 33, 17, 80]
  private static let scratchpadQuery: Int32 = 136
  private static let userScratchpad: Int32 = 1

  /// One argument of a primitive, as the library lays it out.
  struct Argument {
    var role: Int32
    var memory: OpaquePointer?
  }

  /// Such as `2.6.3`.
  let version: String
  let createEngine: @convention(c) (Output, Int32, Int) -> Status
  let createStream: @convention(c) (Output, OpaquePointer, UInt32) -> Status
  let createMemory:
    @convention(c) (Output, UnsafeRawPointer, OpaquePointer, UnsafeMutableRawPointer?) -> Status
  let destroyMemory: Release
  let setAddress: @convention(c) (OpaquePointer, UnsafeMutableRawPointer?) -> Status
  let execute: @convention(c) (OpaquePointer, OpaquePointer, Int32, UnsafeRawPointer?) -> Status
  let wait: Release
  let destroyPrimitive: Release
  let destroyDescription: Release
  let layout: OneDNNLayout
  /// OpenMP's thread count for the calling thread, where the library was built with OpenMP.
  let setThreadCount: (@convention(c) (Int32) -> Void)?

  private let createAttributes: @convention(c) (Output) -> Status
  private let destroyAttributes: Release
  private let setScratchpad: @convention(c) (OpaquePointer, Int32) -> Status
  private let createPostOperations: @convention(c) (Output) -> Status
  private let destroyPostOperations: Release
  private let setPostOperations: @convention(c) (OpaquePointer, OpaquePointer) -> Status
  private let query: @convention(c) (OpaquePointer, Int32, Int32) -> UnsafeRawPointer?
  private let byteCount: @convention(c) (UnsafeRawPointer) -> Int
  private let createPrimitive: @convention(c) (Output, OpaquePointer) -> Status

  /// Finds the functions in an opened library.
  init(_ handle: UnsafeMutableRawPointer) throws(Missing) {
    func find<F>(_ name: String) throws(Missing) -> F {
      guard let address = dlsym(handle, name) else { throw Missing() }
      return unsafeBitCast(address, to: F.self)
    }
    let readVersion: @convention(c) () -> UnsafePointer<Int32>? = try find("dnnl_version")
    guard let numbers = readVersion() else { throw Missing() }
    version = "\(numbers[0]).\(numbers[1]).\(numbers[2])"
    layout =
      switch numbers[0] {
      case 2:
        .version2(
          describe: try find("dnnl_memory_desc_init_by_strides"),
          describeProduct: try find("dnnl_matmul_desc_init"),
          create: try find("dnnl_primitive_desc_create"),
          appendSum: try find("dnnl_post_ops_append_sum"))
      case 3:
        .version3(
          describe: try find("dnnl_memory_desc_create_with_strides"),
          release: try find("dnnl_memory_desc_destroy"),
          create: try find("dnnl_matmul_primitive_desc_create"),
          appendSum: try find("dnnl_post_ops_append_sum"))
      default: throw Missing()
      }
    createEngine = try find("dnnl_engine_create")
    createStream = try find("dnnl_stream_create")
    createMemory = try find("dnnl_memory_create")
    destroyMemory = try find("dnnl_memory_destroy")
    setAddress = try find("dnnl_memory_set_data_handle")
    execute = try find("dnnl_primitive_execute")
    wait = try find("dnnl_stream_wait")
    destroyPrimitive = try find("dnnl_primitive_destroy")
    destroyDescription = try find("dnnl_primitive_desc_destroy")
    createAttributes = try find("dnnl_primitive_attr_create")
    destroyAttributes = try find("dnnl_primitive_attr_destroy")
    setScratchpad = try find("dnnl_primitive_attr_set_scratchpad_mode")
    createPostOperations = try find("dnnl_post_ops_create")
    destroyPostOperations = try find("dnnl_post_ops_destroy")
    setPostOperations = try find("dnnl_primitive_attr_set_post_ops")
    query = try find("dnnl_primitive_desc_query_md")
    byteCount = try find("dnnl_memory_desc_get_size")
    createPrimitive = try find("dnnl_primitive_create")
    setThreadCount = try? find("omp_set_num_threads")
  }

  /// A product that is ready to run, and the scratch memory it asks for.
  struct Product {
    let description: OpaquePointer
    let primitive: OpaquePointer
    let scratch: UnsafeRawPointer
    let scratchByteCount: Int
  }

  /// Makes the code of a product; `nil` where the library has none for it.
  func product(
    _ a: OneDNNLayout.Matrix, _ b: OneDNNLayout.Matrix, _ c: OneDNNLayout.Matrix,
    accumulating: Bool, _ engine: OpaquePointer
  ) -> Product? {
    guard let attributes = attributes(accumulating: accumulating) else { return nil }
    defer { _ = destroyAttributes(attributes) }
    guard let description = layout.product(a, b, c, attributes, engine) else { return nil }
    guard let scratch = query(description, Self.scratchpadQuery, 0),
      let primitive = made({ createPrimitive($0, description) })
    else {
      _ = destroyDescription(description)
      return nil
    }
    return Product(
      description: description, primitive: primitive, scratch: scratch,
      scratchByteCount: byteCount(scratch))
  }

  private func attributes(accumulating: Bool) -> OpaquePointer? {
    guard let attributes = made(createAttributes) else { return nil }
    var isComplete = setScratchpad(attributes, Self.userScratchpad) == 0
    if accumulating, let operations = made(createPostOperations) {
      isComplete =
        isComplete && layout.appendSum(to: operations)
        && setPostOperations(attributes, operations) == 0
      _ = destroyPostOperations(operations)
    }
    if !isComplete { _ = destroyAttributes(attributes) }
    return isComplete ? attributes : nil
  }

  /// What a function that returns an object by address made, if it did.
  func made(_ create: (Output) -> Status) -> OpaquePointer? {
    var result: OpaquePointer?
    return create(&result) == 0 ? result : nil
  }
}
