import CZlib
import Foundation

/// How likely runs of one to three characters are in each of 55 languages.
struct LanguageProfiles: Sendable {
  /// Codes as langdetect has them: ISO 639-1, Chinese with its script's country.
  let languages: [String]
  /// The place of a run's likelihoods in the two lists below.
  private let ranges: [Run: Range<Int>]
  /// Numbers of the languages that have a run, and how often each run of its length is this one there.
  private let numbers: [UInt8]
  private let shares: [Double]

  /// Up to three scalars in one number.
  struct Run: Hashable, Sendable {
    private let bits: UInt64

    init(_ scalars: some Sequence<Unicode.Scalar>) {
      bits = scalars.reduce(0) { $0 << 21 | UInt64($1.value) }
    }
  }

  /// A run's likelihoods in the languages that have it.
  func shares(of run: Range<Int>) -> some Sequence<(language: Int, share: Double)> {
    run.lazy.map { (Int(numbers[$0]), shares[$0]) }
  }

  subscript(run: Run) -> Range<Int>? { ranges[run] }

  static let shared = LanguageProfiles()

  /// Reads the streams of `LanguageProfileData`: for each run, in rising order, how much it shares
  /// with the one before and its length; the scalars beyond, high bytes and low bytes; the number of
  /// its languages; their numbers as steps; and minus six times the binary logarithm of each likelihood.
  private init() {
    languages = Self.text(LanguageProfileData.languages).split(separator: " ").map(String.init)
    let bytes = Self.unpacked()
    var streams: [ArraySlice<UInt8>] = []
    var start = 0
    while start + 4 <= bytes.count {
      let count = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      streams.append(bytes[(start + 4)..<(start + 4 + count)])
      start += 4 + count
    }
    precondition(streams.count == 5, "5 streams expected, \(streams.count) found")
    var scalars = Array(
      zip(streams[1].prefix(streams[1].count / 2), streams[1].suffix(streams[1].count / 2)))[...]
    var steps = streams[3]
    var run: [Unicode.Scalar] = []
    var ranges: [Run: Range<Int>] = [:]
    ranges.reserveCapacity(streams[0].count)
    var numbers: [UInt8] = []
    numbers.reserveCapacity(streams[3].count)
    for (shape, count) in zip(streams[0], streams[2]) {
      let shared = Int(shape / 4)
      run.removeLast(run.count - shared)
      for (high, low) in scalars.prefix(Int(shape % 4) - shared) {
        run.append(Unicode.Scalar(UInt16(high) << 8 | UInt16(low)) ?? " ")
      }
      scalars = scalars.dropFirst(Int(shape % 4) - shared)
      let first = numbers.count
      var number: UInt8 = 0
      for step in steps.prefix(Int(count)) {
        number += step
        numbers.append(number)
      }
      steps = steps.dropFirst(Int(count))
      ranges[Run(run)] = first..<numbers.count
    }
    self.ranges = ranges
    self.numbers = numbers
    let levels = (0..<256).map { exp2(-Double($0) / 6) }
    shares = streams[4].map { levels[Int($0)] }
  }

  private static func unpacked() -> [UInt8] {
    let packed = Data(base64Encoded: text(LanguageProfileData.packed)) ?? Data()
    var count = uLongf(LanguageProfileData.byteCount)
    var bytes = [UInt8](repeating: 0, count: LanguageProfileData.byteCount)
    let status = packed.withUnsafeBytes { packed in
      uncompress(
        &bytes, &count, packed.bindMemory(to: UInt8.self).baseAddress, uLong(packed.count))
    }
    precondition(
      status == Z_OK && Int(count) == bytes.count, "the language profiles do not unpack: \(status)")
    return bytes
  }

  static func text(_ text: StaticString) -> String { "\(text)" }
}
