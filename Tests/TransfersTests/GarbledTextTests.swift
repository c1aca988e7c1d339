import Foundation
import Testing

import Transfers

/// Text from outside that nobody meant well: every reader of it ends, without a crash.
///
/// `SAMARA_FUZZ_SECONDS` makes it last longer.
@Suite struct GarbledTextTests {
  private static let seconds =
    ProcessInfo.processInfo.environment["SAMARA_FUZZ_SECONDS"].flatMap { Double($0) } ?? 0.3

  /// Texts of the pieces that the readers look for, and of anything.
  private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }

    mutating func text() -> String {
      let pieces = [
        "{", "}", ",", "..", "0", "9", "99999", "*", "**", "/", "?", "[", "]", "!", "-", "%", "%2F",
        "@", ":", "://", "http", "s3", "hf", "datasets", "refs", "pr", "convert", "<", ">", "</",
        "<Key>", "</Key>", "<Contents>", "</Contents>", "<ListBucketResult>", "<Size>", "&", "&#x",
        "amp;", ";", "bytes ", "*/", "HTTP/1.1 ", "206", "content-range: ", "link: ", "rel=next",
        "\"", "W/", " ", "\r\n", "\0", "é", "\u{1F333}", "e\u{301}", "=", "#", "[default]",
        "Sun, 06 Nov 1994 08:49:37 GMT", "retry-after:", "-9223372036854775808", "a",
      ]
      return (0..<Int.random(in: 0...24, using: &self)).map { _ in
        pieces.randomElement(using: &self) ?? ""
      }.joined()
    }
  }

  @Test func everyReaderEnds() {
    var chance = Chance(state: 4)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.seconds)
    var count = 0
    while clock.now < end {
      count += 1
      let (text, other) = (chance.text(), chance.text())
      if let texts = try? BraceExpansion.expand(text) { #expect(texts.count <= 100_000) }
      let glob = GlobPattern(text)
      // What matches begins with what all matches begin with.
      if glob.matches(other) {
        #expect(other.unicodeScalars.starts(with: glob.literalPrefix.unicodeScalars))
      }
      if let address = try? RemoteAddress(text) {
        #expect(RemoteAddress.isRemote(text))
        #expect((try? RemoteAddress(address.text)) == address, "\(text)")
      }
      _ = WebURL("http://\(text)")
      _ = WebURL(text, relativeTo: WebURL("http://host/a"))
      _ = (XMLElements.all("Key", in: text), XMLElements.first("Key", in: text))
      _ = try? ObjectListingPage(
        Array("<ListBucketResult>\(text)</ListBucketResult>".utf8), name: "x")
      #expect(SecretFreeText.printable(text).unicodeScalars.allSatisfy { $0.value >= 0x20 })
      _ = (Explanation.of(Array(text.utf8)), PercentEncoding.decoded(text), HTTPDate.seconds(text))
      var head = ResponseHead()
      for line in text.split(separator: "\r\n") { head.append(line: String(line)) }
      _ = (head.contentRange, head.objectByteCount, head.retryAfter(now: 0), head.nextLink)
      #expect(PercentEncoding.decoded(PercentEncoding.component(text)) == text)
    }
  }

  /// Whatever a broken head says, the object comes as it is, or not at all.
  @Test(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
  func aGarbledAnswerGivesTheObjectOrAnError() throws {
    let server = try #require(FixtureServer.faulty)
    let client = TransferClient.hasty {
      $0.attemptLimit = 2
      $0.stallTimeout = .milliseconds(300)
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.seconds)
    var (seed, whole) = (0, 0)
    while clock.now < end || seed < 100 {
      seed += 1
      let entry = RemoteEntry(
        address: try RemoteAddress(server.file("garbled", "bytes=3000&garble=\(seed)")),
        byteCount: 3_000, entityTag: "\"v1\"")
      do {
        #expect(try RemoteStream(entry, client: client).rest() == content(3_000), "seed \(seed)")
        whole += 1
      } catch {
        #expect(error is TransferError)
      }
    }
    #expect(whole > 0 && whole < seed, "some do no harm, some do")
  }
}
