import Foundation
import Synchronization

/// oneDNN, looked for when the program runs: a build does not need it, and one build serves
/// versions 2 and 3, whose functions differ.
///
/// Every call runs on the calling thread: oneDNN's own threads are switched off there, and what it
/// keeps between calls belongs to a worker that one thread holds at a time.
public final class OneDNN: @unchecked Sendable {
  /// The library, if the machine has one that can be used.
  public static let shared: OneDNN? = OneDNN()

  /// Such as `2.6.3`.
  public let version: String

  let functions: OneDNNFunctions
  let engine: OpaquePointer
  private let idle = Mutex<[OneDNNWorker]>([])

  private init?() {
    let names = ["libdnnl.so.3", "libdnnl.so.2", "libdnnl.so", "libdnnl.dylib"]
    guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first,
      let functions = try? OneDNNFunctions(handle),
      let engine = functions.made({
        functions.createEngine($0, OneDNNFunctions.processor, 0)
      })
    else { return nil }
    self.functions = functions
    self.engine = engine
    version = functions.version
    // A processor for which it has no bfloat16 product leaves the work to another engine.
    guard let probe = OneDNNWorker(self), probe.canMultiply else { return nil }
    idle.withLock { $0.append(probe) }
  }

  /// C ← A·B + (accumulating ? C : 0) on the calling thread.
  func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Operand<BFloat16>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    let key = OneDNNProduct.Key(
      size: size, aStride: a.stride, aIsTransposed: a.isTransposed, bStride: b.stride,
      bIsTransposed: b.isTransposed, cStride: stride, cType: C.elementType,
      accumulating: accumulating)
    let worker = idle.withLock { $0.popLast() } ?? OneDNNWorker(self)
    let isDone = worker?.run(key, a.start, b.start, c) ?? false
    if !isDone {
      WidenedProduct.multiply(a, b, into: c, stride: stride, size, accumulating: accumulating)
    }
    if let worker { idle.withLock { $0.append(worker) } }
  }
}

/// What one thread uses at a time: a stream, and the products made so far.
final class OneDNNWorker: @unchecked Sendable {
  /// Kernels are made for each shape; a run of many lengths must not keep them all.
  private static let greatestProductCount = 1_024

  private unowned let library: OneDNN
  private let stream: OpaquePointer
  private var scratch = Buffer(uninitializedCount: 1, of: .uint8)
  private var products: [OneDNNProduct.Key: OneDNNProduct] = [:]

  init?(_ library: OneDNN) {
    guard
      let stream = library.functions.made({
        library.functions.createStream($0, library.engine, 1)
      })
    else { return nil }
    self.library = library
    self.stream = stream
  }

  /// Whether a small product can be made at all.
  var canMultiply: Bool {
    let size = ProductSize(rows: 16, columns: 16, inner: 16)
    return product(
      OneDNNProduct.Key(
        size: size, aStride: 16, aIsTransposed: false, bStride: 16, bIsTransposed: false,
        cStride: 16, cType: .float32, accumulating: false)) != nil
  }

  /// Whether the product is computed; if not, the library has none for it.
  func run(
    _ key: OneDNNProduct.Key, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeMutableRawPointer
  ) -> Bool {
    library.functions.setThreadCount?(1)
    guard let product = product(key) else { return false }
    if scratch.count < product.scratchByteCount {
      scratch = Buffer(uninitializedCount: product.scratchByteCount, of: .uint8)
    }
    return product.execute(a, b, c, scratch: scratch.address, on: stream)
  }

  private func product(_ key: OneDNNProduct.Key) -> OneDNNProduct? {
    if let product = products[key] { return product }
    if products.count >= Self.greatestProductCount { products.removeAll() }
    let product = OneDNNProduct(key, library)
    products[key] = product
    return product
  }
}
