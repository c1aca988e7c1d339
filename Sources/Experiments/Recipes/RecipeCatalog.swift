/// The recipes that a program knows by name.
public struct RecipeCatalog: Sendable {
  public let recipes: [Recipe]

  /// Where two recipes share a name, the earlier one counts.
  public init(_ recipes: [Recipe]) {
    var names: Set<String> = []
    self.recipes = recipes.filter { names.insert($0.name).inserted }
  }

  /// - Throws: `ExperimentError.unknownRecipe` with the nearest names.
  public func recipe(named name: String) throws(ExperimentError) -> Recipe {
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw .unknownRecipe(name: name, known: recipes.map(\.name))
    }
    return recipe
  }
}
