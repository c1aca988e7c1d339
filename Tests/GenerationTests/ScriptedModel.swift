import Models
import Synchronization
import Testing

/// A model whose scores are a function of the tokens before: what a text should become is known.
struct ScriptedModel: DecodingModel {
  var vocabularySize = 258
  var contextLength = 256
  var bytesPerToken: Int { 1 }
  func cacheBytesPerToken(after count: Int) -> Int { count }
  /// The scores for what follows a text.
  var scores: @Sendable ([Int32]) -> [Float]
  /// What its sessions were asked for.
  let calls = Calls()

  final class Calls: Sendable {
    struct Counts {
      var steps = 0
      var rows = 0
      var read: [Int] = []
    }

    let counts = Mutex(Counts())
    var steps: Int { counts.withLock { $0.steps } }
    var rows: Int { counts.withLock { $0.rows } }
    var read: [Int] { counts.withLock { $0.read } }
  }

  init(
    contextLength: Int = 256, vocabularySize: Int = 258,
    scores: @escaping @Sendable ([Int32]) -> [Float]
  ) {
    self.contextLength = contextLength
    self.vocabularySize = vocabularySize
    self.scores = scores
  }

  /// Writes `text` behind whatever prompt of `promptLength` tokens, then the end token.
  init(writing text: String, after promptLength: Int, contextLength: Int = 256) {
    self.init(contextLength: contextLength) { tokens in
      let place = tokens.count - promptLength
      var scores = [Float](repeating: 0, count: 258)
      let bytes = Array(text.utf8)
      scores[bytes.indices.contains(place) ? Int(bytes[place]) : 257] = 9
      return scores
    }
  }

  /// Scores that look random and depend on the last two tokens; seldom the end.
  init(random seed: UInt64, spread: Float = 4, contextLength: Int = 256) {
    self.init(contextLength: contextLength) { tokens in
      var state = seed
      for token in tokens.suffix(2) { state = (state ^ UInt64(token)) &* 0x9E37_79B9_7F4A_7C15 }
      return (0..<258).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return spread * (Float(state >> 40) / Float(1 << 24) - 0.5)
      }
    }
  }

  func makeSession(capacities: [Int], rowsAtOnce: Int) -> any DecodingSession {
    ScriptedSession(self, capacities: capacities, rowsAtOnce: rowsAtOnce)
  }
}

/// Holds its caller to what `DecodingSession` asks for.
private final class ScriptedSession: DecodingSession {
  private let model: ScriptedModel
  private let capacities: [Int]
  private let rowsAtOnce: Int
  private var texts: [[Int32]]
  private var latest: [[Float]] = []

  init(_ model: ScriptedModel, capacities: [Int], rowsAtOnce: Int) {
    self.model = model
    self.capacities = capacities
    self.rowsAtOnce = rowsAtOnce
    texts = capacities.map { _ in [] }
  }

  var counts: [Int] { texts.map(\.count) }

  func read(_ tokens: [Int32], sequence: Int) {
    #expect(!tokens.isEmpty)
    texts[sequence] += tokens
    #expect(texts[sequence].count <= capacities[sequence])
    latest = [model.scores(texts[sequence])]
    model.calls.counts.withLock { $0.read.append(tokens.count) }
  }

  func step(_ rows: [DecodingRow]) {
    #expect(!rows.isEmpty && rows.count <= rowsAtOnce)
    latest = rows.map { row in
      texts[row.sequence].append(row.token)
      #expect(texts[row.sequence].count <= capacities[row.sequence])
      return model.scores(texts[row.sequence])
    }
    model.calls.counts.withLock {
      $0.steps += 1
      $0.rows += rows.count
    }
  }

  func cut(sequence: Int, to count: Int) {
    #expect((0...texts[sequence].count).contains(count))
    texts[sequence].removeLast(texts[sequence].count - count)
  }

  func withScores<Result, Failure: Error>(
    row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try latest[row].withUnsafeMutableBufferPointer { buffer throws(Failure) in try body(buffer) }
  }
}
