/// A token that stands for one text wherever it is written, such as `<s>` or `<|im_start|>`.
public struct TokenMarker: Sendable, Hashable {
  public let token: Int32
  /// UTF-8.
  public let text: [UInt8]
  /// Whether the vocabulary sets it apart from text: a control piece, or a special added token.
  public let isSpecial: Bool
  /// Found between characters alone that are none of words.
  public let isSingleWord: Bool
  /// Takes up the white space in front of it, or behind it.
  public let stripsLeft: Bool
  public let stripsRight: Bool

  public init(
    token: Int32, text: [UInt8], isSpecial: Bool, isSingleWord: Bool = false,
    stripsLeft: Bool = false, stripsRight: Bool = false
  ) {
    self.token = token
    self.text = text
    self.isSpecial = isSpecial
    self.isSingleWord = isSingleWord
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
  }
}

/// Finds markers in a text as Hugging Face's library finds added tokens: the longest first.
public struct MarkerFinder: Sendable {
  /// A stretch between markers, or one of them.
  public enum Part: Sendable, Hashable {
    case text(Range<Int>)
    case marker(Int32)
  }

  private let matcher: AddedTokenMatcher?

  public init(_ markers: [TokenMarker]) {
    matcher = AddedTokenMatcher(
      markers.map {
        AddedToken(
          id: $0.token, content: $0.text, isSpecial: $0.isSpecial, isSingleWord: $0.isSingleWord,
          stripsLeft: $0.stripsLeft, stripsRight: $0.stripsRight)
      })
  }

  /// Returns the parts of a text, all of it in order but for white space that markers take up.
  public func parts(of text: [UInt8]) -> [Part] {
    guard !text.isEmpty else { return [] }
    let found = text.withUnsafeBufferPointer { matcher?.parts($0) }
    guard let found else { return [.text(0..<text.count)] }
    return found.map { part in
      switch part {
      case .text(let range): .text(range)
      case .token(let token): .marker(token)
      }
    }
  }
}
