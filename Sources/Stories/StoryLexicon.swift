/// The words that stories are made of.
///
/// Few enough that a vocabulary of 512 byte pairs gives nearly every word a token of its own: a
/// small model then spends its training on who is where, and not on spelling.
public enum StoryLexicon {
  /// The people of the stories.
  public static let names = [
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Henry", "Iris", "Jacob", "Kate",
    "Leo", "Mia", "Noah", "Olga", "Peter",
  ]

  /// The places of the stories; one can be "in the" and go "to the" each of them.
  public static let places = [
    "garden", "kitchen", "barn", "library", "attic", "cellar", "forest", "park", "meadow",
    "tower", "hall", "bakery", "stable",
  ]

  /// The things of the stories; each can be carried in one hand and takes the article "a".
  public static let things = [
    "lamp", "kite", "drum", "book", "basket", "key", "ball", "hat", "map", "cup", "bell", "rope",
  ]

  static let times = ["morning", "afternoon", "day"]

  static let weathers = ["bright", "cold", "warm", "quiet", "windy", "sunny", "gray", "lovely"]

  static let moods = ["happy", "tired", "curious", "cheerful", "calm", "hungry", "proud"]

  static let sizes = ["small", "big", "red", "blue", "green", "shiny", "pretty"]
}
