import ArgumentParser
import Experiments

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Continue a run from its newest whole checkpoint.",
    discussion: """
      The run goes on to the steps that were asked for, bit for bit as if it had never stopped. A \
      run without a checkpoint starts over.

      EXAMPLE
        samara resume seedling
      """)

  @Argument(help: "The run's name.")
  var run: String

  @Flag(help: "Go on although the recipe has changed since the checkpoint.")
  var acceptChanges = false

  @Flag(help: "Pass over records that cannot be read, from here on.")
  var skipMalformed = false

  @Option(parsing: .unconditional, help: "Threads that read ahead; they change no result.")
  var readers = Pretraining.defaultReaders

  @OptionGroup var cache: CacheArguments

  mutating func validate() throws {
    guard (0...64).contains(readers) else {
      throw ValidationError("--readers is \(readers), expected 0 to 64")
    }
  }

  func run() async throws {
    let directory = try RunDirectory(run, in: cache.workspace)
    let outcome = try Pretraining.resume(
      directory, recipes: Program.recipes, acceptsChanges: acceptChanges,
      skipsMalformed: skipMalformed,
      readers: readers, in: cache.workspace)
    try outcome.report(run: run)
  }
}
