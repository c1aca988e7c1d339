import Terminal

/// The settings of a conversation that `/set` changes, under the names of the command line's options.
public enum ConversationSettings {
  public static let names = [
    "temperature", "top-k", "top-p", "min-p", "repetition-penalty", "seed", "max-tokens",
  ]

  /// Each setting with its value.
  public static func values(of options: WritingOptions) -> [(name: String, value: String)] {
    let sampling = options.sampling
    let values = [
      "\(sampling.temperature)", "\(sampling.topK)", "\(sampling.topP)", "\(sampling.minP)",
      "\(sampling.repetitionPenalty)", "\(sampling.seed)", "\(options.maximumTokens)",
    ]
    return zip(names, values).map { (name: $0, value: $1) }
  }

  /// Changes one setting.
  ///
  /// - Throws: `ConversationError.unknownSetting` or `.invalidSetting`; then nothing has changed.
  public static func set(
    _ name: String, to text: String, in options: inout WritingOptions
  ) throws(ConversationError) {
    let known = name.lowercased().replacing("_", with: "-")
    var changed = options
    func number() throws(ConversationError) -> Double {
      guard let value = Double(text) else {
        throw .invalidSetting(name: known, found: text, expected: "a number")
      }
      return value
    }
    func count() throws(ConversationError) -> Int {
      guard let value = Int(text) else {
        throw .invalidSetting(name: known, found: text, expected: "a whole number")
      }
      return value
    }
    switch known {
    case "temperature": changed.sampling.temperature = try number()
    case "top-k": changed.sampling.topK = try count()
    case "top-p": changed.sampling.topP = try number()
    case "min-p": changed.sampling.minP = try number()
    case "repetition-penalty": changed.sampling.repetitionPenalty = try number()
    case "seed":
      guard let seed = UInt64(text) else {
        throw .invalidSetting(name: known, found: text, expected: "0 or more")
      }
      changed.sampling.seed = seed
    case "max-tokens":
      changed.maximumTokens = try count()
      guard changed.maximumTokens > 0 else {
        throw .invalidSetting(name: known, found: text, expected: "1 or more")
      }
    default:
      throw .unknownSetting(
        name: name, nearest: NearestNames.of(known, among: names), known: names)
    }
    if let fault = changed.sampling.fault {
      throw .invalidSetting(name: known, found: text, expected: "another: \(fault)")
    }
    options = changed
  }
}
