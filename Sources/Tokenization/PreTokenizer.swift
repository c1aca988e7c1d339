/// Cuts text into the pieces that are merged each by itself.
struct PreTokenizer: Sendable {
  private let steps: [PreTokenizerStep]
  /// A pattern that does all the work, in one of the ways that leave every character in a piece.
  let pattern: (kind: PreTokenizationPattern, matcher: PatternMatcher)?

  init(_ steps: [PreTokenizerStep]) {
    self.steps = steps
    pattern = Self.pattern(of: steps)
  }

  private static func pattern(
    of steps: [PreTokenizerStep]
  ) -> (kind: PreTokenizationPattern, matcher: PatternMatcher)? {
    guard case .byteLevel(addsPrefixSpace: false, let matcher)? = steps.last else { return nil }
    switch (steps.count, matcher, steps[0]) {
    case (1, .some(let matcher), _):
      return (.gpt2, matcher)
    case (2, nil, .split(let matcher, .some(let known), .isolated, _)),
      (2, nil, .split(let matcher, .some(let known), .removed, isInverted: true)):
      return (known, matcher)
    default:
      return nil
    }
  }

  /// Text in pieces, which need not follow one another.
  struct Pieces {
    var bytes: [UInt8]
    var ranges: [Range<Int>]

    /// Replaces each piece by what `change` makes of it.
    fileprivate mutating func rewrite(_ change: (ArraySlice<UInt8>) -> [UInt8]) {
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      ranges = ranges.map { range in
        let start = result.count
        result += change(bytes[range])
        return start..<result.count
      }
      bytes = result
    }
  }

  /// Returns the pieces of a stretch of text between added tokens; `isFirst` where it is the text's
  /// beginning.
  func pieces(_ bytes: [UInt8], isFirst: Bool) -> Pieces {
    var pieces = Pieces(bytes: bytes, ranges: bytes.isEmpty ? [] : [0..<bytes.count])
    for step in steps {
      switch step {
      case .byteLevel(let addsPrefixSpace, let matcher):
        if addsPrefixSpace, pieces.ranges.contains(where: { pieces.bytes[$0].first != 0x20 }) {
          pieces.rewrite { $0.first == 0x20 ? Array($0) : [0x20] + $0 }
        }
        if let matcher { split(&pieces, matcher, .isolated, isInverted: false) }
      case .split(let matcher, _, let behavior, let isInverted):
        split(&pieces, matcher, behavior, isInverted: isInverted)
      case .metaspace(let replacement, let scheme, let splits):
        pieces.rewrite { piece in
          let replaced = replacing([0x20], with: replacement, in: Array(piece))
          let isAtStart = isFirst && piece.startIndex == 0
          guard scheme == .always || scheme == .first && isAtStart,
            !replaced.starts(with: replacement)
          else { return replaced }
          return replacement + replaced
        }
        if splits { splitBefore(replacement, &pieces) }
      }
    }
    return pieces
  }

  private func splitBefore(_ separator: [UInt8], _ pieces: inout Pieces) {
    var result: [Range<Int>] = []
    for range in pieces.ranges {
      var matches: [Range<Int>] = []
      var position = range.lowerBound
      while position < range.upperBound {
        if pieces.bytes[position..<range.upperBound].starts(with: separator) {
          matches.append(position..<(position + separator.count))
          position += separator.count
        } else {
          position += encodedLength(lead: pieces.bytes[position])
        }
      }
      result += Self.parts(of: range, matches, .mergedWithNext, isInverted: false)
    }
    pieces.ranges = result
  }

  private func split(
    _ pieces: inout Pieces, _ matcher: PatternMatcher, _ behavior: SplitBehavior, isInverted: Bool
  ) {
    pieces.bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var result: [Range<Int>] = []
      for range in pieces.ranges {
        var matches: [Range<Int>] = []
        var position = range.lowerBound
        while let match = matcher.firstMatch(in: base, from: position, to: range.upperBound) {
          matches.append(match)
          position = match.upperBound
        }
        result += Self.parts(of: range, matches, behavior, isInverted: isInverted)
      }
      pieces.ranges = result
    }
  }

  /// Returns what a piece falls into around its matches, without empty parts.
  static func parts(
    of piece: Range<Int>, _ matches: [Range<Int>], _ behavior: SplitBehavior, isInverted: Bool
  ) -> [Range<Int>] {
    var all: [(range: Range<Int>, isMatch: Bool)] = []
    var position = piece.lowerBound
    for match in matches {
      if position < match.lowerBound { all.append((position..<match.lowerBound, isInverted)) }
      all.append((match, !isInverted))
      position = match.upperBound
    }
    if position < piece.upperBound { all.append((position..<piece.upperBound, isInverted)) }
    switch behavior {
    case .isolated: return all.map(\.range)
    case .removed: return all.filter { !$0.isMatch }.map(\.range)
    case .contiguous: return joined(all) { $0.isMatch == $1.isMatch }
    case .mergedWithPrevious: return joined(all) { $1.isMatch && !$0.isMatch }
    // Of several matches in a row, only the last has something other than a match behind it.
    case .mergedWithNext: return joined(all) { $0.isMatch && !$1.isMatch }
    }
  }

  /// Joins neighbours where `joins` says so of a part and the one that follows it.
  private static func joined(
    _ parts: [(range: Range<Int>, isMatch: Bool)],
    where joins: ((range: Range<Int>, isMatch: Bool), (range: Range<Int>, isMatch: Bool)) -> Bool
  ) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for (index, part) in parts.enumerated() {
      if index > 0, joins(parts[index - 1], part), let last = result.last {
        result[result.count - 1] = last.lowerBound..<part.range.upperBound
      } else {
        result.append(part.range)
      }
    }
    return result
  }
}
