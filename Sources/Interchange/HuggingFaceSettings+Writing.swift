import Kernels
import Models
import Tokenization

extension HuggingFaceSettings {
  /// `generation_config.json`.
  static func written(_ settings: GenerationSettings, tokens: SpecialTokens) -> [UInt8] {
    file { writer in
      if let start = tokens.start { writer.member("bos_token_id") { $0.integer(Int(start)) } }
      writeEnds(tokens.ends, &writer)
      if let padding = tokens.padding { writer.member("pad_token_id") { $0.integer(Int(padding)) } }
      let numbers = [
        ("temperature", settings.temperature), ("top_p", settings.topP),
        ("repetition_penalty", settings.repetitionPenalty),
      ]
      if settings.topK != nil || numbers.contains(where: { $0.1 != nil }) {
        writer.member("do_sample") { $0.boolean((settings.temperature ?? 1) > 0) }
      }
      if let topK = settings.topK { writer.member("top_k") { $0.integer(topK) } }
      for case (let name, let number?) in numbers where number.isFinite {
        writer.member(name) { $0.number(number) }
      }
    }
  }

  fileprivate static func writeEnds(_ ends: [Int32], _ writer: inout JSONWriter) {
    guard let first = ends.first else { return }
    writer.member("eos_token_id") { writer in
      guard ends.count > 1 else {
        writer.integer(Int(first))
        return
      }
      writer.array { writer in for end in ends { writer.element { $0.integer(Int(end)) } } }
    }
  }

  /// `tokenizer_config.json`: the class that takes `tokenizer.json` as it is. Llama's own class would
  /// replace its steps.
  static func tokenizerConfiguration(
    _ contents: ModelContents, tokens: SpecialTokens
  ) -> [UInt8] {
    file { writer in
      writer.member("add_bos_token") { $0.boolean(tokens.start != nil) }
      writer.member("add_eos_token") { $0.boolean(false) }
      for (name, text) in tokens.named { writer.member(name) { $0.string(text) } }
      if let template = contents.chatTemplate {
        writer.member("chat_template") { $0.string(template) }
      }
      writer.member("clean_up_tokenization_spaces") { $0.boolean(false) }
      writer.member("model_max_length") { $0.integer(contents.configuration.contextLength) }
      writer.member("tokenizer_class") { $0.string("PreTrainedTokenizerFast") }
    }
  }

  /// `special_tokens_map.json`.
  static func specialTokens(_ tokens: SpecialTokens) -> [UInt8] {
    file { writer in for (name, text) in tokens.named { writer.member(name) { $0.string(text) } } }
  }

  fileprivate static func file(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object(members)
    writer.endLine()
    return writer.bytes
  }
}

extension OpenELMConfiguration {
  /// `config.json` with the keys that Apple's `configuration_openelm.py` and mlx-lm's `openelm.py` ask for.
  ///
  /// - Parameter hasRemoteCode: Whether to name Apple's code. `transformers` needs it for the model; where
  ///   it stands, `AutoTokenizer` asks the user about it, which mlx-lm has no need of.
  func published(type: WeightFormat, tokens: SpecialTokens, hasRemoteCode: Bool) -> [UInt8] {
    HuggingFaceSettings.file { writer in
      func integers(_ name: String, _ values: [Int]) {
        writer.member(name) { $0.array { for value in values { $0.writeElement(value) } } }
      }
      func numbers(_ name: String, _ values: [Double]) {
        writer.member(name) {
          $0.array { writer in for value in values { writer.element { $0.number(value) } } }
        }
      }
      writer.member("activation_fn_name") { $0.string("swish") }
      writer.member("architectures") { $0.strings([Array("OpenELMForCausalLM".utf8)]) }
      if hasRemoteCode { Self.writeRemoteCode(&writer) }
      if let start = tokens.start { writer.member("bos_token_id") { $0.integer(Int(start)) } }
      HuggingFaceSettings.writeEnds(tokens.ends, &writer)
      writer.member("ffn_dim_divisor") { $0.integer(feedForwardDivisor) }
      numbers("ffn_multipliers", feedForwardScale.multipliers(layerCount))
      writer.member("ffn_with_glu") { $0.boolean(true) }
      writer.member("head_dim") { $0.integer(headWidth) }
      writer.member("initializer_range") { $0.number(0.02) }
      writer.member("max_context_length") { $0.integer(contextLength) }
      writer.member("model_dim") { $0.integer(modelWidth) }
      writer.member("model_type") { $0.string("openelm") }
      writer.member("normalization_layer_name") { $0.string("rms_norm") }
      writer.member("normalize_qk_projections") { $0.boolean(normalizesQueriesAndKeys) }
      writer.member("num_gqa_groups") { $0.integer(queriesPerKeyValueHead) }
      writer.member("num_hidden_layers") { $0.integer(layerCount) }
      integers("num_kv_heads", layers.map(\.attention.keyValueHeads))
      integers("num_query_heads", layers.map(\.attention.queryHeads))
      writer.member("num_transformer_layers") { $0.integer(layerCount) }
      // Apple's code takes two numbers alone, and makes a layer's of them.
      numbers(
        "qkv_multipliers", attentionScale.each ?? [attentionScale.first, attentionScale.last])
      writer.member("rms_norm_eps") { $0.number(Double("\(epsilon)") ?? Double(epsilon)) }
      writer.member("rope_freq_constant") { writer in
        if let whole = Int(exactly: rotaryBase) {
          writer.integer(whole)
        } else {
          writer.number(rotaryBase)
        }
      }
      // Apple's tables reach twice the context as well.
      writer.member("rope_max_length") { $0.integer(2 * contextLength) }
      writer.member("share_input_output_layers") { $0.boolean(sharesInputAndOutput) }
      writer.member("torch_dtype") { $0.string(type.torchName) }
      writer.member("use_cache") { $0.boolean(true) }
      writer.member("vocab_size") { $0.integer(vocabularySize) }
    }
  }
}

extension OpenELMConfiguration {
  /// The code stays where it was published: whoever trusts it loads it from there.
  private static func writeRemoteCode(_ writer: inout JSONWriter) {
    writer.member("auto_map") {
      $0.object { writer in
        for (name, place) in [
          ("AutoConfig", "configuration_openelm.OpenELMConfig"),
          ("AutoModelForCausalLM", "modeling_openelm.OpenELMForCausalLM"),
        ] {
          writer.member(name) { $0.string("apple/OpenELM-270M--\(place)") }
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func writeElement(_ value: Int) { element { $0.integer(value) } }
}

extension WeightFormat {
  /// PyTorch's name of the type.
  var torchName: String {
    switch self {
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    default: "float32"
    }
  }
}
