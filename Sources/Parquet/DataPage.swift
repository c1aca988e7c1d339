/// A page's entries, before they are decoded.
///
/// An entry is a value, or that there is none where one might be.
struct DataPage {
  /// Where its header starts in the file.
  var offset = 0
  var entryCount = 0
  /// Rows that begin in it, where the page says so.
  var rowCount: Int?
  var repetition = LevelDecoder.zeros
  var definition = LevelDecoder.zeros
  var encoding = 0
  /// The encoded values; they live until the next page is asked for.
  var values = UnsafeMutableRawBufferPointer(start: nil, count: 0)
}
