import Foundation
import Terminal
import Testing

@Suite struct FormatTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
    (-999, "-999"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func groupsThousands(value: Int, text: String) {
    #expect(Format.grouped(value) == text)
  }

  @Test func roundsBeforeGrouping() {
    #expect(Format.grouped(1_234.5) == "1,235")
    #expect(Format.grouped(999.6) == "1,000")
    #expect(Format.grouped(Double.nan) == "nan")
    #expect(Format.grouped(1e300) == "1.00e+300")
  }

  @Test(arguments: [
    (0.0, "0"), (12.5, "12.5"), (999, "999"), (271_527_168, "271.5M"), (999_940, "999.9K"),
    (999_960, "1M"), (1.5e12, "1.5T"), (-2_000, "-2K"), (1e20, "1.00e+20"), (.infinity, "inf"),
  ])
  func abbreviates(value: Double, text: String) {
    #expect(Format.abbreviated(value) == text)
  }

  @Test func keepsZerosInColumns() {
    #expect(Format.abbreviated(1.43e9, keepsZeros: true) == "1.430B")
    #expect(Format.abbreviated(500, keepsZeros: true) == "500")
  }

  @Test func scalesOperationsAndBytes() {
    #expect(Format.floatingPointOperations(1.63e9) == "1.63 GFLOP")
    #expect(Format.floatingPointOperations(2.444e21) == "2.44 ZFLOP")
    #expect(Format.floatingPointOperations(9.996e3) == "10.0 kFLOP")
    #expect(Format.floatingPointOperations(12) == "12 FLOP")
    #expect(Format.bytes(0) == "0 B")
    #expect(Format.bytes(1_023) == "1023 B")
    #expect(Format.bytes(1_024) == "1.00 KiB")
    #expect(Format.bytes(13_207_024_435) == "12.3 GiB")
    // 1023.9996 MiB: rounded first, or it would read "1024 MiB".
    #expect(Format.bytes((1 << 30) - 400) == "1.00 GiB")
    #expect(Format.bytes(Int.max) == "8.00 EiB")
  }

  @Test(arguments: [
    (0.0, "0:00"), (43.99, "0:43"), (60, "1:00"), (3_723, "1:02:03"), (86_399, "23:59:59"),
    (90_061, "1d 01:01:01"), (-1, "-:--"), (.nan, "-:--"), (.infinity, "-:--"), (1e300, "-:--"),
  ])
  func writesDurations(seconds: Double, text: String) {
    #expect(Format.duration(seconds: seconds) == text)
  }

  @Test func writesShortTimes() {
    #expect(Format.seconds(1.234) == "1.23 s")
    #expect(Format.seconds(0.4321) == "432 ms")
    #expect(Format.seconds(0.9999) == "1.00 s")
    #expect(Format.seconds(42e-6) == "42.0 µs")
  }

  @Test func writesDecimalsAndDifferences() {
    #expect(Format.decimal(3.21, places: 4) == "3.2100")
    #expect(Format.decimal(-0.00001, places: 4) == "0.0000")
    #expect(Format.decimal(1e30, places: 2) == "1.00e+30")
    #expect(Format.signed(0.012, places: 4) == "+0.0120")
    #expect(Format.signed(-0.034, places: 4) == "-0.0340")
    #expect(Format.signed(0.00001, places: 4) == "0.0000")
    #expect(Format.percent(0.3) == "30%")
    #expect(Format.percent(0.1234, places: 1) == "12.3%")
    #expect(Format.scientific(0.0003) == "3.00e-04")
  }

  @Test func writesDates() throws {
    let date = Date(timeIntervalSince1970: 1_000_000_000)
    let zone = try #require(TimeZone(secondsFromGMT: 0))
    #expect(Format.date(date, timeZone: zone) == "2001-09-09 01:46")
  }
}
