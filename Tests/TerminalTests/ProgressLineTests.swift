import Synchronization
import Terminal
import Testing

@Suite struct ProgressLineTests {
  /// A clock that is set by hand and a screen that remembers.
  private final class Stage: Sendable {
    let state = Mutex((seconds: 0.0, text: ""))
    func advance(_ seconds: Double) { state.withLock { $0.seconds += seconds } }
    func takeText() -> String {
      state.withLock { state in
        defer { state.text = "" }
        return state.text
      }
    }
    func line(total: Int?, redraws: Bool, completed: Int = 0) -> ProgressLine {
      ProgressLine(
        completed: completed, total: total,
        terminal: { TerminalCapabilities(width: 41, redrawsLines: redraws) },
        now: { self.state.withLock { $0.seconds } },
        write: { text in self.state.withLock { $0.text += text } })
    }
  }

  @Test func redrawsInPlace() {
    let stage = Stage()
    let progress = stage.line(total: 100, redraws: true)
    #expect(stage.takeText() == "")
    stage.advance(1)
    progress.update(completed: 10)
    #expect(stage.takeText() == "\rstep  10/100 ━───────── 10%  0:09 left\u{1B}[K")
    stage.advance(0.01)
    progress.update(completed: 11)
    #expect(stage.takeText() == "", "drawn again after 10 ms")
    progress.interrupt {
      #expect(stage.takeText() == "\r\u{1B}[2K")
      stage.advance(1)
      progress.update(completed: 20, details: ["x"])
      #expect(stage.takeText() == "", "drawn over the message")
    }
    #expect(stage.takeText().hasPrefix("\rstep  20/100 "))
    stage.advance(1)
    progress.finish()
    #expect(stage.takeText().hasSuffix(" 20%  x  0:03 elapsed\u{1B}[K\n"))
    progress.finish()
    progress.update(completed: 30)
    progress.interrupt {}
    #expect(stage.takeText() == "")
  }

  @Test func endsTheLineWhenAbandoned() {
    let stage = Stage()
    do {
      let progress = stage.line(total: 100, redraws: true)
      stage.advance(1)
      progress.update(completed: 10)
      _ = stage.takeText()
    }
    #expect(stage.takeText() == "\n")
  }

  @Test func givesBackWhatTheBodyGives() {
    struct Failure: Error {}
    let progress = Stage().line(total: nil, redraws: true)
    #expect(progress.interrupt { 7 } == 7)
    #expect(throws: Failure.self) { try progress.interrupt { throw Failure() } }
  }

  @Test func writesTenthsToALog() {
    let stage = Stage()
    let progress = stage.line(total: 1_000, redraws: false, completed: 100)
    for step in 101...1_000 {
      // A binary fraction, so that the sum is exact: 900 steps take 14.0625 s.
      stage.advance(1.0 / 64)
      progress.update(completed: step)
    }
    progress.finish()
    let lines = stage.takeText().split(separator: "\n")
    #expect(lines.count == 10)
    #expect(lines.first == "step   101/1,000 10%  0:14 left")
    #expect(lines.dropFirst().first == "step   200/1,000 20%  0:12 left")
    #expect(lines.last == "step 1,000/1,000 100%  0:14 elapsed")
    #expect(!lines.contains { $0.contains("\u{1B}") || $0.contains("\r") })
  }

  @Test func writesEachMinuteToALog() {
    let stage = Stage()
    let progress = stage.line(total: nil, redraws: false)
    for step in 1...13 {
      stage.advance(10)
      progress.update(completed: step)
    }
    #expect(
      stage.takeText()
        == "step 1  0:10 elapsed\nstep 7  1:10 elapsed\nstep 13  2:10 elapsed\n")
  }
}
