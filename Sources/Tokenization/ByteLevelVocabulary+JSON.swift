extension ByteLevelVocabulary {
  /// The vocabulary as the `tokenizer.json` of the Hugging Face `tokenizers` library.
  package func tokenizerJSON() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("version") { $0.string("1.0") }
      writer.member("truncation") { $0.null() }
      writer.member("padding") { $0.null() }
      writer.member("added_tokens", addedTokens)
      writer.member("normalizer") { $0.null() }
      writer.member("pre_tokenizer", preTokenizer)
      writer.member("post_processor", postProcessor)
      writer.member("decoder") { byteLevel(&$0, cuts: true) }
      writer.member("model", merging)
    }
    writer.endLine()
    return writer.bytes
  }

  private func addedTokens(_ writer: inout JSONWriter) {
    writer.array { writer in
      for (id, token) in tokens.enumerated() {
        guard token.kind == .control || token.kind == .userDefined else { continue }
        writer.element {
          $0.object { writer in
            writer.member("id") { $0.integer(id) }
            writer.member("content") { $0.string(token.name) }
            for name in ["single_word", "lstrip", "rstrip", "normalized"] {
              writer.member(name) { $0.boolean(false) }
            }
            writer.member("special") { $0.boolean(token.kind == .control) }
          }
        }
      }
    }
  }

  private func byteLevel(_ writer: inout JSONWriter, cuts: Bool) {
    writer.tagged("ByteLevel") { writer in
      writer.member("add_prefix_space") { $0.boolean(false) }
      writer.member("trim_offsets") { $0.boolean(true) }
      writer.member("use_regex") { $0.boolean(cuts) }
    }
  }

  private func preTokenizer(_ writer: inout JSONWriter) {
    guard pattern != .gpt2 else {
      byteLevel(&writer, cuts: true)
      return
    }
    writer.tagged("Sequence") { writer in
      writer.member("pretokenizers") {
        $0.array { writer in
          writer.element {
            $0.tagged("Split") { writer in
              writer.member("pattern") {
                $0.object { $0.member("Regex") { $0.string(pattern.expression) } }
              }
              writer.member("behavior") { $0.string("Isolated") }
              writer.member("invert") { $0.boolean(false) }
            }
          }
          writer.element { byteLevel(&$0, cuts: false) }
        }
      }
    }
  }

  /// The start token in front of a text.
  private func postProcessor(_ writer: inout JSONWriter) {
    guard let start = startToken, tokens.indices.contains(Int(start)) else {
      writer.null()
      return
    }
    let name = tokens[Int(start)].name
    writer.startTokenTemplate(name, Int(start))
  }

  private func merging(_ writer: inout JSONWriter) {
    writer.tagged("BPE") { writer in
      for name in ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"] {
        writer.member(name) { $0.null() }
      }
      writer.member("fuse_unk") { $0.boolean(false) }
      writer.member("byte_fallback") { $0.boolean(false) }
      writer.member("ignore_merges") { $0.boolean(ignoresMerges) }
      // Added tokens too: one that is here keeps its id, whatever ids are without a token.
      writer.member("vocab") {
        $0.object { writer in
          for (id, token) in tokens.enumerated() where !token.name.isEmpty && token.kind != .unused
          {
            writer.member(token.name) { $0.integer(id) }
          }
        }
      }
      writer.member("merges") {
        $0.array { writer in
          for merge in merges { writer.element { $0.strings([merge.left, merge.right]) } }
        }
      }
    }
  }
}
