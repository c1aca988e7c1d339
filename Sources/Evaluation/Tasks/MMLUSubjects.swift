/// The 57 subjects of MMLU in the four groups of its paper (arXiv:2009.03300, appendix B).
enum MMLUSubjects {
  static let stem = [
    "abstract_algebra", "anatomy", "astronomy", "college_biology", "college_chemistry",
    "college_computer_science", "college_mathematics", "college_physics", "computer_security",
    "conceptual_physics", "electrical_engineering", "elementary_mathematics", "high_school_biology",
    "high_school_chemistry", "high_school_computer_science", "high_school_mathematics",
    "high_school_physics", "high_school_statistics", "machine_learning",
  ]

  static let other = [
    "business_ethics", "clinical_knowledge", "college_medicine", "global_facts", "human_aging",
    "management", "marketing", "medical_genetics", "miscellaneous", "nutrition",
    "professional_accounting", "professional_medicine", "virology",
  ]

  static let socialSciences = [
    "econometrics", "high_school_geography", "high_school_government_and_politics",
    "high_school_macroeconomics", "high_school_microeconomics", "high_school_psychology",
    "human_sexuality", "professional_psychology", "public_relations", "security_studies",
    "sociology", "us_foreign_policy",
  ]

  static let humanities = [
    "formal_logic", "high_school_european_history", "high_school_us_history",
    "high_school_world_history", "international_law", "jurisprudence", "logical_fallacies",
    "moral_disputes", "moral_scenarios", "philosophy", "prehistory", "professional_law",
    "world_religions",
  ]

  /// The groups as lm-evaluation-harness names and orders them; `mmlu` is the mean over all of them,
  /// every question counting the same.
  static let groups: [TaskGroup] = [
    TaskGroup(
      name: "mmlu", version: 2,
      members: ["mmlu_stem", "mmlu_other", "mmlu_social_sciences", "mmlu_humanities"]),
    group("stem", stem), group("other", other), group("social_sciences", socialSciences),
    group("humanities", humanities),
  ]

  /// A task for every subject.
  static let tasks: [MMLU] = (stem + other + socialSciences + humanities).map {
    MMLU(subject: $0)
  }

  private static func group(_ name: String, _ subjects: [String]) -> TaskGroup {
    TaskGroup(
      name: "mmlu_\(name)", alias: name.split(separator: "_").joined(separator: " "), version: 2,
      members: subjects.map { "mmlu_\($0)" })
  }
}
