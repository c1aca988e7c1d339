// swift-tools-version: 6.1
import PackageDescription

// Vector code compiled for the oldest processor of the architecture is slow enough to be a bug, so
// a checkout is built for the machine at hand. A package that depends on this one by version may
// not carry such flags, and does not get them.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let native: [SwiftSetting] = isDependency ? [] : [.unsafeFlags(["-Xcc", "-march=native"])]

/// A module of ours: its dependencies may only be modules above it in the list.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: native)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    exclude: exclude, swiftSettings: native)
}

/// The coverage-guided fuzzer (`make fuzz`): its main function comes with the sanitizer, so that it is
/// there only for a build that has one.
let fuzzer: [Target] =
  Context.environment["SAMARA_FUZZER"] == nil
  ? [] : [.executableTarget(name: "FuzzTool", dependencies: ["Fuzzing"], swiftSettings: native)]

let package = Package(
  name: "samara",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Samara", targets: ["Samara"]),
    .executable(name: "samara", targets: ["SamaraTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  ],
  targets: [
    // System libraries: nothing but the binding.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(
      name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CVectorInstructions"),
    .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

    // Ground floor first: each imports only what stands above it.
    module("Terminal", []),
    module("Kernels", ["COpenBLAS", "CVectorInstructions"]),
    module("Tensors", ["Kernels"]),
    module("Layers", ["Tensors"]),
    module("Models", ["Layers"]),
    module("Files", ["CZlib"]),
    module("PyTorchFiles", ["CZlib", "Files"]),
    module("GGUF", ["Files", "Kernels"]),
    module("Transfers", ["CCrypto", "CCurl", "Files"]),
    module(
      "Parquet", ["CBrotli", "CLZ4", "CSimdjson", "CSnappy", "CZlib", "CZstd", "Files"]),
    module("Tokenization", ["CSimdjson", "CVectorInstructions", "Files"]),
    module("Stories", ["Files"]),
    module(
      "Corpora",
      ["CSimdjson", "CXXHash", "CZlib", "CZstd", "Parquet", "Tokenization", "Transfers"]),
    module("Checkpoints", ["Files", "Layers"]),
    module("Generation", ["Files", "Models", "Terminal", "Tokenization"]),
    module(
      "Interchange",
      ["CSimdjson", "Checkpoints", "Files", "GGUF", "Models", "PyTorchFiles", "Tokenization"]),
    module("Training", ["Corpora", "Models"]),
    module(
      "Evaluation",
      ["CZlib", "Files", "Models", "Parquet", "Terminal", "Tokenization", "Transfers"]),
    module(
      "Experiments",
      [
        "CZlib", "CZstd", "Checkpoints", "Corpora", "Evaluation", "Files", "Generation",
        "Interchange", "PyTorchFiles", "Stories", "Terminal", "Training",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Recipes", dependencies: ["Experiments"], path: "recipes", exclude: ["README.md"],
      swiftSettings: native),
    module(
      "Commands",
      ["Recipes", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    module("Samara", ["Commands"]),
    module(
      "Fuzzing",
      [
        "CZlib", "CZstd", "Checkpoints", "Corpora", "Evaluation", "Files", "GGUF", "Generation",
        "Interchange", "Parquet", "PyTorchFiles", "Terminal", "Tokenization", "Transfers",
      ]),
    .executableTarget(name: "SamaraTool", dependencies: ["Samara"], swiftSettings: native),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    tests("Terminal"),
    tests("Kernels", exclude: ["Fixtures"]),
    tests("Tensors"),
    tests("Models"),
    tests("Files"),
    tests("Transfers", ["Files"], exclude: ["Fixtures"]),
    tests("Parquet", ["CLZ4", "CZstd", "Files"], exclude: ["Fixtures"]),
    tests("Tokenization", ["Files"], exclude: ["Fixtures"]),
    tests("Stories", ["Files"]),
    tests("Corpora", ["CZlib", "CZstd"]),
    tests("Checkpoints", ["Files"]),
    tests("PyTorchFiles", ["CZlib", "Files"]),
    tests("GGUF", ["Files"], exclude: ["Fixtures"]),
    tests("Generation", exclude: ["Fixtures"]),
    tests(
      "Interchange", ["Checkpoints", "Files", "PyTorchFiles", "Training"], exclude: ["Fixtures"]),
    tests("Training"),
    tests("Evaluation", ["Checkpoints", "Files"], exclude: ["Fixtures"]),
    tests("Experiments", ["Recipes"], exclude: ["Fixtures"]),
    tests("Commands", ["SamaraTool"], exclude: ["Fixtures"]),
    tests("Fuzzing"),
    .testTarget(name: "ConventionsTests"),
  ] + fuzzer,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
