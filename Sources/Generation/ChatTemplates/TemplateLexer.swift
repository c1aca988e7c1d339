/// A word of a template, with its line.
struct TemplateToken {
  enum Kind: Equatable {
    case data(TemplateText)
    case blockBegin
    case blockEnd
    case variableBegin
    case variableEnd
    case name(String)
    case text(TemplateText)
    case integer(Int)
    case number(Double)
    case sign(String)
    case end
  }

  let kind: Kind
  let line: Int

  /// The word as messages show it.
  var summary: String {
    switch kind {
    case .data: "text"
    case .blockBegin: "{%"
    case .blockEnd: "%}"
    case .variableBegin: "{{"
    case .variableEnd: "}}"
    case .name(let name): name
    case .text(let text): "the text '\(text.string.prefix(40))'"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .sign(let sign): sign
    case .end: "the end of the template"
    }
  }
}

/// Cuts a template into words, as Jinja does with `trim_blocks` and `lstrip_blocks`, the settings of
/// transformers: the line break after a block goes, and so does what is white before one on its line.
struct TemplateLexer {
  private let source: [UInt32]
  private var position = 0
  private var line = 1
  private var tokens: [TemplateToken] = []
  /// Whether what was read last ends a line.
  private var isLineStart = true

  /// Returns the words of a template, `.end` last.
  static func tokens(of source: String) throws(TemplateFault) -> [TemplateToken] {
    var lexer = TemplateLexer(source)
    guard lexer.source.count <= TemplateLimit.sourceCharacters else {
      throw TemplateFault(
        .limit, "it has \(lexer.source.count) characters, at most \(TemplateLimit.sourceCharacters)"
      )
    }
    try lexer.run()
    return lexer.tokens
  }

