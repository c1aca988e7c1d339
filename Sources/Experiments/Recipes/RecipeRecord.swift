import Foundation

extension Recipe: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, model, tokenizer, corpus, reading, batching, optimizer, schedule, zLossWeight
    case execution, storage
    case steps, checkpoints, evaluation, maximumConsecutiveSkips, seed
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(model, forKey: .model)
    try container.encode(tokenizer, forKey: .tokenizer)
    try container.encode(corpus, forKey: .corpus)
    try container.encode(reading, forKey: .reading)
    try container.encode(batching, forKey: .batching)
    try container.encode(optimizer, forKey: .optimizer)
    try container.encode(schedule, forKey: .schedule)
    try container.encode(zLossWeight, forKey: .zLossWeight)
    try container.encode(execution, forKey: .execution)
    try container.encode(storage, forKey: .storage)
    try container.encode(steps, forKey: .steps)
    try container.encode(checkpoints, forKey: .checkpoints)
    // Records from before there was a choice stay as they are.
    try container.encodeIfPresent(evaluation, forKey: .evaluation)
    try container.encode(maximumConsecutiveSkips, forKey: .maximumConsecutiveSkips)
    try container.encode(seed, forKey: .seed)
  }

  /// The record beside each checkpoint: the same recipe gives the same bytes.
  public func json() throws -> Data {
    try JSONRecord.encode(self)
  }
}

/// JSON as this project writes it: snake case, sorted keys, one value a line.
enum JSONRecord {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// One object on a line of its own.
  static func line(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value) + Data("\n".utf8)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: data)
  }
}
