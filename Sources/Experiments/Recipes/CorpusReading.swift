import Corpora
import Tokenization

/// How documents become rows of tokens.
public struct CorpusReading: Sendable, Encodable {
  /// The field or column that holds the text, where a source names none of its own.
  public var textField: String
  /// The Unicode normalization before tokenization.
  public var normalization: Normalization
  /// Which pieces of documents are kept.
  public var filter: DocumentFilter
  /// Which documents are dropped whole.
  public var screening: DocumentScreening
  /// The evaluations whose text `screening.contamination` keeps out.
  public var evaluations: EvaluationTexts?
  /// The order of files and documents.
  public var shuffling: CorpusShuffling
  /// How pieces are laid into rows.
  public var packing: Packing
  /// Whether attention is kept inside documents that share a row.
  public var attention: AttentionScope
  /// What a line that is not usable JSON does.
  public var malformedLines: MalformedLinePolicy

  public init(
    textField: String = "text", normalization: Normalization, filter: DocumentFilter,
    screening: DocumentScreening = .none, evaluations: EvaluationTexts? = nil,
    shuffling: CorpusShuffling = .none, packing: Packing,
    attention: AttentionScope = .row, malformedLines: MalformedLinePolicy = .stop
  ) {
    self.textField = textField
    self.normalization = normalization
    self.filter = filter
    self.screening = screening
    self.evaluations = evaluations
    self.shuffling = shuffling
    self.packing = packing
    self.attention = attention
    self.malformedLines = malformedLines
  }

  private enum CodingKeys: String, CodingKey {
    case textField, normalization, filter, screening, evaluations, shuffling, packing, attention,
      malformedLines
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(textField, forKey: .textField)
    try container.encode("\(normalization)", forKey: .normalization)
    try container.encode(filter, forKey: .filter)
    // Records from before there was a choice stay as they are.
    if !screening.isEmpty { try container.encode(screening, forKey: .screening) }
    try container.encodeIfPresent(evaluations, forKey: .evaluations)
    if shuffling != .none { try container.encode("\(shuffling)", forKey: .shuffling) }
    try container.encode(packing, forKey: .packing)
    if attention != .row { try container.encode(attention, forKey: .attention) }
    try container.encode(malformedLines, forKey: .malformedLines)
  }
}

/// Whether documents are read in another order than they lie; the order is the recipe's seed's.
public enum CorpusShuffling: Sendable, Hashable, CustomStringConvertible {
  /// As listed and as they lie in their files.
  case none
  /// Files, row groups of columnar files, and documents within windows of so many.
  case shuffled(window: Int)

  public var description: String {
    switch self {
    case .none: "none"
    case .shuffled(let window): "files, and windows of \(window) documents"
    }
  }

  func fileOrder(seed: UInt64) -> FileOrder {
    self == .none ? .listed : .shuffled(seed: seed)
  }

  func windows(seed: UInt64) -> Shuffling {
    switch self {
    case .none: .none
    case .shuffled(let window): .window(documents: window, seed: seed)
    }
  }
}
