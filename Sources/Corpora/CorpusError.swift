import Parquet
import Transfers

/// What can be wrong with a corpus: the place, what was found there, and what to do about it.
///
/// Lines count from 1. Byte offsets count from 0; they are offsets into the file as it lies on disk
/// for the compressed formats' own faults, and into the decompressed text for faults of the text.
public enum CorpusError: Error, Equatable, Sendable {
  /// No path or pattern was given at all.
  case emptyFileList
  /// A pattern matches no file.
  case patternMatchesNothing(pattern: String)
  /// A file elsewhere could not be had.
  case transfer(TransferError)
  /// A columnar file cannot be read.
  case parquet(ParquetError)
  /// A file that was named does not exist.
  case missingFile(path: String)
  /// A path names a directory or a device.
  case notAFile(path: String)
  /// The system refuses to open or read a file.
  case unreadable(path: String, reason: String)
  /// A file, or a list of files, cannot serve as part of a corpus.
  case unusable(path: String, reason: String)
  /// A file has another size than when the corpus was listed.
  case fileChanged(path: String, listed: Int, found: Int)
  /// The first bytes are those of a format that this module does not read.
  case unsupportedFormat(path: String, format: String)
  /// A compressed file ends before its data does.
  case truncated(path: String, compression: Compression, byteOffset: Int)
  /// A compressed file's data contradict their format.
  case corrupt(path: String, compression: Compression, byteOffset: Int, detail: String)
  /// The text is not UTF-8; `line` is nil in files that have no records by line.
  case invalidUTF8(path: String, line: Int?, byteOffset: Int)
  /// A line is not a JSON object.
  case malformedJSON(path: String, line: Int, detail: String)
  /// A line's object lacks the text field.
  case missingField(path: String, line: Int, field: String)
  /// The text field holds something else than a string.
  case fieldIsNotText(path: String, line: Int, field: String, found: String)
  /// A line is longer than the reader holds in memory.
  case lineTooLong(path: String, line: Int, maximumBytes: Int)
  /// A whole epoch went by without a single row's worth of tokens.
  case nothingSurvives(source: String, counts: CorpusCounts, filter: DocumentFilter)
  /// A saved cursor belongs to other files than these.
  case corpusChanged(saved: CorpusIdentity, found: CorpusIdentity)
  /// A saved cursor belongs to the same files read in another way.
  case readingChanged(setting: String, saved: String, found: String)
  /// A saved cursor points to a place that the corpus does not have.
  case cursorOutsideCorpus(detail: String)
  /// A setting makes no sense.
  case invalidSetting(name: String, value: Int, expected: String)
  /// A source's share of a mixture makes no sense.
  case invalidWeight(source: String, weight: Double, expected: String)
  /// A document filter's setting, which is not a whole number, makes no sense.
  case invalidScreening(setting: String, value: String, expected: String)

  /// Whether the fault lies within one line, so that reading can go on after it.
  var concernsOneLine: Bool {
    switch self {
    case .invalidUTF8(_, let line, _): line != nil
    case .malformedJSON, .missingField, .fieldIsNotText: true
    case .parquet(let error): error.concernsOneRow
    default: false
    }
  }
}

extension CorpusError: CustomStringConvertible {
  /// One or two sentences: the fault with its place, then the remedy.
  public var description: String {
    switch self {
    case .emptyFileList:
      "the corpus lists no files; give at least one path or pattern"
    case .patternMatchesNothing(let pattern):
      "the pattern \(pattern) matches no file; check the folder, and the spelling of the pattern"
    case .transfer(let error):
      error.description
    case .parquet(let error):
      error.description
    case .missingFile(let path):
      "\(path): no such file; check the path, relative ones start at the current directory"
    case .notAFile(let path):
      "\(path): not a regular file; for a folder's files write a pattern such as \(path)/*.jsonl"
    case .unreadable(let path, let reason):
      "\(path): cannot be read (\(reason)); check its permissions and its disk"
    case .unusable(let path, let reason):
      "\(path): \(reason)"
    case .fileChanged(let path, let listed, let found):
      "\(path): it had \(listed) bytes when the corpus was listed and has \(found) now; "
        + "let nothing write to a corpus that is read, and start again"
    case .unsupportedFormat(let path, let format):
      "\(path): this is \(format); convert it to JSON lines or text, plain or in gzip or zstd"
    case .truncated(let path, let compression, let byteOffset):
      "\(path): the \(compression) data stop short at byte \(byteOffset); "
        + "the copy is incomplete, fetch the file again"
    case .corrupt(let path, let compression, let byteOffset, let detail):
      "\(path): broken \(compression) data near byte \(byteOffset) (\(detail)); "
        + "fetch the file again, or leave it out"
    case .invalidUTF8(let path, let line, let byteOffset):
      "\(place(path, line)): invalid UTF-8 at byte \(byteOffset) of the text; "
        + "convert the file to UTF-8\(line == nil ? "" : ", or skip malformed lines (--skip-malformed)")"
    case .malformedJSON(let path, let line, let detail):
      "\(place(path, line)): not a JSON object (\(detail)); "
        + "each line must hold one whole object; mend the line, or skip malformed lines (--skip-malformed)"
    case .missingField(let path, let line, let field):
      "\(place(path, line)): no field \"\(field)\"; "
        + "name the field that holds the text, or skip malformed lines (--skip-malformed)"
    case .fieldIsNotText(let path, let line, let field, let found):
      "\(place(path, line)): field \"\(field)\" is \(found), expected a string; "
        + "name the field that holds the text, or skip malformed lines (--skip-malformed)"
    case .lineTooLong(let path, let line, let maximumBytes):
      "\(place(path, line)): longer than \(maximumBytes) bytes; "
        + "cut the document, or give it as a file of text"
    case .nothingSurvives(let source, let counts, let filter):
      "nothing to train on in \(source): \(counts.summary(of: filter)); "
        + "loosen the filter, or give longer documents"
    case .corpusChanged(let saved, let found):
      "the corpus is not the one this cursor was saved with: \(saved) then, \(found) now; "
        + "bring back the same files in the same order, or begin the corpus again (--accept-changes)"
    case .readingChanged(let setting, let saved, let found):
      "the cursor was saved with another \(setting): \(saved) then, \(found) now; "
        + "go back to it, or begin the corpus again (--accept-changes)"
    case .cursorOutsideCorpus(let detail):
      "the cursor points outside the corpus (\(detail)); "
        + "go on from another checkpoint"
    case .invalidSetting(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .invalidWeight(let source, let weight, let expected):
      "the weight of source \(source) is \(weight), expected \(expected); "
        + "change it in the recipe's mixture"
    case .invalidScreening(let setting, let value, let expected):
      "\(setting) is \(value), expected \(expected)"
    }
  }
}

private func place(_ path: String, _ line: Int?) -> String {
  line.map { "\(path):\($0)" } ?? path
}
