import ArgumentParser
import Experiments
import Foundation
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
    ]
    if let warning = MachineReport.forcedKernelWarning { lines.append(("", warning)) }
    for threads in Set([1, report.threadCount]).sorted() {
      let rate = MachineReport.matrixRate(threads: threads)
      lines.append(
        (
          "float32 product",
          "\(Format.grouped(rate / 1e9)) Gflop/s on \(threads) thread\(threads == 1 ? "" : "s")"
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
