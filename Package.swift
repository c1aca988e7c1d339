// swift-tools-version: 6.1
import PackageDescription

// Vector code compiled for the oldest processor of the architecture is slow enough to be a bug, so
// a checkout is built for the machine at hand. A package that depends on this one by version may
// not carry such flags, and does not get them.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let native: [SwiftSetting] = isDependency ? [] : [.unsafeFlags(["-Xcc", "-march=native"])]

let package = Package(
  name: "samara",
  products: [
  ],
  dependencies: [
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "Kernels", dependencies: ["COpenBLAS"], swiftSettings: native),
    .target(name: "Tensors", dependencies: ["Kernels"], swiftSettings: native),
    .target(name: "Layers", dependencies: ["Tensors"], swiftSettings: native),
    .target(name: "Models", dependencies: ["Layers"], swiftSettings: native),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: native),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: native),
  ],
  swiftLanguageModes: [.v6]
)
