import Samara

await Recipe.main(RecipeCatalog.standard.recipes)
