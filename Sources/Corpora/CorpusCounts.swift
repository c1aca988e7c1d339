/// What became of a corpus, or of one source of a mixture, so far, from the first epoch on; a resumed stream goes on counting.
public struct CorpusCounts: Codable, Sendable, Equatable {
  /// Documents whose reading began.
  public var documentsRead = 0
  /// Documents of which at least one piece passed the filter; of very long ones, a piece of the
  /// first passage.
  public var documentsKept = 0
  /// Pieces cut.
  public var piecesRead = 0
  /// Pieces that passed the filter.
  public var piecesKept = 0
  /// Pieces dropped for `minimumCharacters`.
  public var piecesWithTooFewCharacters = 0
  /// Pieces dropped for `minimumTokens`, or because they have no target to make a row of.
  public var piecesWithTooFewTokens = 0
  /// Pieces dropped because they repeat themselves.
  public var piecesWithRepetitions = 0
  /// Documents dropped for an evaluation's text.
  public var documentsContaminated = 0
  /// Documents dropped because they were there before.
  public var documentsDuplicated = 0
  /// Documents dropped because they are almost one that was there before.
  public var documentsNearlyDuplicated = 0
  /// Bytes of text in the documents dropped for these three reasons.
  public var textBytesScreenedOut = 0
  /// Lines passed over under `MalformedLinePolicy.skip`.
  public var malformedLinesSkipped = 0
  /// Bytes of text in the pieces read.
  public var textBytesRead = 0
  /// Tokens of the pieces kept, start and end tokens included.
  public var tokensRead = 0
  /// Targets in batches.
  public var tokensUsed = 0
  /// Ignored targets in batches.
  public var tokensPadded = 0
  /// Tokens cut off by `Packing.padOrTruncate`.
  public var tokensDropped = 0

  /// Nothing so far.
  public init() {}

  /// Documents dropped whole.
  public var documentsScreenedOut: Int {
    documentsContaminated + documentsDuplicated + documentsNearlyDuplicated
  }

  /// What the filter did, in words.
  func summary(of filter: DocumentFilter) -> String {
    "\(documentsRead) documents gave \(piecesRead) pieces; "
      + "\(documentsScreenedOut) documents were screened out, "
      + "\(piecesWithRepetitions) pieces repeat themselves, "
      + "\(piecesWithTooFewCharacters) had fewer than \(filter.minimumCharacters) characters, "
      + "\(piecesWithTooFewTokens) fewer than \(max(filter.minimumTokens, 1)) tokens, "
      + "and \(malformedLinesSkipped) malformed lines were skipped"
  }

  /// Beyond any run, and far from where adding to it would overflow.
  ///
  /// A thousand sources at this limit can still be added up.
  static let limit = 1 << 53

  /// Whether these can have been counted, and not come from a damaged file.
  var isPlausible: Bool { Self.fields.allSatisfy { (0..<Self.limit).contains(self[keyPath: $0]) } }

  /// The counts of both.
  public static func + (left: CorpusCounts, right: CorpusCounts) -> CorpusCounts {
    var sum = left
    for field in fields { sum[keyPath: field] += right[keyPath: field] }
    return sum
  }

  static func - (left: CorpusCounts, right: CorpusCounts) -> CorpusCounts {
    var difference = left
    for field in fields { difference[keyPath: field] -= right[keyPath: field] }
    return difference
  }

  private static var fields: [WritableKeyPath<CorpusCounts, Int>] {
    CodingKeys.allCases.map(\.field)
  }
}

extension CorpusCounts {
  fileprivate enum CodingKeys: String, CodingKey, CaseIterable {
    case documentsRead, documentsKept, piecesRead, piecesKept, piecesWithTooFewCharacters
    case piecesWithTooFewTokens, piecesWithRepetitions, documentsContaminated
    case documentsDuplicated, documentsNearlyDuplicated, textBytesScreenedOut
    case malformedLinesSkipped, textBytesRead, tokensRead, tokensUsed, tokensPadded, tokensDropped

    var field: WritableKeyPath<CorpusCounts, Int> {
      switch self {
      case .documentsRead: \.documentsRead
      case .documentsKept: \.documentsKept
      case .piecesRead: \.piecesRead
      case .piecesKept: \.piecesKept
      case .piecesWithTooFewCharacters: \.piecesWithTooFewCharacters
      case .piecesWithTooFewTokens: \.piecesWithTooFewTokens
      case .piecesWithRepetitions: \.piecesWithRepetitions
      case .documentsContaminated: \.documentsContaminated
      case .documentsDuplicated: \.documentsDuplicated
      case .documentsNearlyDuplicated: \.documentsNearlyDuplicated
      case .textBytesScreenedOut: \.textBytesScreenedOut
      case .malformedLinesSkipped: \.malformedLinesSkipped
      case .textBytesRead: \.textBytesRead
      case .tokensRead: \.tokensRead
      case .tokensUsed: \.tokensUsed
      case .tokensPadded: \.tokensPadded
      case .tokensDropped: \.tokensDropped
      }
    }
  }

  /// Fields that are not there are 0.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: CodingKeys.self)
    for key in CodingKeys.allCases {
      self[keyPath: key.field] = try container.decodeIfPresent(Int.self, forKey: key) ?? 0
    }
  }

  /// What is 0 is left out: cursors hold many counts and are to stay small.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for key in CodingKeys.allCases where self[keyPath: key.field] != 0 {
      try container.encode(self[keyPath: key.field], forKey: key)
    }
  }
}

extension Array<CorpusCounts> {
  /// Those of all sources together.
  public var total: CorpusCounts { reduce(CorpusCounts(), +) }
}
