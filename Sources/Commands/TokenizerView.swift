import Foundation
import Terminal
import Tokenization

/// A tokenizer for people: what it has, and what it makes of text.
struct TokenizerView {
  let tokenizer: any Tokenizer
  let terminal: TerminalCapabilities

  /// The longest pieces of a kind that are shown.
  private static let exampleCount = 3

  init(_ tokenizer: any Tokenizer, terminal: TerminalCapabilities) {
    self.tokenizer = tokenizer
    self.terminal = terminal
  }

  /// One line on how many bytes a token stands for.
  func efficiency(on documents: [[UInt8]]) -> String {
    let bytes = documents.reduce(0) { $0 + $1.count }
    let tokens = documents.reduce(0) { $0 + tokenizer.encode($1).count }
    guard tokens > 0 else { return "" }
    return "\(Format.decimal(Double(bytes) / Double(tokens), places: 3)) bytes a token over "
      + "\(Format.bytes(bytes)) of the corpus\n"
  }

  /// What identifies the tokenizer and what it puts around documents.
  func summary(format: String) -> String {
    func name(_ token: Int32?) -> String {
      token.map { "\(tokenizer.piece($0)) (\($0))" } ?? "none"
    }
    return BenchmarkText.pairs(
      [
        ("format", format),
        ("vocabulary", "\(Format.grouped(tokenizer.vocabularySize)) pieces"),
        ("start of text", name(tokenizer.startToken)),
        ("end of text", name(tokenizer.endToken)),
        ("padding", name(tokenizer.paddingToken)),
        ("fingerprint", tokenizer.fingerprint),
      ], for: terminal)
  }

  /// How many pieces of each kind there are, and the longest of them.
  var pieces: String {
    var table = TextTable(columns: [
      .init("pieces", alignment: .leading), .init("count"),
      .init("longest", alignment: .leading, minimumWidth: 20),
    ])
    for (kind, pieces) in kinds where !pieces.isEmpty {
      let longest = pieces.enumerated()
        .sorted {
          ($1.element.unicodeScalars.count, $0.offset) < (
            $0.element.unicodeScalars.count, $1.offset
          )
        }
        .prefix(Self.exampleCount).map(\.element)
      table.append([kind, Format.grouped(pieces.count), longest.joined(separator: "  ")])
    }
    return table.rendered(for: terminal)
  }

  private var kinds: [(String, [String])] {
    let all = (0..<tokenizer.vocabularySize).map { tokenizer.piece(Int32($0)) }
    guard let model = (tokenizer as? SentencePieceTokenizer)?.model else { return [("all", all)] }
    func pieces(_ isWanted: (SentencePieceModel.Piece, String) -> Bool) -> [String] {
      zip(model.pieces, all).filter { isWanted($0, $1) }.map(\.1)
    }
    return [
      ("special", pieces { piece, _ in piece.kind == .control || piece.kind == .unknown }),
      ("user-defined", pieces { piece, _ in piece.kind == .userDefined }),
      ("bytes", pieces { piece, _ in piece.kind == .byte }),
      ("characters", pieces { $0.kind == .normal && $1.unicodeScalars.count == 1 }),
      ("merged", pieces { $0.kind == .normal && $1.unicodeScalars.count > 1 }),
      ("unused", pieces { piece, _ in piece.kind == .unused }),
    ]
  }
}

extension TokenizerFile {
  /// What people call the format.
  var formatName: String {
    switch self {
    case .sentencePiece: "SentencePiece BPE model"
    case .huggingFace: "Hugging Face tokenizer.json"
    case .tiktoken: "tiktoken ranks"
    }
  }
}
