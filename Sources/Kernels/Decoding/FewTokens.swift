/// The program by which a team takes in a few tokens: every weight is read once for all of them.
///
/// M rows, D model width, P width of the fused projection, H query heads, W head width, F feed-forward
/// width, V vocabulary. All memory is taken beforehand.
final class FewTokens<E: ProductElement> {
  /// Outputs of a product that a member takes at least: the matrices' groups.
  private static var grain: Int { 16 }

  private let network: DecodingNetwork
  /// The most tokens of each sequence.
  private let capacities: [Int]
  private let paths: [[PathFactors<E>]]
  private let members: [MemberMemory<E>]
  private let rotation: Rotation
  /// [M, D].
  private let residual: Buffer
  /// [M, P] and then [M, 2F], as products give them.
  private let projected: Buffer
  /// [M, H · W].
  private let attended: Buffer
  /// [M, V].
  private let scores: Buffer

  /// The rows at hand, and the position of each in its sequence.
  private var rows: [DecodingRow] = []
  private var positions: [Int] = []
  /// Where rows of the same sequence begin, and the end.
  private var starts: [Int] = []

  init(
    _ network: DecodingNetwork, _ paths: [[PathFactors<E>]], capacities: [Int], rowsAtOnce: Int,
    scores: Buffer, members: Int
  ) {
    self.network = network
    self.capacities = capacities
    self.paths = paths
    self.scores = scores
    rotation = Rotation(table: network.rotaryTable, headWidth: network.headWidth)
    let layers = network.layers
    let widest = layers.reduce(0) { max($0, $1.projection.outputs, $1.gateAndUp.outputs) }
    let heads = layers.reduce(0) { max($0, $1.outputProjection.inputs) }
    residual = Buffer(uninitializedCount: rowsAtOnce * network.width)
    projected = Buffer(uninitializedCount: rowsAtOnce * widest)
    attended = Buffer(uninitializedCount: rowsAtOnce * heads, of: E.elementType)
    let inputs = layers.reduce(network.width) {
      max($0, $1.down.inputs, $1.outputProjection.inputs)
    }
    self.members = (0..<members).map { _ in
      MemberMemory(
        rows: rowsAtOnce, inputs: inputs, capacity: capacities.max() ?? 0,
        group: layers.reduce(1) { max($0, $1.group) }, headWidth: network.headWidth)
    }
    rows.reserveCapacity(rowsAtOnce)
    positions.reserveCapacity(rowsAtOnce)
    starts.reserveCapacity(rowsAtOnce + 1)
  }

  /// Sets the rows that the next run takes in.
  func place(_ newRows: [DecodingRow], after counts: [Int]) {
    rows.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    for row in newRows {
      precondition(
        (0..<network.vocabularySize).contains(Int(row.token)),
        "token \(row.token) of \(network.vocabularySize)")
      if let last = rows.last, last.sequence == row.sequence {
        positions.append(positions[positions.count - 1] + 1)
      } else {
        starts.append(rows.count)
        positions.append(counts[row.sequence])
      }
      let (position, capacity) = (positions[positions.count - 1], capacities[row.sequence])
      precondition(
        position < capacity, "\(position + 1) tokens in a sequence of at most \(capacity)")
      rows.append(row)
    }
    starts.append(rows.count)
  }

  /// What each member of a team does.
  func run(_ member: ThreadTeam.Member) {
    let memory = members[member.index]
    let width = network.width
    for row in member.share(of: rows.count, grain: 1) {
      network.embeddings.decodeRow(Int(rows[row].token), into: residual.pointer + row * width)
    }
    member.wait()
    for index in network.layers.indices { run(layer: index, member, memory) }
    score(rows: rows.count, residual.pointer, member, memory)
  }

  /// The scores after one row of states that lie elsewhere, as row 0.
  func score(_ states: Buffer, row: Int) {
    let source = UnsafePointer(states.pointer + row * network.width)
    // Woken once a prompt, so that its closure does not count.
    ThreadTeam { [self] in score(rows: 1, source, $0, members[$0.index]) }.run()
  }

