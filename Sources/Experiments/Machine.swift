import CZlib
import CZstd
import Foundation
import Kernels
import Layers

/// What the process holds of the machine's memory.
enum ProcessMemory {
  /// Resident bytes now; 0 where the system does not tell.
  static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The most bytes resident so far; 0 where the system does not tell.
  ///
  /// Not `getrusage`'s figure, which a process inherits from the one that started it.
  static var peakResidentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first
    else { return 0 }
    return (Int(kibibytes) ?? 0) << 10
  }
}

/// The processor, its kernels, and what they reach.
public struct MachineReport: Sendable {
  /// The processor's name.
  public let processor: String
  /// The vector instruction sets that matter here.
  public let features: [String]
  public let threadCount: Int
  public let memoryBytes: Int
  /// The kernels that OpenBLAS uses.
  public let kernelName: String
  public let libraryDescription: String

  public init() {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ name: String) -> String? {
      lines.split(separator: "\n").first { $0.hasPrefix(name) }?
        .split(separator: ":", maxSplits: 1).last.map {
          $0.trimmingCharacters(in: .whitespaces)
        }
    }
    processor = field("model name") ?? "unknown"
    let flags = Set((field("flags") ?? "").split(separator: " ").map(String.init))
    features = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"].filter {
      flags.contains($0)
    }
    threadCount = ProcessInfo.processInfo.activeProcessorCount
    memoryBytes = Int(ProcessInfo.processInfo.physicalMemory)
    kernelName = OpenBLAS.kernelName
    libraryDescription = OpenBLAS.libraryDescription
  }

  /// The version of zlib, which reads gzip.
  public static var zlibVersionName: String { String(cString: zlibVersion()) }

  /// The version of zstd.
  public static var zstdVersionName: String { String(cString: ZSTD_versionString()) }

  /// The language version of the compiler that built this program.
  public static var swiftVersion: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #else
      "6.2 or earlier"
    #endif
  }

  /// A warning if the environment forces kernels on OpenBLAS.
  public static var forcedKernelWarning: String? {
    ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"].map {
      "OPENBLAS_CORETYPE=\($0) forces them and may halve the speed: unset it unless you know why"
    }
  }

  /// The rate of a product of this shape in floating-point operations a second: the best of five.
  public static func matrixRate(
    _ precision: Precision = .float32, threads: Int, rows: Int = 1_024, columns: Int = 4_096,
    inner: Int = 1_280
  ) -> Double {
    ThreadPool.configure(threadCount: threads)
    let a = Buffer(uninitializedCount: rows * inner, of: precision.elementType)
    Fill.constant(0.5, into: a)
    let b = Buffer(repeating: 0.25, count: inner * columns)
    let c = Buffer(uninitializedCount: rows * columns)
    let clock = ContinuousClock()
    var best = Double.infinity
    for _ in 0..<6 {
      let elapsed = clock.measure {
        MatrixMultiply.run(
          .asStored(a), .asStored(b), into: c, rows: rows, columns: columns, inner: inner)
      }
      best = min(best, elapsed / .seconds(1))
    }
    return 2 * Double(rows) * Double(columns) * Double(inner) / best
  }
}
