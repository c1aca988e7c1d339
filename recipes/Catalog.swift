import Experiments

extension RecipeCatalog {
  /// The project's own recipes, smallest first.
  public static let standard = RecipeCatalog([
    .seedling, .openELM12M, .openELM270M, .openELM450M, .openELM1B, .openELM3B,
  ])
}
