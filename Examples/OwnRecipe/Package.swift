// swift-tools-version: 6.1
import PackageDescription

// In a package of your own, name the repository's address and a version instead of a path.
let package = Package(
  name: "own-recipe",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "samara", path: "../..")],
  targets: [
    .executableTarget(
      name: "wikipedia-small", dependencies: [.product(name: "Samara", package: "samara")])
  ],
  swiftLanguageModes: [.v6]
)
