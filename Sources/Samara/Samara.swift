// One import gives a package of one's own everything from tensors to the command line.
@_exported import Checkpoints
@_exported import Commands
@_exported import Corpora
@_exported import Evaluation
@_exported import Experiments
@_exported import Files
@_exported import Kernels
@_exported import Layers
@_exported import Models
@_exported import Recipes
@_exported import Tensors
@_exported import Tokenization
@_exported import Training
