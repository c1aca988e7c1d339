import Evaluation
import Foundation
import Testing

/// The prompts of every task, written out by hand from the harness's task definitions.
@Suite struct TaskTests {
  @Test func arcQuestion() throws {
    let question = try ARC.easy.question(
      from: document([
        "question": "What melts?",
        "choices": ["text": ["ice", "fire", "air"], "label": ["1", "2", "3"]], "answerKey": "2",
      ]))
    #expect(question.gold == 1)
    #expect(
      question.requests.map(\.context)
        == Array(repeating: "Question: What melts?\nAnswer:", count: 3))
    #expect(question.requests.map(\.continuation) == [" ice", " fire", " air"])
    #expect(question.choiceLengths == [3, 4, 3])
  }

  @Test func arcErrorsNameTheField() {
    let unlabelled = document([
      "question": "q", "choices": ["text": ["a", "b"], "label": ["A", "B"]], "answerKey": "C",
    ])
    #expect(
      evaluationError { _ = try ARC.easy.question(from: unlabelled) }
        == .invalidValue(
          unlabelled.location, field: "answerKey", expected: "one of the labels A, B",
          found: "the string \"C\""))
    let textless = document(["question": "q", "choices": ["label": ["A"]], "answerKey": "A"])
    #expect(
      evaluationError { _ = try ARC.easy.question(from: textless) }
        == .missingField(
          textless.location, field: "choices.text", expected: "a list of strings",
          present: ["choices.label"]))
    let uneven = document([
      "question": "q", "choices": ["text": ["a", "b"], "label": ["A"]], "answerKey": "A",
    ])
    #expect(evaluationError { _ = try ARC.easy.question(from: uneven) } != nil)
  }

  @Test(
    "HellaSwag's texts are cleaned as the harness cleans them",
    arguments: [
      ("  a [title] b [step] c  d   e ", "a. b c d  e"),
      ("[header] How to [title] x", " How to. x"), ("a [b\nc] d [e]", "a [b\nc] d "),
      ("[[x]y] z", "y] z"), ("open [never", "open [never"), ("a [] b", "a b"),
      ("\u{A0}x [title]y\u{2003}\u{1C}", "x. y"), ("a[1] [2]", "a "),
      ("a [b\n[c] d [e", "a [b\n d [e"),
    ])
  func hellaSwagCleaning(text: String, expected: String) throws {
    let question = try HellaSwag().question(
      from: document([
        "activity_label": "A", "ctx_a": "One.", "ctx_b": "the MAN", "endings": [.string(text)],
        "label": "0",
      ]))
    #expect(question.requests[0].continuation == " " + expected)
    #expect(question.requests[0].context == "A: One. The man")
    #expect(question.choiceLengths == [expected.unicodeScalars.count])
  }

  @Test func hellaSwagLabelIsAStringOrAnInteger() throws {
    var fields: [String: DocumentValue] = [
      "activity_label": "A", "ctx_a": "a", "ctx_b": "", "endings": ["x", "y"],
    ]
    for label in ["1", 1] as [DocumentValue] {
      fields["label"] = label
      #expect(try HellaSwag().question(from: document(fields)).gold == 1)
    }
    // Without a second part the space that separates them is stripped.
    #expect(try HellaSwag().question(from: document(fields)).requests[0].context == "A: a")
    for (label, gold) in [("2", 2), (-1, -1)] as [(DocumentValue, Int)] {
      fields["label"] = label
      let location = document(fields).location
      #expect(
        evaluationError { _ = try HellaSwag().question(from: document(fields)) }
          == .goldOutOfRange(location, field: "label", gold: gold, choiceCount: 2))
    }
    fields["label"] = ""
    #expect(evaluationError { _ = try HellaSwag().question(from: document(fields)) } != nil)
    fields["label"] = 0
    fields["endings"] = []
    #expect(
      evaluationError { _ = try HellaSwag().question(from: document(fields)) }
        == .noChoices(document(fields).location, field: "endings"))
  }

  @Test func bracketsThatNeverCloseTakeLinearTime() throws {
    let text = String(repeating: "[", count: 200_000)
    let question = try HellaSwag().question(
      from: document([
        "activity_label": "A", "ctx_a": "a", "ctx_b": "", "endings": [.string(text)], "label": 0,
      ]))
    #expect(question.choiceLengths == [200_000])
  }

  @Test func piqaQuestion() throws {
    let question = try PIQA().question(
      from: document(["goal": "dresser", "sol1": "pin ", "sol2": "  nail", "label": 1]))
    #expect(question.gold == 1)
    #expect(question.requests[0].context == "Question: dresser\nAnswer:")
    #expect(question.requests.map(\.continuation) == [" pin ", "   nail"])
  }

  @Test func boolQQuestion() throws {
    let question = try BoolQ().question(
      from: document(["passage": "Ice is cold.", "question": "is ice hot", "label": 0]))
    #expect(question.requests[0].context == "Ice is cold.\nQuestion: is ice hot?\nAnswer:")
    #expect(question.requests.map(\.continuation) == [" no", " yes"])
    #expect(question.gold == 0)
  }

  @Test func sciQQuestion() throws {
    let question = try SciQ().question(
      from: document([
        "support": "\n Life. ", "question": "q", "distractor3": "c", "distractor1": "a",
        "distractor2": "b", "correct_answer": "d",
      ]))
    #expect(question.requests[0].context == "Life. \nQuestion: q\nAnswer:")
    #expect(question.requests.map(\.continuation) == [" a", " b", " c", " d"])
    #expect(question.gold == 3)
  }

  @Test func winoGrandeScoresTheSameEndAfterTwoBeginnings() throws {
    var fields: [String: DocumentValue] = [
      "sentence": "Ann fed Sue as _ was hungry _. ", "option1": "Ann", "option2": "Sue",
      "answer": "2",
    ]
    let question = try WinoGrande().question(from: document(fields))
    #expect(question.requests.map(\.context) == ["Ann fed Sue as Ann", "Ann fed Sue as Sue"])
    #expect(question.requests.map(\.continuation) == [" was hungry _.", " was hungry _."])
    #expect(question.gold == 1)
    fields["answer"] = "3"
    #expect(evaluationError { _ = try WinoGrande().question(from: document(fields)) } != nil)
    fields["sentence"] = "no blank"
    #expect(evaluationError { _ = try WinoGrande().question(from: document(fields)) } != nil)
  }

  @Test func storyChoicesStandAsTheyAre() throws {
    let task = StoryQuestions(name: "stories", file: "unused.jsonl")
    let question = try task.question(
      from: document(["context": "Once", "choices": [" upon", "!"], "answer": 1]))
    #expect(question.requests.map(\.continuation) == [" upon", "!"])
    #expect(question.choiceLengths == [5, 1])
    #expect(question.gold == 1)
  }
}