  private init(_ text: String) {
    // All line breaks count as one character; one at the very end is none of the template's.
    var units: [UInt32] = []
    units.reserveCapacity(text.utf8.count)
    var followsReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", followsReturn {
        followsReturn = false
        continue
      }
      followsReturn = scalar == "\r"
      units.append(followsReturn ? 0x0A : scalar.value)
    }
    if units.last == 0x0A { units.removeLast() }
    source = units
  }

  private func isNext(_ text: StaticString, at place: Int? = nil) -> Bool {
    let start = place ?? position
    guard start + text.utf8CodeUnitCount <= source.count else { return false }
    return text.withUTF8Buffer { bytes in
      bytes.indices.allSatisfy { source[start + $0] == UInt32(bytes[$0]) }
    }
  }

  private func skipSpaces(_ place: Int) -> Int {
    var place = place
    while place < source.count, TemplateText.isSpace(source[place]) { place += 1 }
    return place
  }

  private mutating func advance(to end: Int) {
    for place in position..<end where source[place] == 0x0A { line += 1 }
    if end > position { isLineStart = source[end - 1] == 0x0A }
    position = end
  }

  private mutating func append(_ kind: TemplateToken.Kind) {
    tokens.append(TemplateToken(kind: kind, line: line))
  }

  // MARK: Text and tags

  private mutating func run() throws(TemplateFault) {
    while let tag = nextTag() {
      try readTag(tag)
    }
    appendData(position..<source.count, line)
    position = source.count
    append(.end)
  }

  private func nextTag() -> Int? {
    (position..<source.count).first {
      isNext("{%", at: $0) || isNext("{{", at: $0) || isNext("{#", at: $0)
    }
  }

  private mutating func readTag(_ tag: Int) throws(TemplateFault) {
    let isVariable = isNext("{{", at: tag)
    appendData(strippedRange(position..<tag, beforeTagAt: tag, isVariable: isVariable), line)
    advance(to: tag)
    let start = line
    let sign = tag + 2 < source.count ? source[tag + 2] : 0
    let inside = tag + ([0x2D, 0x2B].contains(sign) ? 3 : 2)
    if isNext("{#") {
      try skipComment(from: inside, line: start)
    } else if let end = rawBegin(from: inside, at: tag) {
      advance(to: end)
      try readRaw(line: start)
    } else {
      append(isVariable ? .variableBegin : .blockBegin)
      advance(to: inside)
      try readCode(isVariable: isVariable)
    }
  }

  private mutating func appendData(_ range: Range<Int>, _ line: Int) {
    guard !range.isEmpty else { return }
    tokens.append(TemplateToken(kind: .data(TemplateText(units: source[range])), line: line))
  }

  /// The text before a tag without what the tag takes away.
  private func strippedRange(
    _ range: Range<Int>, beforeTagAt tag: Int, isVariable: Bool
  ) -> Range<Int> {
    var end = range.upperBound
    switch tag + 2 < source.count ? source[tag + 2] : 0 {
    case 0x2D:
      while end > range.lowerBound, TemplateText.isSpace(source[end - 1]) { end -= 1 }
    case 0x2B: break
    default:
      guard !isVariable else { break }
      var start = end
      while start > range.lowerBound, source[start - 1] != 0x0A { start -= 1 }
      if start > range.lowerBound || isLineStart,
        source[start..<end].allSatisfy(TemplateText.isSpace)
      {
        end = start
      }
    }
    return range.lowerBound..<end
  }

  /// The place after `%}` and what goes with it, if that is what stands at `place`.
  private func blockEnd(at place: Int, takesSign: Bool = true) -> Int? {
    if takesSign, isNext("-%}", at: place) { return skipSpaces(place + 3) }
    if takesSign, isNext("+%}", at: place) { return place + 3 }
    guard isNext("%}", at: place) else { return nil }
    return isNext("\n", at: place + 2) ? place + 3 : place + 2
  }

  private mutating func skipComment(from inside: Int, line start: Int) throws(TemplateFault) {
    var place = inside
    while place < source.count {
      if isNext("-#}", at: place) { return advance(to: skipSpaces(place + 3)) }
      if isNext("+#}", at: place) { return advance(to: place + 3) }
      if isNext("#}", at: place) {
        return advance(to: isNext("\n", at: place + 2) ? place + 3 : place + 2)
      }
      place += 1
    }
    throw TemplateFault(
      .syntax, "a comment that begins here has no end: close it with #}", line: start)
  }

  // MARK: Raw text

  /// The place after `{% raw %}`.
  private func rawBegin(from inside: Int, at tag: Int) -> Int? {
    guard isNext("{%", at: tag) else { return nil }
    let word = skipSpaces(inside)
    guard isNext("raw", at: word) else { return nil }
    let end = skipSpaces(word + 3)
    if isNext("-%}", at: end) { return skipSpaces(end + 3) }
    return isNext("%}", at: end) ? end + 2 : nil
  }

  private mutating func readRaw(line start: Int) throws(TemplateFault) {
    for tag in position..<source.count where isNext("{%", at: tag) {
      let sign = tag + 2 < source.count ? source[tag + 2] : 0
      let word = skipSpaces(tag + ([0x2D, 0x2B].contains(sign) ? 3 : 2))
      guard isNext("endraw", at: word), let end = blockEnd(at: skipSpaces(word + 6)) else {
        continue
      }
      appendData(strippedRange(position..<tag, beforeTagAt: tag, isVariable: false), line)
      return advance(to: end)
    }
    throw TemplateFault(
      .syntax, "raw text that begins here has no end: close it with {% endraw %}", line: start)
  }

  // MARK: Code

  private mutating func readCode(isVariable: Bool) throws(TemplateFault) {
    var open: [UInt32] = []
    while true {
      advance(to: skipSpaces(position))
      guard position < source.count else {
        throw TemplateFault(
          .syntax, "the template ends inside \(isVariable ? "{{ … }}" : "{% … %}")", line: line)
      }
      if open.isEmpty, let end = codeEnd(isVariable: isVariable) {
        append(isVariable ? .variableEnd : .blockEnd)
        return advance(to: end)
      }
      var reader = TemplateWordReader(source: source, position: position, line: line)
      let kind = try reader.next()
      if case .sign(let sign) = kind { try balance(sign, &open) }
      append(kind)
      advance(to: reader.position)
    }
  }

  private func codeEnd(isVariable: Bool) -> Int? {
    guard isVariable else { return blockEnd(at: position) }
    if isNext("-}}") { return skipSpaces(position + 3) }
    return isNext("}}") ? position + 2 : nil
  }

  private func balance(_ sign: String, _ open: inout [UInt32]) throws(TemplateFault) {
    switch sign {
    case "(": open.append(0x29)
    case "[": open.append(0x5D)
    case "{": open.append(0x7D)
    case ")", "]", "}":
      guard open.popLast() == sign.unicodeScalars.first?.value else {
        throw TemplateFault(.syntax, "\(sign) closes nothing that is open here", line: line)
      }
    default: break
    }
  }
}
