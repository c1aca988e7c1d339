/// What a data set on the hub has, for those who asked for something else.
package struct HubContents {
  /// The files of its publishers, and those of the hub's conversion.
  package var published: HubLayout
  package var converted: HubLayout

  package init(published: HubLayout, converted: HubLayout) {
    self.published = published
    self.converted = converted
  }

  /// More names than these are counted.
  private static let nameLimit = 12

  /// What is lacking of a wanted split, and what there is instead.
  package func description(for wanted: HubSplit) -> String {
    let splits = converted.convertedSplits
    guard !splits.isEmpty else {
      return "it has no \(wanted.title) in a format that is read "
        + "(\(published.fileExtensions.joined(separator: ", "))), and the hub has not converted it"
        + (published.paths.isEmpty ? "; it has no files" : "; it has \(Self.list(published.paths))")
    }
    if let configuration = wanted.configuration, splits[configuration] == nil {
      return "it has no configuration \(configuration); it has \(Self.list(splits.keys.sorted()))"
    }
    guard let names = splits[wanted.configuration ?? "default"] ?? splits.only else {
      return "it has several configurations, and the task names none: "
        + Self.list(splits.keys.sorted())
    }
    if names.contains("partial-\(wanted.split)") {
      return "the hub has converted only a part of \(wanted.title), which is too large; "
        + "put the whole split into the folder of --data yourself"
    }
    return "it has no \(wanted.title); it has \(Self.list(names))"
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(nameLimit).joined(separator: ", ")
    return names.count > nameLimit ? "\(shown) and \(names.count - nameLimit) more" : shown
  }
}

extension Dictionary {
  /// The value of the only key.
  fileprivate var only: Value? { count == 1 ? values.first : nil }
}
