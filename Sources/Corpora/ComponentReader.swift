/// How far a source of a mixture has been read: small, and enough to go on from.
public struct ComponentPosition: Codable, Sendable, Equatable {
  /// Passes over the source that were completed before this one.
  public var epoch = 0
  /// Windows of this epoch that were completed before this one.
  public var window = 0
  /// The window's first passage in the order of reading, or nil before the epoch's first.
  public var start: PassagePosition?
  /// Passages of the window that were given.
  public var taken = 0
  /// Bytes of text given since the beginning, which the mixture's weights are held against.
  public var textBytes = 0
  /// Whether it has ended and the mixture goes on without it.
  public var isDry = false
  /// Records passed over as malformed behind its last passage, once it has ended.
  public var recordsSkippedAtEnd = 0

  /// Whether these numbers can have been saved, and not come from a damaged file.
  var isPlausible: Bool {
    [epoch, window, taken, textBytes, recordsSkippedAtEnd].allSatisfy {
      (0..<CorpusCounts.limit).contains($0)
    }
      && (taken == 0 || start != nil)
  }
}

/// Gives the passages of one source of a mixture, window by window, epoch after epoch.
struct ComponentReader {
  /// Whether there is a passage to take.
  enum Supply {
    case ready
    case dry
    case stopped
  }

  let name: String
  let weight: Double
  private let whenDry: DrySource
  private let shuffling: Shuffling
  private let filter: DocumentFilter
  private var reader: PassageReader
  private(set) var position = ComponentPosition()
  /// The window's passages, in the order of giving.
  private var window: [Passage?] = []
  /// Whether `reader` stands behind the window at `position`.
  private var isOpen = false

  init(_ component: CorpusComponent, filter: DocumentFilter) {
    name = component.messageName
    weight = component.weight
    whenDry = component.whenDry
    shuffling = component.shuffling
    self.filter = filter
    reader = PassageReader(component.source, filter: filter)
  }

  /// Goes to a place that `position` told before; what is there is read when it is needed.
  mutating func resume(at position: ComponentPosition) throws(CorpusError) {
    guard position.isPlausible else {
      throw .cursorOutsideCorpus(detail: "source \(name): \(position)")
    }
    self.position = position
    window = []
    isOpen = false
  }

  /// Sees to it that there is a passage to take, of the next window or epoch if need be.
  mutating func prepare() throws(CorpusError) -> Supply {
    if position.isDry { return .dry }
    if !isOpen { try open() }
    while position.taken == window.count {
      if position.start != nil || !window.isEmpty { position.window += 1 }
      position.start = nil
      try readWindow()
      if !window.isEmpty { return .ready }
      if position.window == 0 {
        // Going on would go round for ever, or leave out what was asked for.
        guard whenDry == .stop else {
          throw .nothingSurvives(source: name, counts: CorpusCounts(), filter: filter)
        }
      }
      switch whenDry {
      case .stop: return .stopped
      case .leaveOut:
        position.isDry = true
        position.recordsSkippedAtEnd = reader.takeMalformedRecordsSkipped()
        return .dry
      case .restart:
        position.epoch += 1
        position.window = 0
        try reader.seek(epoch: position.epoch, to: nil)
      }
    }
    return .ready
  }

  /// The next passage.
  ///
  /// - Precondition: `prepare()` said that there is one.
  mutating func take() -> Passage {
    guard position.taken < window.count, let passage = window[position.taken] else {
      preconditionFailure("passage \(position.taken) of \(window.count) is not there to be taken")
    }
    window[position.taken] = nil
    position.taken += 1
    position.textBytes += passage.text.count
    return passage
  }

  /// Records passed over since the last passage that was read.
  mutating func takeMalformedRecordsSkipped() -> Int {
    position.isDry ? position.recordsSkippedAtEnd : reader.takeMalformedRecordsSkipped()
  }

  private mutating func open() throws(CorpusError) {
    let saved = position
    try reader.seek(epoch: saved.epoch, to: saved.start)
    isOpen = true
    guard saved.start != nil else { return }
    try readWindow()
    guard position.start == saved.start, saved.taken <= window.count else {
      throw .cursorOutsideCorpus(
        detail: "source \(name): passage \(saved.taken) of a window of \(window.count)")
    }
    // What was passed over before the window was counted before the place was saved.
    if !window.isEmpty { window[0]?.malformedRecordsSkipped = 0 }
    for index in 0..<saved.taken { window[index] = nil }
    position.taken = saved.taken
  }

  private mutating func readWindow() throws(CorpusError) {
    window.removeAll(keepingCapacity: true)
    position.taken = 0
    var passages: [Passage] = []
    var byteCount = 0
    while passages.count < shuffling.windowSize, byteCount < Shuffling.maximumWindowBytes,
      let passage = try reader.next()
    {
      byteCount += passage.text.count
      passages.append(passage)
    }
    position.start = passages.first?.position
    guard !passages.isEmpty else { return }
    // Whatever passage comes first tells what was passed over in the whole window, so that no place
    // in it counts any of that again.
    let skipped = passages.reduce(0) { $0 + $1.malformedRecordsSkipped }
    for index in passages.indices { passages[index].malformedRecordsSkipped = 0 }
    window = shuffling.order(
      count: passages.count, epoch: position.epoch, window: position.window
    ).map { passages[$0] }
    window[0]?.malformedRecordsSkipped = skipped
  }
}