  private func score(
    rows count: Int, _ states: UnsafePointer<Float>, _ member: ThreadTeam.Member,
    _ memory: MemberMemory<E>
  ) {
    let output = network.output
    memory.normalize(states, rows: count, width: network.width, network.norm, network.epsilon)
    memory.multiply(
      by: output, rows: count, outputs: member.share(of: output.outputs, grain: Self.grain),
      into: scores.pointer)
  }

  private func run(
    layer index: Int, _ member: ThreadTeam.Member, _ memory: MemberMemory<E>
  ) {
    let layer = network.layers[index]
    let (count, width) = (rows.count, network.width)
    func multiply(
      _ matrix: WeightMatrix, into y: Buffer, accumulating: Bool = false
    ) {
      memory.multiply(
        by: matrix, rows: count, outputs: member.share(of: matrix.outputs, grain: Self.grain),
        into: y.pointer, accumulating: accumulating)
      member.wait()
    }
    memory.normalize(
      residual.pointer, rows: count, width: width, layer.attentionNorm, network.epsilon)
    multiply(layer.projection, into: projected)
    attend(layer, paths[index], member, memory)
    member.wait()
    memory.take(attended.elements(of: E.self), count: count * layer.outputProjection.inputs)
    multiply(layer.outputProjection, into: residual, accumulating: true)
    memory.normalize(
      residual.pointer, rows: count, width: width, layer.feedForwardNorm, network.epsilon)
    multiply(layer.gateAndUp, into: projected)
    memory.gate(projected.pointer, rows: count, width: layer.down.inputs)
    multiply(layer.down, into: residual, accumulating: true)
  }

  /// Rotates, appends to the sequences, and attends: the heads of all sequences are dealt out in turn.
  private func attend(
    _ layer: DecodingNetwork.Layer, _ paths: [PathFactors<E>], _ member: ThreadTeam.Member,
    _ memory: MemberMemory<E>
  ) {
    let heads = layer.keyValueHeads
    var item = member.index
    while item < (starts.count - 1) * heads {
      let (place, head) = (item / heads, item % heads)
      item += member.count
      let range = starts[place]..<starts[place + 1]
      let path = paths[rows[range.lowerBound].sequence * heads + head]
      for row in range { append(row, layer, head: head, to: path, memory) }
      let first = positions[range.lowerBound]
      path.prepare(first..<first + range.count)
      for row in range { attend(row, layer, head: head, along: path, memory) }
    }
  }

  private func append(
    _ row: Int, _ layer: DecodingNetwork.Layer, head: Int, to path: PathFactors<E>,
    _ memory: MemberMemory<E>
  ) {
    let width = network.headWidth
    let line = projected.pointer + row * layer.projection.outputs
    let place = path.place(positions[row])
    let key = line + (layer.queryHeads + head) * width
    VectorLoop.map(key, into: memory.head, width) { $0 }
    rotation.turn(
      UnsafePointer(memory.head), weight: layer.keyNorm.map { UnsafePointer($0.pointer) },
      epsilon: network.epsilon, position: positions[row], memory.scratch, into: place.keys)
    VectorLoop.map(key + layer.keyValueHeads * width, into: place.values, width) { $0 }
  }

  private func attend(
    _ row: Int, _ layer: DecodingNetwork.Layer, head: Int, along path: PathFactors<E>,
    _ memory: MemberMemory<E>
  ) {
    let (width, group) = (network.headWidth, layer.group)
    let line = projected.pointer + row * layer.projection.outputs + head * group * width
    for query in 0..<group {
      VectorLoop.map(line + query * width, into: memory.head, width) { $0 }
      rotation.turn(
        UnsafePointer(memory.head), weight: layer.queryNorm.map { UnsafePointer($0.pointer) },
        epsilon: network.epsilon, position: positions[row], memory.scratch,
        into: memory.attention.queries + query * width)
    }
    memory.attention.attend(
      along: path, count: positions[row] + 1, group: group,
      into: attended.elements(of: E.self) + row * layer.outputProjection.inputs
        + head * group * width)
  }
}
