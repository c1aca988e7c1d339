import Generation
import Testing

/// A template can neither hang nor fill memory nor overflow the stack, and says where it went wrong.
@Suite struct ChatTemplateLimitTests {
  private static func error(_ source: String) -> ChatTemplateError? {
    do throws(ChatTemplateError) {
      let template = try ChatTemplate(source)
      _ = try template.prompt(
        for: [ChatMessage(.user, "x")], addsGenerationPrompt: true, clock: TemplateClock(seconds: 0)
      )
      return nil
    } catch {
      return error
    }
  }

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  static let unbounded: [String] = [
    // Time.
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "{% for a in range(1000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %}",
    "{% set x = 'a' * 1000000 %}{% for a in range(100000) %}{% if x.strip() == 'b' %}{% endif %}{% endfor %}",
    "{% set x = 'a' * 2000000 %}{% for a in range(100000) %}{% if x == x ~ '' %}{% endif %}{% endfor %}",
    "{% set x = 'a' * 2000000 %}{% for a in range(100000) %}{% set y = 'aab' in x %}{% endfor %}",
    // Memory.
    "{% set ns = namespace(x='aa') %}{% for a in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1, 2]) %}{% for a in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{{ 'abc' * 1000000000 }}", "{{ [1] * 9223372036854775807 }}", "{{ 'a'.ljust(9000000000) }}",
    "{{ 'a' | center(900000000) }}",
    "{{ 'a' | indent(900000000) }}", "{{ [1] | tojson(indent=900000000) }}",
    "{{ [1] | batch(900000000, 0) | list }}",
    "{% set x = 'a' * 100000 %}{{ x.replace('a', x) }}",
    "{% set x = 'a' * 100000 %}{{ x | replace('a', x) }}", "{{ range(100000000) | list }}",
    // Values that hold others many times over.
    "{% set ns = namespace(x=[1]) %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=[1]) %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
    "{% set ns = namespace(x=[1], y=[1]) %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "{% set ns = namespace(x=[1], y=[1]) %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}",
    // The stack.
    "{% set ns = namespace(x=1) %}{% for a in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}",
    "{% set ns = namespace(x=1) %}{% for a in range(100000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for a in range(100000) %}{% set ns.x = [ns.x.index] %}{% endfor %}",
    "{% set ns = namespace(x=1) %}{% for a in range(100000) %}{% for b in [ns.x] %}{% set ns.x = loop %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{% set x %}{{ m() }}{% endset %}{% endmacro %}{{ m() }}",
    "{% macro m() %}{{ caller() }}{% call m() %}{% endcall %}{% endmacro %}{% call m() %}{% endcall %}",
    "{{ \(repeated("(", 10_000))1\(repeated(")", 10_000)) }}",
    "{{ \(repeated("[", 5_000))\(repeated("]", 5_000)) }}",
    "{{ \(repeated("not ", 10_000))1 }}", "{{ \(repeated("-", 10_000))1 }}",
    "{{ 1\(repeated(" + 1", 10_000)) }}", "{{ x\(repeated(".x", 10_000)) }}",
    "{{ 1\(repeated(" if 1 else 1", 10_000)) }}", "{{ 1\(repeated("|int", 10_000)) }}",
    "{{ 1\(repeated(" or 1", 10_000)) }}", "{{ x\(repeated("()", 10_000)) }}",
    "\(repeated("{% if 1 %}", 10_000))\(repeated("{% endif %}", 10_000))",
    "{% set \(repeated("(", 10_000))a\(repeated(")", 10_000)) = 1 %}",
    "{{ 1 is odd\(repeated(" (", 1)) \(repeated("{", 10_000)) }}", repeated("x", (1 << 20) + 1),
  ]

  /// By number: their texts are long.
  @Test(arguments: unbounded.indices) func boundsHold(_ index: Int) {
    let source = Self.unbounded[index]
    let clock = ContinuousClock()
    var error: ChatTemplateError?
    let seconds = clock.measure { error = Self.error(source) } / .seconds(1)
    switch error {
    case .unbounded, .malformed, .failed: break
    default: Issue.record("\(source.prefix(120)): \(error.map { "\($0)" } ?? "no error")")
    }
    // A busy machine may take ten times as long as an idle one.
    #expect(seconds < 20, "\(source.prefix(120)): \(seconds) s")
  }

  /// Namespaces may hold one another: they are let go with the template's run.
  @Test func ringsAreTaken() {
    #expect(
      Self.error(
        "{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = b %}{{ a.b.a.b is defined }}"
      )
        == nil)
    #expect(
      Self.error(
        "{% set ns = namespace(x=1) %}{% for a in range(100000) %}{% set ns.x = namespace(x=ns.x) %}{% endfor %}"
      )
        == nil)
  }

  @Test(arguments: [
    ("a\nb\n{{ 1 + }}", 3), ("{% if 1 %}\n\n{% endfor %}", 3), ("{{ 'x\ny", 1), ("{# a\nb", 1),
    ("\n{{ missing.a }}", 2), ("{{ [1,\n2,\nmissing.a] }}", 3),
    ("{% for x in [1] %}\n{{ x.y.z }}\n{% endfor %}", 2),
    ("\n\n{{ 1 | nothing }}", 3), ("\n{% include 'x' %}", 2),
    ("{% set a = 1 %}\n{% set b = a + 'x' %}", 2),
  ])
  func errorsNameTheLine(_ source: String, _ line: Int) throws {
    let error = try #require(Self.error(source))
    #expect("\(error)".contains("line \(line):"), "\(error)")
  }

  @Test func whatIsLeftOutIsNamed() {
    for (source, feature) in [
      ("{% include 'x' %}", "include"), ("{% extends 'x' %}", "extends"),
      ("{% block x %}{% endblock %}", "block"),
      ("{{ 1 | groupby('x') }}", "groupby"),
      ("{% for x in y recursive %}{% endfor %}", "recursive"),
      ("{{ '%s' % 1 }}", "%"),
    ] {
      guard case .unsupported(_, _, let found)? = Self.error(source) else {
        Issue.record("\(source)")
        continue
      }
      #expect(found.contains(feature))
    }
  }
}
