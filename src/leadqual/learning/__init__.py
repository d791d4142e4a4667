"""Points learned from what became of a company's own contacts, and how well they rank."""

from leadqual.learning.evaluation import Evaluation, evaluate
from leadqual.learning.fitting import Learned, learn

__all__ = ["Evaluation", "Learned", "evaluate", "learn"]
