import ArgumentParser
import Experiments
import Foundation
import Kernels
import Layers
import Terminal

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show the processor, the BLAS kernels in use and their speed, threads, versions.")

  func run() async throws {
    let report = MachineReport()
    var lines = [
      ("processor", report.processor),
      ("vectors", report.features.joined(separator: " ")),
      ("threads", Format.grouped(report.threadCount)),
      ("memory", Format.bytes(report.memoryBytes)),
      ("OpenBLAS", report.libraryDescription),
      ("kernels", report.kernelName),
      ("bf16 products", BFloat16Product.available.map(\.name).joined(separator: ", then ")),
    ]
    if let warning = MachineReport.forcedKernelWarning { lines.append(("", warning)) }
    for threads in Set([1, report.threadCount]).sorted() {
      let rates = Precision.allCases.map { precision in
        let rate = MachineReport.matrixRate(precision, threads: threads)
        return "\(Format.grouped(rate / 1e9)) in \(precision.rawValue)"
      }
      lines.append(
        (
          "Gflop/s",
          "\(rates.joined(separator: ", ")) on \(threads) thread\(threads == 1 ? "" : "s")"
        ))
    }
    lines += [
      ("zlib, zstd", "\(MachineReport.zlibVersionName), \(MachineReport.zstdVersionName)"),
      ("Swift", MachineReport.swiftVersion),
      ("samara", SamaraCommand.configuration.version),
    ]
    let width = lines.map(\.0.count).max() ?? 0
    for (name, value) in lines {
      print(name + String(repeating: " ", count: width - name.count + 2) + value)
    }
  }
}
