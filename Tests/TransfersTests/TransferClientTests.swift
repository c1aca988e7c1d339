import Foundation
import TestSupport
import Testing

import Transfers

@Suite(.enabled(if: FixtureServer.isPossible, "python3 runs the test servers"))
struct TransferClientTests {
  let server: FixtureServer

  init() throws { server = try #require(FixtureServer.faulty) }

  @Test func aWebPageIsNoData() throws {
    let error = transferError {
      _ = try TransferClient.hasty().stream(server.file("page.jsonl", "html=1"))
    }
    #expect(
      error == .webPage(address: "\(server.address)/f/page.jsonl?html=…", title: "Please log in"))
    // Where a page was asked for it is data, as is what only claims to be one.
    let page = try TransferClient.hasty().stream(server.file("page.html", "html=1")).rest()
    #expect(String(decoding: page, as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
    let claimed = server.file("claimed.jsonl", "bytes=40&type=text/html")
    #expect(try TransferClient.hasty().stream(claimed).rest() == content(40))
  }

  @Test func storedBytesComeAsTheyAre() throws {
    let stream = try TransferClient.hasty().stream(
      server.file("encoded", "bytes=900&encoding=gzip"))
    #expect(try stream.rest() == content(900))
    let request = try #require(try server.requests("encoded").first)
    #expect(request.headers["accept-encoding"] == "identity")
    #expect(request.headers["user-agent"]?.hasPrefix("samara/") == true)
  }

  @Test func redirectsHaveAnEnd() throws {
    let error = transferError {
      _ = try TransferClient.hasty().stream(server.file("loop", "loop=1"))
    }
    guard case .tooManyRedirects(_, 10) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let elsewhere = server.file("file", "to=file:///etc/passwd")
    guard
      case .malformedRedirect(_, "file:///etc/passwd") = transferError({
        _ = try TransferClient.hasty().stream(elsewhere)
      })
    else {
      Issue.record("a redirect to a file")
      return
    }
  }

  @Test func credentialsStayWithTheirHost() throws {
    let target = PercentEncoding.component(
      "http://localhost:\(server.port)/f/landed?bytes=50")
    let address = server.file("leaving", "login=1&to=\(target)")
      .replacingOccurrences(of: "://", with: "://someone:s%20cret@")
    #expect(try TransferClient.hasty().stream(address).rest() == content(50))
    let sent = try #require(try server.requests("leaving").first)
    #expect(
      sent.headers["authorization"] == "Basic \(Data("someone:s cret".utf8).base64EncodedString())")
    let landed = try #require(try server.requests("landed").first)
    #expect(landed.host == "localhost:\(server.port)")
    #expect(landed.headers["authorization"] == nil)
  }

  @Test func refusalsSayWhatToDoAndKeepSecrets() throws {
    let error = transferError {
      _ = try TransferClient.hasty().stream(
        server.file("login", "login=1&X-Amz-Signature=abcdef"))
    }
    #expect(
      error?.description == "\(server.address)/f/login?login=…&X-Amz-Signature=…: status 401, "
        + "\"who are you?\"; the server does not let you have it; check the address (signed ones "
        + "expire), or write https://USER:PASSWORD@HOST/PATH")
  }

  @Test func connectionsServeAgain() throws {
    let client = TransferClient.hasty()
    for _ in 0..<5 { _ = try client.stream(server.file("again", "bytes=50000")).rest() }
    #expect(Set(try server.requests("again").map(\.peer)).count == 1)
  }

  @Test func noServerIsAnError() throws {
    // A port that was free a moment ago.
    let gone = try FixtureServer("faulty_server.py").port
    let error = transferError {
      _ = try TransferClient.hasty().stream("http://127.0.0.1:\(gone)/f/x")
    }
    guard case .gaveUp(4, .connectionFailed(_, 0, _)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let nowhere = transferError {
      _ = try TransferClient.hasty { $0.resolveAttemptLimit = 1 }.stream("http://nowhere.invalid/x")
    }
    // Behind a proxy it is the proxy that says so.
    #expect(nowhere != nil)
  }

  @Test(.enabled(if: FixtureServer.openssl != nil, "openssl makes the certificate"))
  func certificatesAreChecked() throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: try #require(FixtureServer.openssl))
    process.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
      "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder("key"), "-out", folder("cert"),
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<3_000 where process.isRunning { Thread.sleep(forTimeInterval: 0.01) }
    let server = try FixtureServer(
      "faulty_server.py", "certificate=\(folder("cert"))", "key=\(folder("key"))")
    let address = "https://127.0.0.1:\(server.port)/f/tls?bytes=100000"
    var environment = TransferEnvironment()
    environment.certificates = folder("cert")
    #expect(
      try TransferClient.hasty(environment: environment).stream(address).rest() == content(100_000))
    // Nobody vouches for it: no attempt will change that.
    guard
      case .connectionFailed(_, 0, let reason) = transferError({
        _ = try TransferClient.hasty().stream(address)
      })
    else {
      Issue.record("a certificate that nobody vouches for was taken")
      return
    }
    #expect(reason.contains("certificate"))
  }

  @Test func aHeaderThatGoesOnFromNothingIsAnError() throws {
    // After an answer with headers, on the connection that it left: see ``Connection``.
    let client = TransferClient.hasty { $0.attemptLimit = 1 }
    for _ in 0..<20 {
      #expect(try client.stream(server.file("fold", "bytes=100")).rest() == content(100))
      guard
        case .connectionFailed(_, 0, _) = transferError({
          _ = try client.stream(server.file("fold", "bytes=100&fold=1"))
        })
      else {
        Issue.record("a header that goes on from nothing was taken")
        return
      }
    }
  }
}
