"""Points learned from the outcomes of a company's own contacts, and how well they rank."""

from leadqual.learning.evaluation import Evaluation, evaluate
from leadqual.learning.learned import Learned, learn

__all__ = ["Evaluation", "Learned", "evaluate", "learn"]
