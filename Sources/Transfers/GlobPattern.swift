/// A pattern of names: `*` and `?` within a folder, `**` across folders, `[a-z]` and `[!a-z]`.
///
/// `**/` stands for any number of folders, also none.
package struct GlobPattern: Sendable, Equatable {
  private enum Element: Sendable, Equatable {
    case scalar(Unicode.Scalar)
    case any
    case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    /// Any number within a folder.
    case run
    /// Any number, slashes too.
    case deepRun
    /// Nothing, or anything that ends in a slash.
    case folders
  }

  private let elements: [Element]

  /// What every match begins with.
  package let literalPrefix: String

  package init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    var elements: [Element] = []
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      switch scalar {
      case "?": elements.append(.any)
      case "*":
        let isDeep = index < scalars.count && scalars[index] == "*"
        while index < scalars.count, scalars[index] == "*" { index += 1 }
        let beginsFolder = elements.isEmpty || elements.last == .scalar("/")
        if isDeep, beginsFolder, index < scalars.count, scalars[index] == "/" {
          index += 1
          elements.append(.folders)
        } else {
          elements.append(isDeep ? .deepRun : .run)
        }
      case "[":
        if let (set, end) = Self.set(scalars, from: index) {
          elements.append(set)
          index = end
        } else {
          elements.append(.scalar(scalar))
        }
      default: elements.append(.scalar(scalar))
      }
    }
    self.elements = elements
    var prefix = String.UnicodeScalarView()
    for element in elements {
      guard case .scalar(let scalar) = element else { break }
      prefix.append(scalar)
    }
    literalPrefix = String(prefix)
  }

  /// Whether it stands for itself alone.
  package var isLiteral: Bool {
    elements.allSatisfy { if case .scalar = $0 { true } else { false } }
  }

  /// Whether a name matches, in time of at most their lengths' product.
  package func matches(_ name: String) -> Bool {
    // states[i]: the first i elements match what was read.
    var states = [Bool](repeating: false, count: elements.count + 1)
    enter(0, &states)
    for scalar in name.unicodeScalars {
      var next = [Bool](repeating: false, count: states.count)
      for (index, element) in elements.enumerated() where states[index] {
        switch element {
        case .scalar(let wanted) where scalar == wanted: enter(index + 1, &next)
        case .any where scalar != "/": enter(index + 1, &next)
        case .oneOf(let ranges, let isNegated)
        where scalar != "/" && ranges.contains { $0.contains(scalar) } != isNegated:
          enter(index + 1, &next)
        case .run where scalar != "/", .deepRun: enter(index, &next)
        case .folders:
          // Within a folder's name nothing may follow but the rest of it.
          next[index] = true
          if scalar == "/" { enter(index + 1, &next) }
        default: break
        }
      }
      states = next
    }
    return states[elements.count]
  }

  /// Comes to an element, and past it if it may stand for nothing.
  private func enter(_ index: Int, _ states: inout [Bool]) {
    states[index] = true
    guard index < elements.count else { return }
    if [.run, .deepRun, .folders].contains(elements[index]) { enter(index + 1, &states) }
  }

  private static func set(
    _ scalars: [Unicode.Scalar], from start: Int
  ) -> (Element, end: Int)? {
    var index = start
    let isNegated = index < scalars.count && (scalars[index] == "!" || scalars[index] == "^")
    if isNegated { index += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while index < scalars.count {
      if scalars[index] == "]", !ranges.isEmpty {
        return (.oneOf(ranges, isNegated: isNegated), index + 1)
      }
      let low = scalars[index]
      if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
        let high = scalars[index + 2]
        // A range from high to low holds nothing, but closes the set all the same.
        ranges.append(low <= high ? low...high : "\0"..."\0")
        index += 3
      } else {
        ranges.append(low...low)
        index += 1
      }
    }
    return nil
  }
}
