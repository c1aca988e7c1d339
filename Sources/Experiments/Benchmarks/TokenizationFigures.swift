import Foundation

/// What a tokenizer's benchmark measured.
public struct TokenizationFigures: Sendable, Encodable {
  /// The corpus on so many threads.
  public struct Rate: Sendable, Encodable {
    public let threads: Int
    public let bytes: Int
    public let tokens: Int
    /// The median pass.
    public let seconds: Double
    public let bytesPerSecond: Double
    public let tokensPerSecond: Double
    /// What the processor spent on that pass, on all threads together: on a machine that does other
    /// things too, bytes by this say more.
    public let processorSeconds: Double

    init(threads: Int, bytes: Int, tokens: Int, seconds: Double, processorSeconds: Double) {
      self.threads = threads
      self.bytes = bytes
      self.tokens = tokens
      self.seconds = seconds
      self.processorSeconds = processorSeconds
      bytesPerSecond = Double(bytes) / seconds
      tokensPerSecond = Double(tokens) / seconds
    }
  }

  /// One hostile text at two lengths.
  public struct Growth: Sendable, Encodable {
    public let text: String
    /// The shorter length; the longer one is four times that.
    public let bytes: Int
    /// Processor time of the fastest pass.
    public let seconds: Double
    public let fourfoldSeconds: Double
    /// How many times as long the longer text took.
    public let growth: Double

    init(text: String, bytes: Int, seconds: Double, fourfoldSeconds: Double) {
      self.text = text
      self.bytes = bytes
      self.seconds = seconds
      self.fourfoldSeconds = fourfoldSeconds
      growth = fourfoldSeconds / seconds
    }

    /// What n log n would grow by: 4 · log 4n ÷ log n.
    public var expectedGrowth: Double { 4 * log(Double(4 * bytes)) / log(Double(bytes)) }
  }

  public let tokenizer: String
  public let vocabulary: Int
  public let fingerprint: String
  public let processor: String
  public let documents: Int
  /// On one thread, then on all.
  public let rates: [Rate]
  public let hostile: [Growth]

  init(
    tokenizer: String, vocabulary: Int, fingerprint: String, documents: Int, rates: [Rate],
    hostile: [Growth]
  ) {
    self.tokenizer = tokenizer
    self.vocabulary = vocabulary
    self.fingerprint = fingerprint
    processor = MachineReport().processor
    self.documents = documents
    self.rates = rates
    self.hostile = hostile
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
