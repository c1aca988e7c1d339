/// Finds the longest of a set of byte strings that stands at a place in a text.
struct PrefixMatcher: Sendable {
  /// Keys are `node << 8 | byte`, values nodes; node 0 is the root.
  private let edges: IntegerTable
  /// What ends at each node, or -1.
  private let values: [Int32]
  private let isFirstByte: [Bool]

  /// Returns nil where there is nothing to find.
  package init?(_ entries: [(bytes: [UInt8], value: Int32)]) {
    guard !entries.isEmpty else { return nil }
    var nodes: [UInt64: UInt64] = [:]
    var edges: [(key: UInt64, value: UInt64)] = []
    var values: [Int32] = [-1]
    var isFirstByte = [Bool](repeating: false, count: 256)
    for (bytes, value) in entries {
      precondition(!bytes.isEmpty && value >= 0, "PrefixMatcher: empty string or value \(value)")
      isFirstByte[Int(bytes[0])] = true
      var node: UInt64 = 0
      for byte in bytes {
        let key = node << 8 | UInt64(byte)
        if let next = nodes[key] {
          node = next
        } else {
          node = UInt64(values.count)
          nodes[key] = node
          edges.append((key, node))
          values.append(-1)
        }
      }
      values[Int(node)] = value
    }
    self.edges = IntegerTable(edges)
    self.values = values
    self.isFirstByte = isFirstByte
  }

  /// Returns the length and the value of the longest match at `position`.
  @inline(__always)
  func longestMatch(
    in text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> (length: Int, value: Int32)? {
    guard isFirstByte[Int(text[position])] else { return nil }
    return walk(text, from: position)
  }

  private func walk(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (length: Int, value: Int32)? {
    var best: (length: Int, value: Int32)?
    var node: UInt64 = 0
    var position = start
    while position < text.count {
      node = edges.value(node << 8 | UInt64(text[position]))
      if node == IntegerTable.none { break }
      position += 1
      let value = values[Int(node)]
      if value >= 0 { best = (position - start, value) }
    }
    return best
  }
}
