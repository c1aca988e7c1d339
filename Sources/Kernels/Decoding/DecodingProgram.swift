/// What a network does to take in tokens, with states between products of one element type.
///
/// `step` takes a few tokens and is bound by reading the weights; `read` takes many. Both round at the
/// same places, so that their bits are the same in every format but float32.
final class DecodingProgram<E: ProductElement> {
  let network: DecodingNetwork
  /// Layer by layer, sequence by sequence, head by head.
  let paths: [[PathFactors<E>]]
  let scores: Buffer
  private let few: FewTokens<E>
  private let team: ThreadTeam

  init(_ network: DecodingNetwork, _ capacities: [Int], rowsAtOnce: Int, scores: Buffer) {
    self.network = network
    self.scores = scores
    paths = network.layers.map { layer in
      capacities.flatMap { capacity in
        (0..<layer.keyValueHeads).map { _ in
          PathFactors(length: capacity, width: network.headWidth)
        }
      }
    }
    let few = FewTokens<E>(
      network, paths, capacities: capacities, rowsAtOnce: rowsAtOnce, scores: scores,
      members: ThreadPool.shared.threadCount)
    self.few = few
    team = ThreadTeam { few.run($0) }
  }

  /// Takes in a token for each row, each sequence going on after its count.
  func step(_ rows: [DecodingRow], after counts: [Int]) {
    few.place(rows, after: counts)
    team.run()
  }

  /// Takes in tokens of one sequence that go on after `count` of it.
  func read(_ tokens: [Int32], sequence: Int, after count: Int) {
    var start = 0
    while start < tokens.count {
      let end = min(tokens.count, start + ManyTokens<E>.tokensAtOnce)
      let many = ManyTokens<E>(
        network, Array(tokens[start..<end]), sequence: sequence, position: count + start)
      many.run(paths)
      if end == tokens.count { few.score(many.residual, row: end - start - 1) }
      start = end
    }
  }
}
