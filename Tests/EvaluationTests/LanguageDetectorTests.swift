import Evaluation
import Testing

@Suite struct LanguageDetectorTests {
  @Test(
    arguments: [
      ("It is well known that cats sleep a lot; dogs, however, do not.", "en"),
      ("Der schnelle braune Fuchs springt über den faulen Hund und läuft davon.", "de"),
      ("Le petit chat est assis sur la table et regarde par la fenêtre.", "fr"),
      ("Это простой текст на русском языке.", "ru"),
      ("यह हिन्दी में लिखा हुआ एक छोटा सा वाक्य है, not English.", "hi"),
      ("これは日本語で書かれた短い文章です。", "ja"),
      ("이것은 한국어로 쓰여진 짧은 문장입니다.", "ko"),
    ])
  func languagesAreTold(text: String, code: String) throws {
    #expect(try LanguageDetector.detect(text) == .language(code))
    #expect(try LanguageDetector.detect(text) == LanguageDetector.detect(text))
  }

  @Test(arguments: ["", "123 456", "https://example.org/page", "someone@example.org"])
  func nothingToTellByIsSaid(text: String) throws {
    #expect(try LanguageDetector.detect(text) == .noFeatures)
  }
}
