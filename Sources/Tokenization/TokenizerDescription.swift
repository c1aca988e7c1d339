/// What a `tokenizer.json` of Hugging Face's says, as far as it bears on ids and their text.
///
/// `truncation` and `padding` do not: they are about batches.
struct TokenizerDescription {
  var model: Model
  var addedTokens: [AddedToken]
  var normalizers: [NormalizerStep]
  var preTokenizers: [PreTokenizerStep]
  var decoder: DecoderSteps
  /// What the post-processor puts in front of a text and behind it.
  var startToken: Int32?
  var endToken: Int32?

  /// `model`, of type BPE.
  struct Model {
    /// Names, as UTF-8, with their ids.
    var vocabulary: [(name: [UInt8], id: Int32)] = []
    var merges: [(left: [UInt8], right: [UInt8])] = []
    var unknownToken: [UInt8]?
    var fusesUnknown = false
    var fallsBackToBytes = false
    var ignoresMerges = false
  }
}

/// A token that is found in text before anything else is done with it.
struct AddedToken: Equatable, Sendable {
  var id: Int32
  var content: [UInt8]
  var isSpecial = false
  /// Only between characters that are none of words.
  var isSingleWord = false
  /// Takes up the white space in front of it, or behind it.
  var stripsLeft = false
  var stripsRight = false
  /// Is looked for in normalized text.
  var isNormalized = true
}

/// One change to text before it is cut.
enum NormalizerStep: Sendable {
  case form(UnicodeForm)
  case lowercase
  case prepend([UInt8])
  case replace(PatternMatcher, [UInt8])
  case strip(left: Bool, right: Bool)
}

/// One cut of text into pieces, or a change to each of them.
enum PreTokenizerStep: Sendable {
  /// The last step: bytes instead of characters, cut by GPT-2's pattern or not at all.
  case byteLevel(addsPrefixSpace: Bool, PatternMatcher?)
  case split(PatternMatcher, known: PreTokenizationPattern?, SplitBehavior, isInverted: Bool)
  case metaspace(replacement: [UInt8], PrependScheme, splits: Bool)

  enum PrependScheme: String, Sendable {
    case always, first, never
  }

  var isByteLevel: Bool {
    if case .byteLevel = self { true } else { false }
  }
}

/// What becomes of the places where a pattern is found.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"
}

/// How tokens' names become text.
struct DecoderSteps: Equatable, Sendable {
  var isByteLevel = false
  var replacements: [Replacement] = []
  var fallsBackToBytes = false
  /// What one of is taken away from the text's start.
  var strippedAtStart: [UInt8]?
  /// The whole of the first token loses these.
  var removedFromFirst: [UInt8]?

  struct Replacement: Equatable, Sendable {
    var pattern: [UInt8]
    var content: [UInt8]
  }
}
