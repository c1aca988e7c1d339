/// Finds the first of some texts in a stream of bytes, and holds back what may still become one.
///
/// An Aho–Corasick automaton (doi:10.1145/360825.360855): a byte costs one look-up, however many texts
/// there are and however often they almost come.
package struct StopTexts: Sendable {
  /// The state after each byte in each state; 256 a state.
  private let next: [Int32]
  /// How many of the last bytes may still become a stop text.
  private let depths: [Int32]
  /// The length of the longest text that ends in a state; 0 where none does.
  private let lengths: [Int32]
  /// Of every text so far.
  private var state = 0
  /// The last bytes that may still become a stop text.
  private var held: [UInt8] = []

  /// - Throws: ``GenerationError/emptyStopText``.
  package init(_ texts: [String]) throws(GenerationError) {
    var children: [[UInt8: Int]] = [[:]]
    var depths = [0]
    var lengths = [0]
    for text in texts {
      guard !text.isEmpty else { throw .emptyStopText }
      var node = 0
      for byte in text.utf8 {
        if let child = children[node][byte] {
          node = child
        } else {
          children.append([:])
          depths.append(depths[node] + 1)
          lengths.append(0)
          children[node][byte] = children.count - 1
          node = children.count - 1
        }
      }
      lengths[node] = depths[node]
    }
    // Breadth first: where a state has no child, its longest suffix that is a state goes on.
    var next = [Int32](repeating: 0, count: 256 * children.count)
    var suffixes = [Int](repeating: 0, count: children.count)
    var queue = [0]
    var taken = 0
    while taken < queue.count {
      let node = queue[taken]
      taken += 1
      for byte in 0..<256 {
        let fallen = node == 0 ? 0 : Int(next[256 * suffixes[node] + byte])
        guard let child = children[node][UInt8(byte)] else {
          next[256 * node + byte] = Int32(fallen)
          continue
        }
        next[256 * node + byte] = Int32(child)
        suffixes[child] = fallen
        lengths[child] = max(lengths[child], lengths[fallen])
        queue.append(child)
      }
    }
    self.next = next
    self.depths = depths.map(Int32.init)
    self.lengths = lengths.map(Int32.init)
  }

  /// Takes in text; returns what can no longer become a stop text, and whether one was found: what
  /// came before it is returned then, and nothing afterwards may be taken in.
  package mutating func append(_ text: String) -> (text: String, isFound: Bool) {
    guard next.count > 256 else { return (text, false) }
    var text = text
    let found = text.withUTF8 { bytes in
      for byte in bytes {
        held.append(byte)
        state = Int(next[256 * state + Int(byte)])
        if lengths[state] > 0 {
          held.removeLast(Int(lengths[state]))
          return true
        }
      }
      return false
    }
    return (release(found ? held.count : held.count - Int(depths[state])), found)
  }

  /// Returns what was held back.
  package mutating func finish() -> String {
    state = 0
    return release(held.count)
  }

  /// A stop text begins with a character, so that what comes before it is whole characters.
  private mutating func release(_ count: Int) -> String {
    guard count > 0 else { return "" }
    let text = String(decoding: held[..<count], as: UTF8.self)
    held.removeFirst(count)
    return text
  }
}
