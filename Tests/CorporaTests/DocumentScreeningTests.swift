import Corpora
import Foundation
import Testing

struct DocumentScreeningTests {
  @Test func descriptionsNameEverySetting() throws {
    #expect(
      DocumentScreening.none.description == "every document" && DocumentScreening.none.isEmpty)
    let all = DocumentScreening(
      exactDuplicates: .init(), nearDuplicates: .init(),
      contamination: .init(shortestText: 8, minimumShare: 0.25))
    #expect(
      all.description
        == "no document with a run of 13 words or whole texts of 8 and more and 0.25 of its runs "
        + "in common with evaluations, "
        + "no exact duplicates within 262144 documents, no near duplicates within 16384 documents "
        + "(runs of 5 words, 14 × 8 hashes, likeness 0.8)")
    #expect(try DocumentExaminer(.none).description == "every document")
  }

  @Test func settingsSurviveJSON() throws {
    for screening in [
      DocumentScreening.none, DocumentScreenTests.everything,
      .init(nearDuplicates: .init(shingles: .characters(13))),
    ] {
      let data = try JSONEncoder().encode(screening)
      #expect(try JSONDecoder().decode(DocumentScreening.self, from: data) == screening)
    }
  }

  @Test func countsAddAndSubtract() throws {
    var run = try ScreenRun(DocumentScreenTests.everything, texts: DocumentScreenTests.evaluation)
    var parts = ScreeningCounts()
    var before = run.screen.counts
    for text in DocumentScreenTests.texts(60) {
      _ = run.judge(text)
      parts += run.screen.counts - before
      before = run.screen.counts
    }
    #expect(parts == run.screen.counts)
    #expect(parts.kept.documents + parts.dropped.documents == 60)
    let data = try JSONEncoder().encode(parts)
    #expect(try JSONDecoder().decode(ScreeningCounts.self, from: data) == parts)
  }

  @Test func countsSayWhatHappened() {
    var counts = ScreeningCounts()
    #expect(counts.description == "of 0 documents 0 (0 bytes) were kept")
    counts.kept.documents = 7
    counts.kept.bytes = 900
    counts[.nearDuplicate].documents = 2
    counts[.nearDuplicate].bytes = 55
    counts[.contamination].documents = 1
    counts[.contamination].bytes = 3
    #expect(
      counts.description
        == "of 10 documents 7 (900 bytes) were kept, 1 (3 bytes) contained an evaluation's text, "
        + "2 (55 bytes) were near duplicates")
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      CorpusError.invalidScreening(
        setting: "nearDuplicates.threshold", value: "2.0", expected: "above 0, at most 1"
      ).description == "nearDuplicates.threshold is 2.0, expected above 0, at most 1")
  }
}
