extension JSONWriter {
  /// The post-processor of `tokenizer.json` that puts a start token in front of a text, or of each of two.
  mutating func startTokenTemplate(_ name: [UInt8], _ token: Int) {
    func part(_ kind: String, _ id: [UInt8], type: Int) -> (inout JSONWriter) -> Void {
      { writer in
        writer.object {
          $0.member(kind) {
            $0.object {
              $0.member("id") { $0.string(id) }
              $0.member("type_id") { $0.integer(type) }
            }
          }
        }
      }
    }
    tagged("TemplateProcessing") { writer in
      for (template, sequences) in [("single", ["A"]), ("pair", ["A", "B"])] {
        writer.member(template) {
          $0.array { writer in
            for (type, sequence) in sequences.enumerated() {
              writer.element(part("SpecialToken", name, type: type))
              writer.element(part("Sequence", Array(sequence.utf8), type: type))
            }
          }
        }
      }
      writer.member("special_tokens") {
        $0.object {
          $0.member(name) {
            $0.object { writer in
              writer.member("id") { $0.string(name) }
              writer.member("ids") { $0.array { $0.element { $0.integer(token) } } }
              writer.member("tokens") { $0.array { $0.element { $0.string(name) } } }
            }
          }
        }
      }
    }
  }
}
