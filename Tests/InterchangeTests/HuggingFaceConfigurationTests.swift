import Foundation
import Interchange
import Models
import TestSupport
import Testing

/// `config.json`, right and wrong.
@Suite struct HuggingFaceConfigurationTests {
  /// The keys and numbers of apple/OpenELM-270M's own file.
  @Test func theListsOfALayerEachAreTheRule() throws {
    let folder = try TinyModel.folder()
    // Lists of a layer each, as Apple's folders have them, are the same model as the rule.
    try TinyModel.change(folder) {
      $0["qkv_multipliers"] = [0.5, 1.0]
      $0["ffn_multipliers"] = [0.5, 2.0]
      $0["rope_max_length"] = 32
      $0["initializer_range"] = 0.02
      $0["transformers_version"] = "4.39.3"
    }
    #expect(
      try ModelReader.contents(at: folder("m")).configuration == TinyModel.configuration)
    // Without multipliers, the lists of heads tell the widths.
    try TinyModel.change(folder) {
      $0["qkv_multipliers"] = nil
      $0["num_gqa_groups"] = nil
    }
    let read = try ModelReader.contents(at: folder("m")).configuration
    #expect(read.layers == TinyModel.configuration.layers)
  }

  @Test func layersMayFollowNoRule() throws {
    var configuration = TinyModel.configuration
    configuration.layerCount = 4
    configuration.feedForwardScale = .init(each: [2, 0.5, 3, 1])
    configuration.attentionScale = .init(each: [1, 0.5, 0.5, 1])
    #expect(configuration.fault == nil)
    #expect(configuration.layers.map(\.feedForwardWidth) == [64, 16, 96, 32])
    let folder = try TinyModel.folder(TinyModel.contents(configuration))
    #expect(try ModelReader.contents(at: folder("m")).configuration == configuration)
  }

  @Test(
    arguments: [
      ("model_type", #""llama""#, "expected the architecture openelm, found \"llama\""),
      ("num_transformer_layers", nil, "num_transformer_layers: expected a whole number"),
      ("num_transformer_layers", "3", "num_query_heads: expected a number for each of 3 layers"),
      ("num_transformer_layers", "1e18", "num_transformer_layers: expected a whole number from 1"),
      ("num_transformer_layers", #""two""#, "found \"two\""),
      ("model_dim", "0", "model_dim: expected a whole number from 1"),
      ("model_dim", "-5", "found -5"),
      ("model_dim", "16777216", "expected"),
      ("head_dim", nil, "head_dim: expected a whole number from 1 to 16777216, found nothing"),
      ("head_dim", "7", "head width of 7, expected an even one"),
      ("vocab_size", nil, "vocab_size"),
      ("vocab_size", "50", "the configuration makes its shape [50, 32], found [48, 32]"),
      (
        "ffn_multipliers", "[1, 2, 3]",
        "ffn_multipliers: expected one, two or 2 multipliers, found 3"
      ),
      ("ffn_multipliers", #"[1, "x"]"#, "ffn_multipliers[1]: expected a number, found \"x\""),
      ("ffn_multipliers", "[1e9, 2]", "a multiplier of 1000000000.0"),
      ("ffn_multipliers", nil, "ffn_multipliers"),
      ("num_query_heads", "[2, 2]", "num_query_heads[1]: expected 4, as qkv_multipliers"),
      ("num_kv_heads", "[1]", "num_kv_heads: expected a number for each of 2 layers, found 1"),
      ("num_kv_heads", "[1, 0]", "num_kv_heads[1]: expected 1 to"),
      ("num_gqa_groups", "0", "num_gqa_groups"),
      ("max_context_length", "16777216", "a context of 16777216 with a head width of 8"),
      ("ffn_with_glu", "false", "ffn_with_glu: expected true, found false"),
      ("activation_fn_name", #""gelu""#, "activation_fn_name: expected swish or silu"),
      ("normalization_layer_name", #""layer_norm""#, "expected rms_norm"),
      ("rope_scaling", #"{"type": "linear"}"#, "rope_scaling: expected none"),
      ("rope_freq_constant", "-1", "a rotary base of -1.0"),
      ("rms_norm_eps", #""small""#, "rms_norm_eps: expected a number"),
      ("share_input_output_layers", "1", "share_input_output_layers: expected true or false"),
      ("share_input_output_layers", "false", "expected a tensor \"classifier.weight\""),
      ("normalize_qk_projections", "false", "expected no tensor"),
      ("quantization_config", #"{"quant_method": "gptq"}"#, "that of gptq"),
      ("quantization", #"{"group_size": 48, "bits": 4}"#, "group_size: expected 32, 64 or 128"),
      ("quantization", #"{"group_size": 64, "bits": 7}"#, "bits: expected 2, 3, 4, 5, 6 or 8"),
      ("quantization", #"{"group_size": 32, "bits": 4, "mode": "mxfp4"}"#, "mode: expected affine"),
    ] as [(String, String?, String)])
  func whatIsWrongIsTold(key: String, value: String?, message: String) throws {
    let folder = try TinyModel.folder()
    let json = try value.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
    }
    try TinyModel.change(folder) { $0[key] = json }
    let fault = try #require(TinyModel.fault(folder("m")), "\(key) reads")
    #expect(fault.contains(message), "\(fault)")
    #expect(fault.contains(folder("m")), "\(fault)")
  }

  @Test func whatIsNoConfigurationIsTold() throws {
    let folder = try TinyModel.folder()
    for (text, message) in [
      ("", "not JSON"), ("[]", "expected an object, found an array"), ("{\"a\": ", "not JSON"),
      ("{}", "neither model_type nor num_transformer_layers"),
      (#"{"architectures": ["LlamaForCausalLM"]}"#, "found LlamaForCausalLM"),
      (String(repeating: "[", count: 100_000), "not JSON"),
    ] {
      try folder.write(text, to: "m/config.json")
      let fault = try #require(TinyModel.fault(folder("m")))
      #expect(fault.contains(message), "\(fault)")
    }
  }
}
