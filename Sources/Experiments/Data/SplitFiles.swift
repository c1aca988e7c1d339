/// Which of a folder's files hold a split, by their names.
///
/// `SPLIT.EXT` is the whole split. Else its shards are `SPLIT-00000-of-00003.EXT` and their kin, where
/// every one has to be there, or `SPLIT-0.EXT`, `SPLIT_1.EXT`, which do not say how many they are.
/// A name that goes on in another way, such as `validation_matched.EXT`, is another split's.
package enum SplitFiles: Equatable {
  /// The files, in the order of their documents.
  case files([String])
  /// No name is the split's.
  case none
  /// The names do not make one whole split; what is wrong with them.
  case unclear(String)

  /// Chooses a split's files.
  ///
  /// - Parameters:
  ///   - names: The names in one folder, in any order.
  ///   - fileExtension: The end of the names, without its dot.
  package init(of split: String, fileExtension: String, among names: [String]) {
    let suffix = ".\(fileExtension)"
    if names.contains(split + suffix) {
      self = .files([split + suffix])
      return
    }
    let shards = names.compactMap { Shard($0, split: split, suffix: suffix) }
    guard !shards.isEmpty else {
      self = .none
      return
    }
    let sets = Dictionary(grouping: shards, by: \.total)
    let whole = sets.filter { total, shards in
      total.map { Set(shards.map(\.number)) == Set(0..<$0) && shards.count == $0 } ?? true
    }
    guard whole.count == 1, let found = whole.values.first else {
      self = .unclear(
        whole.isEmpty ? Self.lack(in: sets) : "\(split)\(suffix) is there more than once")
      return
    }
    self = .files(
      found.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  /// The name of one of so many files, as the hub's own tools write it.
  package static func name(of index: Int, among count: Int, split: String, fileExtension: String)
    -> String
  {
    func five(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    return "\(split)-\(five(index))-of-\(five(count)).\(fileExtension)"
  }

  private static func lack(in sets: [Int?: [Shard]]) -> String {
    let sets = sets.sorted { ($0.key ?? 0) < ($1.key ?? 0) }
    return sets.map { total, shards in
      let numbers = Set(shards.map(\.number)).count
      return numbers < shards.count
        ? "\(shards.count) files for \(numbers) of the \(total ?? 0) parts"
        : "\(shards.count) of \(total ?? 0) files"
    }.joined(separator: " and ")
  }
}

/// One of the files of a split.
private struct Shard {
  /// More files than a split has; larger numbers are no count of files.
  private static let limit = 100_000

  var name: String
  var number: Int
  /// How many there are, where the name says it.
  var total: Int?

  /// Reads a name; nil if it is not one of the split's.
  init?(_ name: String, split: String, suffix: String) {
    guard name.hasPrefix(split), name.hasSuffix(suffix),
      name.utf8.count > split.utf8.count + suffix.utf8.count
    else { return nil }
    var rest = name.utf8.dropFirst(split.utf8.count).dropLast(suffix.utf8.count)
    if let first = rest.first, "-._".utf8.contains(first) { rest = rest.dropFirst() }
    guard let number = Self.number(&rest) else { return nil }
    self.name = name
    self.number = number
    let separator = "-of-".utf8
    guard rest.starts(with: separator) else { return }
    rest = rest.dropFirst(separator.count)
    guard let total = Self.number(&rest), (1...Self.limit).contains(total) else { return nil }
    self.total = total
  }

  /// Takes the digits at the front; nil if there are none, or too many for a number.
  private static func number(_ text: inout Substring.UTF8View) -> Int? {
    let digits = text.prefix { (0x30...0x39).contains($0) }
    text = text.dropFirst(digits.count)
    return Int(Substring(digits))
  }
}
