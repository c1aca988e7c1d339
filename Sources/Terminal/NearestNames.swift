/// The names that someone may have meant.
public enum NearestNames {
  /// Returns up to three names, the nearest first: those that hold the text given, then those
  /// that a few typing errors turn into it (two, or one in three characters of a longer one).
  public static func of(_ name: String, among names: [String]) -> [String] {
    let wanted = name.lowercased()
    let limit = max(2, wanted.count / 3)
    let ranked = names.compactMap { candidate -> (distance: Int, name: String)? in
      let lowercase = candidate.lowercased()
      if !wanted.isEmpty, lowercase.contains(wanted) { return (0, candidate) }
      // At least as many edits as the lengths differ: long texts need no measuring.
      let difference = wanted.unicodeScalars.count - lowercase.unicodeScalars.count
      guard abs(difference) <= limit else { return nil }
      let distance = editDistance(wanted, lowercase)
      return distance <= limit ? (distance, candidate) : nil
    }
    return ranked.enumerated()
      .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
      .prefix(3).map(\.element.name)
  }

  /// Returns the least count of insertions, deletions, replacements and swaps of neighbours that
  /// turns one text into the other (optimal string alignment).
  package static func editDistance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first.unicodeScalars), Array(second.unicodeScalars))
    var (before, previous) = ([Int](), Array(0...b.count))
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        let replaced = previous[j] + (a[i] == b[j] ? 0 : 1)
        var best = min(replaced, previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        current.append(best)
      }
      (before, previous) = (previous, current)
    }
    return previous[b.count]
  }
}
