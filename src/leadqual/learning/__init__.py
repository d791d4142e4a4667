"""Points learned from the outcomes of a company's own contacts, and how well they rank."""

from leadqual.learning.evaluation import evaluate
from leadqual.learning.learned import Learned, learn
from leadqual.learning.metrics import Evaluation

__all__ = ["Evaluation", "Learned", "evaluate", "learn"]
