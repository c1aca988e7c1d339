import Foundation

/// The functions that a template finds besides what it is given, those of transformers included.
enum TemplateGlobals {
  static let names = ["raise_exception", "strftime_now", "range", "namespace", "dict"]

  static var all: [String: TemplateValue] {
    var functions: [String: TemplateValue] = [:]
    for function in [raise, now, range, namespace, dictionary] {
      functions[function.name] = .function(function)
    }
    return functions
  }

  private static var raise: TemplateFunction {
    TemplateFunction("raise_exception") { interpreter, call throws(TemplateFault) in
      let message = try call.argument(0, "message").map { (value) throws(TemplateFault) in
        try interpreter.text(of: value)
      }
      throw TemplateFault(.raised, message?.string ?? "no reason given")
    }
  }

  private static var now: TemplateFunction {
    TemplateFunction("strftime_now") { interpreter, call throws(TemplateFault) in
      guard let format = try call.text(0, "format") else {
        throw TemplateFault(.value, "expected a format")
      }
      try interpreter.charge(format.count)
      return .text(interpreter.clock.text(format.string))
    }
  }

  private static var range: TemplateFunction {
    TemplateFunction("range") { interpreter, call throws(TemplateFault) in
      try call.allow(3)
      var bounds: [Int] = []
      for place in 0..<call.positional.count {
        guard let bound = try call.integer(place, "a bound") else {
          throw TemplateFault(.value, "expected integers")
        }
        bounds.append(bound)
      }
      guard !bounds.isEmpty else { throw TemplateFault(.value, "expected one to three integers") }
      let (start, end) = bounds.count > 1 ? (bounds[0], bounds[1]) : (0, bounds[0])
      let step = bounds.count > 2 ? bounds[2] : 1
      guard step != 0 else { throw TemplateFault(.value, "a step of 0") }
      let (distance, overflows) =
        step > 0
        ? end.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(end)
      guard !overflows, distance.magnitude / step.magnitude <= TemplateLimit.range || distance < 0
      else {
        throw TemplateFault(.limit, "a range of more than \(TemplateLimit.range) integers")
      }
      let values = distance <= 0 ? [] : Array(stride(from: start, to: end, by: step))
      try interpreter.charge(values.count)
      return .list(TemplateList(kind: .range, elements: values.map { .integer($0) }))
    }
  }

  private static var namespace: TemplateFunction {
    TemplateFunction("namespace") { interpreter, call throws(TemplateFault) in
      let namespace = interpreter.makeNamespace()
      namespace.attributes = try mapping(call, interpreter)
      for entry in namespace.attributes.entries {
        if case .text(let name) = entry.key, !name.starts(with: TemplateText("_")) { continue }
        throw TemplateFault(.value, "a namespace keeps no names that begin with an underscore")
      }
      return .namespace(namespace)
    }
  }

  private static var dictionary: TemplateFunction {
    TemplateFunction("dict") { interpreter, call throws(TemplateFault) in
      .mapping(try mapping(call, interpreter))
    }
  }

  /// What `dict` makes of a mapping or pairs, and of arguments with names.
  private static func mapping(
    _ call: TemplateCall, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateMapping {
    var result = TemplateMapping()
    if case .mapping(let mapping)? = call.positional.first {
      try interpreter.charge(mapping.entries.count)
      result = mapping
    } else if let value = call.positional.first {
      for pair in try interpreter.elements(of: value) {
        let parts = try interpreter.elements(of: pair)
        guard parts.count == 2, let key = TemplateKey(parts[0]) else {
          throw TemplateFault(.value, "expected pairs of a key and a value")
        }
        result.set(key, .init(key: parts[0], value: parts[1]))
      }
    }
    for (name, value) in call.named.entries {
      result.set(name, value)
    }
    return result
  }
}

/// The moment that a template takes for the present.
public struct TemplateClock: Sendable {
  /// Seconds since 1970.
  public var seconds: Int
  /// Whether times are those of Greenwich rather than the machine's place.
  public var isUniversal: Bool

  public init(seconds: Int, isUniversal: Bool = false) {
    self.seconds = seconds
    self.isUniversal = isUniversal
  }

  /// The present, where the machine is.
  public static var present: TemplateClock {
    TemplateClock(seconds: Int(Date().timeIntervalSince1970))
  }

  /// Returns the moment in the form that C's `strftime` knows.
  func text(_ format: String) -> String {
    var moment = time_t(seconds)
    var parts = tm()
    _ = isUniversal ? gmtime_r(&moment, &parts) : localtime_r(&moment, &parts)
    // Python's moments have no zone here.
    let format = format.prefix(256).replacing("%Z", with: "").replacing("%z", with: "")
    guard !format.isEmpty else { return "" }
    var buffer = [CChar](repeating: 0, count: 8_192)
    let count = strftime(&buffer, buffer.count, String(format), &parts)
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
