import Foundation
import Generation

/// What Jinja makes of templates, written by `Scripts/make-chat-template-fixture.py`.
struct ChatTemplateFixture: Decodable {
  struct Outcome: Decodable {
    var template: String?
    var output: String?
    var raised: String?
  }

  struct Whole: Decodable {
    var template: String
    var outcomes: [Outcome]
  }

  var values: FixtureValue
  var tokens: FixtureValue
  var snippets: [Outcome]
  var conversations: [FixtureValue]
  var templates: [Whole]

  static func load() throws -> ChatTemplateFixture {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/chat-templates.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: path))
  }

  /// 26 July 2024, 9:05:03 in Greenwich, as in the script.
  static let clock = TemplateClock(seconds: 1_721_984_703, isUniversal: true)
}

/// A value of the fixture; objects are lists of entries, so that they have an order.
struct FixtureValue: Decodable {
  let variable: ChatVariable

  private enum Keys: CodingKey { case entries }

  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Keys.self) {
      var entries: [(key: String, value: ChatVariable)] = []
      var list = try object.nestedUnkeyedContainer(forKey: .entries)
      while !list.isAtEnd {
        var pair = try list.nestedUnkeyedContainer()
        entries.append(
          (try pair.decode(String.self), try pair.decode(FixtureValue.self).variable))
      }
      variable = .mapping(entries)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      variable = .none
    } else if let value = try? single.decode(Bool.self) {
      variable = .bool(value)
    } else if let value = try? single.decode(Double.self) {
      // Python writes a fraction's point: whole numbers of the fixture that have one are above 2^53.
      variable =
        Int(exactly: value).map { abs($0) < 1 << 53 ? .integer($0) : .number(value) }
        ?? .number(value)
    } else if let value = try? single.decode(String.self) {
      variable = .text(value)
    } else {
      variable = .list(try single.decode([FixtureValue].self).map(\.variable))
    }
  }

  /// The entries of an object as variables of a template.
  var variables: [String: ChatVariable] {
    guard case .mapping(let entries) = variable else { return [:] }
    return Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
  }
}
