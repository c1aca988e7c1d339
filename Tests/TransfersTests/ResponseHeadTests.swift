import Testing

import Transfers

@Suite struct ResponseHeadTests {
  private func head(_ lines: String...) -> ResponseHead {
    var head = ResponseHead()
    for line in lines { head.append(line: "\(line)\r\n") }
    return head
  }

  @Test func statusAndHeaders() {
    let head = head("HTTP/1.1 206 Partial Content", "ETag: \"x\"", "content-LENGTH:  5")
    #expect(head.status == 206)
    #expect(head["etag"] == "\"x\"")
    #expect(head.contentLength == 5)
    #expect(self.head("HTTP/2 200")["etag"] == nil)
  }

  @Test(
    arguments: [
      ("bytes 0-9/100", 0..<10, 100), ("bytes 5-5/*", 5..<6, nil), ("Bytes 0-0/1", 0..<1, 1),
    ] as [(String, Range<Int>, Int?)]) func ranges(text: String, range: Range<Int>, total: Int?)
  {
    let found = head("HTTP/1.1 206", "Content-Range: \(text)").contentRange
    #expect(found?.range == range)
    #expect(found?.total == total)
  }

  @Test(arguments: [
    "", "bytes", "bytes 5-4/9", "bytes -5/9", "bytes a-b/9", "bytes 0-9223372036854775807/9",
    "items 0-1/2", "bytes 0-1", "bytes 0-99999999999999999999/5", "bytes 1-2-3/5",
  ]) func brokenRanges(text: String) {
    #expect(head("HTTP/1.1 206", "Content-Range: \(text)").contentRange == nil)
  }

  @Test func waits() {
    func wait(_ text: String) -> Duration? {
      head("HTTP/1.1 503", "Retry-After: \(text)").retryAfter(now: 784_111_777)
    }
    #expect(wait("120") == .seconds(120))
    #expect(wait("-5") == .zero)
    #expect(wait("Sun, 06 Nov 1994 08:50:37 GMT") == .seconds(60))
    #expect(wait("Sun, 06 Nov 1994 08:00:00 GMT") == .zero)
    #expect(wait("soon") == nil)
    #expect(wait("99999999999999999999") == nil)
  }

  @Test func links() {
    func next(_ text: String) -> String? { head("HTTP/1.1 200", "Link: \(text)").nextLink }
    #expect(next("<https://h/a?b=1,2>; rel=\"next\"") == "https://h/a?b=1,2")
    #expect(next("<https://h/p>; rel=\"prev\", <https://h/n>; rel=next") == "https://h/n")
    #expect(next("<https://h/p>; rel=\"prev\"") == nil)
    #expect(next("https://h") == nil)
  }

  @Test func aFloodOfHeadersIsCut() {
    var head = ResponseHead()
    head.append(line: "HTTP/1.1 200 OK")
    for index in 0..<10_000 {
      head.append(line: "x-\(index): \(String(repeating: "a", count: 100))")
    }
    #expect(head.headers.count < 3_000)
  }
}

@Suite struct HTTPDateTests {
  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
    ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
    ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
  ]) func isRead(text: String, seconds: Int) { #expect(HTTPDate.seconds(text) == seconds) }

  @Test(arguments: ["", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 99 Nov 1994 08:49:37 GMT"])
  func isRefused(text: String) { #expect(HTTPDate.seconds(text) == nil) }

  @Test func compact() { #expect(HTTPDate.compact(784_111_777) == "19941106T084937Z") }
}
