import Files
import Foundation

/// The content of a SentencePiece `.model` file: pieces with scores, and the settings they were
/// made with.
///
/// Format: the `ModelProto` message of sentencepiece_model.proto (github.com/google/sentencepiece).
/// Fields that this type has no property for are kept in `otherFields`, and written back.
public struct SentencePieceModel: Equatable, Sendable {
  /// What a piece stands for.
  public enum PieceKind: Int32, Sendable {
    case normal = 1
    /// Stands for text that no piece covers. A model has exactly one.
    case unknown = 2
    /// Never found in text and invisible when decoded, such as `<s>`.
    case control = 3
    /// Always one token wherever it stands in text.
    case userDefined = 4
    /// May be passed through while merging, but is taken apart again.
    case unused = 5
    /// One byte, written `<0x41>`, for characters without a piece.
    case byte = 6
  }

  /// One entry of the vocabulary; its place in `pieces` is its token id.
  public struct Piece: Equatable, Sendable {
    /// UTF-8, with U+2581 for a space.
    public var bytes: [UInt8]
    /// Among possible merges the one with the highest score comes first.
    public var score: Float
    public var kind: PieceKind

    public init(bytes: [UInt8], score: Float, kind: PieceKind) {
      self.bytes = bytes
      self.score = score
      self.kind = kind
    }

    public init(_ text: String, score: Float, kind: PieceKind) {
      self.init(bytes: Array(text.utf8), score: score, kind: kind)
    }
  }

  public var pieces: [Piece]
  public var trainer: TrainerSettings
  public var normalizer: NormalizerSettings
  /// Whole encoded fields of the outermost message that have no property here.
  public var otherFields: [UInt8]
  /// Where the model was read from; only used to name it in errors.
  public var path: String

  public init(
    pieces: [Piece], trainer: TrainerSettings = TrainerSettings(),
    normalizer: NormalizerSettings = NormalizerSettings(), path: String = "(model in memory)"
  ) {
    self.pieces = pieces
    self.trainer = trainer
    self.normalizer = normalizer
    otherFields = []
    self.path = path
  }

  /// Reads a model file.
  ///
  /// - Throws: `TokenizationError.unreadableFile`, or `.malformedModel` when the bytes are no model.
  public init(contentsOf path: String) throws(TokenizationError) {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .unreadableFile(path: path, reason: error.localizedDescription)
    }
    try self.init(bytes: [UInt8](bytes), path: path)
  }

  /// Writes the model so that the file is either whole or absent.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws(FileError) {
    try AtomicFile.write(serialized(), to: path)
  }

  /// Two models are equal when their content is, wherever they were read from.
  public static func == (left: Self, right: Self) -> Bool {
    left.pieces == right.pieces && left.trainer == right.trainer
      && left.normalizer == right.normalizer && left.otherFields == right.otherFields
  }
}

extension SentencePieceModel {
  /// The trainer's settings that encoding and decoding depend on, and those that tell how a
  /// vocabulary was made (`TrainerSpec`).
  ///
  /// Defaults are those of sentencepiece_model.proto.
  public struct TrainerSettings: Equatable, Sendable {
    /// How text is cut: 1 unigram, 2 byte-pair encoding, 3 words, 4 characters.
    public var modelType: Int32 = 1
    public var vocabularySize: Int32 = 8_000
    public var characterCoverage: Float = 0.9995
    public var maximumPieceLength: Int32 = 16
    public var splitsByUnicodeScript = true
    public var splitsByWhitespace = true
    public var splitsByNumber = true
    /// Puts the mark of a space after a word instead of before it.
    public var treatsWhitespaceAsSuffix = false
    public var splitsDigits = false
    public var allowsWhitespaceOnlyPieces = false
    /// Encodes characters without a piece byte by byte.
    public var usesByteFallback = false
    public var unknownToken: Int32 = 0
    public var startToken: Int32 = 1
    public var endToken: Int32 = 2
    public var paddingToken: Int32 = -1
    /// What the unknown token decodes to: U+2047 between spaces.
    public var unknownSurface = Array(" \u{2047} ".utf8)
    public var unknownPiece = Array("<unk>".utf8)
    public var startPiece = Array("<s>".utf8)
    public var endPiece = Array("</s>".utf8)
    public var paddingPiece = Array("<pad>".utf8)
    /// Whole encoded fields that have no property here.
    public var otherFields: [UInt8] = []

    public init() {}
  }

  /// What is done to text before it is cut (`NormalizerSpec`).
  ///
  /// Defaults are those of sentencepiece_model.proto.
  public struct NormalizerSettings: Equatable, Sendable {
    public var name = Array("identity".utf8)
    /// A compiled table of replacements; empty for the identity.
    public var precompiledCharactersMap: [UInt8] = []
    /// Puts a space before the text, so that a word is the same at its start and inside.
    public var addsDummyPrefix = true
    /// Strips the text and makes one space of several.
    public var removesExtraWhitespace = true
    /// Writes spaces as U+2581.
    public var escapesWhitespace = true
    /// Whole encoded fields that have no property here.
    public var otherFields: [UInt8] = []

    public init() {}
  }
}
