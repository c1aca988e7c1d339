import Foundation
import Fuzzing

/// What libFuzzer calls; `Scripts/fuzz.sh` drives it.
///
/// The environment says what to do: `FUZZ_TARGET` names the target, or is `list`; `FUZZ_FOLDER` is a
/// folder for the files that targets write; `FUZZ_SEEDS` one that seeds are written to, and a
/// dictionary beside it (`.words`), before the fuzzer looks for them.
private let target: FuzzTarget = {
  let environment = ProcessInfo.processInfo.environment
  let targets = FuzzTarget.all(in: environment["FUZZ_FOLDER"] ?? ".")
  guard let target = targets.first(where: { $0.name == environment["FUZZ_TARGET"] }) else {
    for target in targets { print(target.name) }
    exit(environment["FUZZ_TARGET"] == "list" ? 0 : 2)
  }
  return target
}()

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
  let target = target
  guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
  do {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, seed) in try target.seeds().enumerated() {
      try Data(seed).write(to: URL(filePath: "\(folder)/seed-\(index)"))
    }
    // A dictionary may not be empty.
    let words = (target.words + ["\0\0\0\0"]).map { word in
      "\""
        + word.utf8.map { byte in "\\x" + String(UInt32(byte) + 0x100, radix: 16).suffix(2) }
        .joined() + "\""
    }
    try Data(words.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: "\(folder).words"))
  } catch {
    print("\(target.name): no seeds: \(error)")
    exit(2)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run(Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}
